#include <algorithm>

#include "shadow/sql/analysis.hpp"
#include "shadow/sql/known_functions.hpp"

namespace pgduet::sql {

namespace json = boost::json;

namespace {

bool is_given(const json::object& fields, std::string_view name) {
    const tagged_node value = node_of(fields, name);
    return value && !(value.tag == "A_Const" && flag_of(*value.fields, "isnull"));
}

/// A FROM item that is a relation, or a join of nothing else.
bool only_relations(const tagged_node& item) {
    if (item.tag == "RangeVar")
        return true;
    return item.tag == "JoinExpr" && only_relations(node_of(*item.fields, "larg")) &&
           only_relations(node_of(*item.fields, "rarg"));
}

bool groups(const json::object& select) {
    return !list_of(select, "groupClause").empty() || !list_of(select, "distinctClause").empty() ||
           child(select, "havingClause") || !list_of(select, "windowClause").empty();
}

bool is_plain(const json::object& select) {
    if (text_of(select, "op") != "SETOP_NONE" || groups(select))
        return false;
    const json::array& targets = list_of(select, "targetList");
    const json::array& from = list_of(select, "fromClause");
    const auto is_column = [](const json::value& target) {
        const tagged_node result = untag(&target);
        return result && node_of(*result.fields, "val").tag == "ColumnRef";
    };
    const auto is_relation = [](const json::value& item) { return only_relations(untag(&item)); };
    return !child(select, "withClause") && !targets.empty() &&
           std::all_of(targets.begin(), targets.end(), is_column) &&
           std::all_of(from.begin(), from.end(), is_relation);
}

/// The last name of a plain column reference; empty for anything else.
std::string column_name(const tagged_node& expression) {
    if (expression.tag != "ColumnRef")
        return {};
    const json::array& parts = list_of(*expression.fields, "fields");
    const std::vector<std::string> names = names_of(parts);
    return names.size() == parts.size() && !names.empty() ? names.back() : std::string();
}

/// True if the expression may produce several rows.
bool may_multiply(const json::value& value) {
    if (const json::array* list = value.if_array())
        return std::any_of(list->begin(), list->end(), may_multiply);
    const json::object* fields = value.if_object();
    if (!fields)
        return false;
    if (const tagged_node node = untag(&value); node.tag == "FuncCall") {
        const auto parts = names_of(*node.fields, "funcname");
        const std::string& name = parts.back();
        if (may_return_set(parts.size() > 1 && parts[0] != "pg_catalog" ? "." + name : name))
            return true;
    } else if (node.tag == "SelectStmt") {
        return false;  // a scalar subquery has one row
    }
    return std::any_of(fields->begin(), fields->end(), [](const auto& field) {
        return may_multiply(field.value());
    });
}

/// The expression that ORDER BY `item` means: an output column by name or number comes first.
tagged_node sort_expression(const tagged_node& item, const json::array& targets) {
    if (item.tag == "A_Const") {
        const json::object* number = fields_of(*item.fields, "ival");
        const std::int64_t index = number ? integer_of(*number, "ival") : 0;
        const bool has_star = std::any_of(targets.begin(), targets.end(), [](const json::value& t) {
            const tagged_node value = node_of(*untag(&t).fields, "val");
            return value.tag == "ColumnRef" && column_name(value).empty();
        });
        if (has_star || index < 1 || static_cast<std::size_t>(index) > targets.size())
            return {};
        return node_of(*untag(&targets[static_cast<std::size_t>(index - 1)]).fields, "val");
    }
    if (item.tag == "ColumnRef" && list_of(*item.fields, "fields").size() == 1) {
        const std::string name = column_name(item);
        for (const json::value& target : targets) {
            const json::object& fields = *untag(&target).fields;
            if (text_of(fields, "name") == name)
                return node_of(fields, "val");
        }
    }
    return item;
}

/// Fills order_columns if the rows of the result are rows of one relation, one each.
void read_order_columns(const json::object& select, statement& out) {
    const json::array& targets = list_of(select, "targetList");
    const json::array& from = list_of(select, "fromClause");
    if (text_of(select, "op") != "SETOP_NONE" || from.size() != 1 ||
        untag(&from[0]).tag != "RangeVar" || out.relations.empty() || groups(select))
        return;
    const std::string_view name = text_of(*untag(&from[0]).fields, "relname");
    const bool is_relation =
        std::any_of(out.relations.begin(), out.relations.end(), [&](const relation_ref& relation) {
            return relation.name == name;
        });
    if (!is_relation || std::any_of(targets.begin(), targets.end(), may_multiply))
        return;
    for (const json::value& sort : list_of(select, "sortClause")) {
        const tagged_node item = untag(&sort);
        const tagged_node expression =
            item ? sort_expression(node_of(*item.fields, "node"), targets) : tagged_node{};
        if (std::string column = column_name(expression); !column.empty())
            out.order_columns.push_back(std::move(column));
    }
}

}  // namespace

void read_result_shape(const tagged_node& core, statement& out) {
    const json::object& fields = *core.fields;
    out.returning = !list_of(fields, "returningList").empty();
    if (core.tag != "SelectStmt")
        return;
    out.ordered = !list_of(fields, "sortClause").empty();
    out.limited = is_given(fields, "limitCount") || is_given(fields, "limitOffset");
    out.plain_columns = is_plain(fields);
    read_order_columns(fields, out);
}

bool has_total_order(const statement& read, const std::vector<std::vector<std::string>>& keys) {
    if (!read.ordered || read.relations.size() != 1)
        return false;
    const auto is_ordered_by = [&](const std::string& column) {
        return std::find(read.order_columns.begin(), read.order_columns.end(), column) !=
               read.order_columns.end();
    };
    return std::any_of(keys.begin(), keys.end(), [&](const std::vector<std::string>& key) {
        return !key.empty() && std::all_of(key.begin(), key.end(), is_ordered_by);
    });
}

}  // namespace pgduet::sql
