#include <algorithm>
#include <optional>

#include "shadow/sql/analysis.hpp"
#include "shadow/sql/constant.hpp"

namespace pgduet::sql {

namespace json = boost::json;

namespace {

/// What column references can mean: the relations of one FROM list.
class sources {
public:
    void add(const json::value* item) { add(untag(item)); }
    void add(const tagged_node& item) {
        if (item.tag == "RangeVar") {
            add_relation(*item.fields);
        } else if (item.tag == "JoinExpr" && !child(*item.fields, "alias")) {
            add(child(*item.fields, "larg"));
            add(child(*item.fields, "rarg"));
        } else {
            has_others_ = true;
        }
    }
    void add_relation(const json::object& range_var) {
        const json::object* alias = fields_of(range_var, "alias");
        source one;
        one.schema = text_of(range_var, "schemaname");
        one.name = text_of(range_var, "relname");
        one.visible = alias ? text_of(*alias, "aliasname") : one.name;
        one.renames_columns = alias && !list_of(*alias, "colnames").empty();
        one.aliased = alias != nullptr;
        list_.push_back(one);
    }

    /// The relation and column that a reference means, if that is certain without a catalog.
    std::optional<std::pair<std::string, std::string>> resolve(const tagged_node& column) const {
        if (column.tag != "ColumnRef")
            return std::nullopt;
        const json::array& parts = list_of(*column.fields, "fields");
        const std::vector<std::string> names = names_of(parts);
        if (names.size() != parts.size() || names.empty() || names.size() > 3)
            return std::nullopt;
        const source* found = nullptr;
        if (names.size() == 1) {
            found = list_.size() == 1 && !has_others_ ? &list_[0] : nullptr;
        } else {
            for (const source& one : list_) {
                const bool matches = names.size() == 2 ? one.visible == names[0]
                                                       : !one.aliased && one.schema == names[0] &&
                                                             one.name == names[1];
                if (matches)
                    found = &one;
            }
        }
        if (!found || found->renames_columns)
            return std::nullopt;
        return std::pair(std::string(found->name), names.back());
    }

private:
    struct source {
        std::string_view schema;
        std::string_view name;
        std::string_view visible;
        bool aliased = false;
        bool renames_columns = false;
    };
    std::vector<source> list_;
    bool has_others_ = false;
};

bool has_cte(const json::object& fields, std::string_view name) {
    const json::object* with = fields_of(fields, "withClause");
    if (!with)
        return false;
    const json::array& queries = list_of(*with, "ctes");
    return std::any_of(queries.begin(), queries.end(), [&](const json::value& cte) {
        const tagged_node query = untag(&cte);
        return query && text_of(*query.fields, "ctename") == name;
    });
}

/// An equality narrows a relation only if the statement names that relation once: another mention
/// (a subquery, a self join) may touch other rows.
bool named_once(const statement& out, std::string_view relation) {
    return std::count_if(out.relations.begin(), out.relations.end(), [&](const relation_ref& r) {
               return r.name == relation;
           }) == 1;
}

bool is_equals(const json::object& expression) {
    const std::vector<std::string> name = names_of(expression, "name");
    return text_of(expression, "kind") == "AEXPR_OP" && !name.empty() && name.back() == "=" &&
           (name.size() == 1 || name.front() == "pg_catalog");
}

class where_reader {
public:
    where_reader(const json::object& query, const sources& from, statement& out)
        : query_(query), from_(from), out_(out) {}

    void read(const tagged_node& condition) {
        if (condition.tag == "BoolExpr" && text_of(*condition.fields, "boolop") == "AND_EXPR") {
            for (const json::value& conjunct : list_of(*condition.fields, "args"))
                read(untag(&conjunct));
        } else if (condition.tag == "A_Expr" && is_equals(*condition.fields)) {
            const tagged_node left = node_of(*condition.fields, "lexpr");
            const tagged_node right = node_of(*condition.fields, "rexpr");
            if (!add(left, right))
                add(right, left);
        }
    }

private:
    bool add(const tagged_node& column, const tagged_node& value) {
        const auto target = from_.resolve(column);
        auto known = target ? constant_of(value) : std::nullopt;
        if (!known)
            return false;
        const auto& [relation, name] = *target;
        if (named_once(out_, relation) && !has_cte(query_, relation))
            out_.equalities.push_back(
                {relation, name, known->parameter, std::move(known->literal)});
        return true;
    }

    const json::object& query_;
    const sources& from_;
    statement& out_;
};

/// The columns whose inserted value the touched row is sure to have: with ON CONFLICT DO UPDATE
/// the row found may differ in all but the conflict columns. Nothing stands for "all".
std::optional<std::vector<std::string>> certain_columns(const json::object& insert) {
    const json::object* conflict = fields_of(insert, "onConflictClause");
    if (!conflict || text_of(*conflict, "action") != "ONCONFLICT_UPDATE")
        return std::nullopt;
    std::vector<std::string> columns;
    if (const json::object* infer = fields_of(*conflict, "infer")) {
        for (const json::value& element : list_of(*infer, "indexElems"))
            if (const tagged_node index = untag(&element))
                columns.emplace_back(text_of(*index.fields, "name"));
    }
    return columns;
}

void read_inserted(const json::object& insert, statement& out) {
    if (!out.insert.values || out.insert.row_count != 1 || !out.insert.has_column_list)
        return;
    const json::object* target = fields_of(insert, "relation");
    const tagged_node source = node_of(insert, "selectStmt");
    if (!target || !source)
        return;
    const std::string relation(text_of(*target, "relname"));
    if (!named_once(out, relation))
        return;
    const auto certain = certain_columns(insert);
    const json::array& row =
        list_of(*untag(&list_of(*source.fields, "valuesLists")[0]).fields, "items");
    const json::array& columns = list_of(insert, "cols");
    for (std::size_t i = 0; i < row.size() && i < columns.size(); ++i) {
        const std::string& column = out.insert.columns[i];
        const bool whole = list_of(*untag(&columns[i]).fields, "indirection").empty();
        if (!whole ||
            (certain && std::find(certain->begin(), certain->end(), column) == certain->end()))
            continue;
        if (auto known = constant_of(untag(&row[i])))
            out.equalities.push_back(
                {relation, column, known->parameter, std::move(known->literal)});
    }
}

}  // namespace

void read_equalities(const tagged_node& core, statement& out) {
    const json::object& fields = *core.fields;
    if (core.tag == "InsertStmt") {
        read_inserted(fields, out);
        return;
    }
    sources from;
    if (core.tag == "UpdateStmt" || core.tag == "DeleteStmt") {
        if (const json::object* target = fields_of(fields, "relation"))
            from.add_relation(*target);
        const std::string_view others = core.tag == "UpdateStmt" ? "fromClause" : "usingClause";
        for (const json::value& item : list_of(fields, others))
            from.add(&item);
    } else if (core.tag == "SelectStmt" && text_of(fields, "op") == "SETOP_NONE") {
        for (const json::value& item : list_of(fields, "fromClause"))
            from.add(&item);
    } else {
        return;
    }
    where_reader(fields, from, out).read(node_of(fields, "whereClause"));
}

}  // namespace pgduet::sql
