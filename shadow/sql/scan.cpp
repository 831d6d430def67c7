#include <algorithm>

#include "shadow/sql/analysis.hpp"
#include "shadow/sql/known_functions.hpp"
#include "shadow/sql/lexer.hpp"
#include "shadow/sql/scan_targets.hpp"
#include "shadow/sql/scan_time.hpp"

namespace pgduet::sql {

namespace json = boost::json;

namespace {

void add_once(std::vector<std::string>& list, std::string name) {
    if (std::find(list.begin(), list.end(), name) == list.end())
        list.push_back(std::move(name));
}

/// "f" for f and pg_catalog.f, "s.f" for another schema.
std::string function_name(const json::object& call) {
    const std::vector<std::string> parts = names_of(call, "funcname");
    std::string name;
    for (std::size_t i = parts.size() == 2 && parts[0] == "pg_catalog" ? 1 : 0; i < parts.size();
         ++i)
        name += (name.empty() ? "" : ".") + parts[i];
    return name;
}

/// Any value but the constant NULL (LIMIT ALL).
bool is_given(const json::object& fields, std::string_view name) {
    const tagged_node value = node_of(fields, name);
    return value && !(value.tag == "A_Const" && flag_of(*value.fields, "isnull"));
}

/// One walk over a statement's tree.
class tree_scan {
public:
    tree_scan(std::size_t offset, statement& out)
        : out_(out),
          offset_(offset),
          defines_(out.kind == statement_kind::ddl ||
                   out.kind == statement_kind::ddl_outside_transaction) {}

    void run(const tagged_node& node);

private:
    void visit(const json::value& value, std::string_view field);
    void visit_node(std::string_view tag, const json::object& fields);
    void visit_children(const json::object& fields, std::string_view left_out = {});
    void visit_with(const json::object& with);

    void add_relation(const json::object& range_var, bool written);
    void add_relation_if_any(const json::object& target);
    void add_targets(const json::object& fields, std::string_view field);
    void on_call(const json::object& fields);
    void on_value_function(const json::object& fields);
    void on_now(const json::object& fields, std::size_t length, std::string cast);
    void on_select(const json::object& fields);
    void on_column(const json::object& fields);
    bool aggregates_in_order(const json::object& call) const;

    statement& out_;
    std::size_t offset_;
    bool defines_;            ///< expressions are stored, not run (column defaults, ...)
    bool writes_ = false;     ///< a part of the query may write
    bool nested_ = false;     ///< below the outermost SelectStmt
    bool in_exists_ = false;  ///< directly in EXISTS (...)
    bool in_from_ = false;    ///< directly in a FROM item
    const json::object* select_ = nullptr;  ///< innermost SelectStmt
    std::vector<std::string> ctes_;         ///< names of WITH queries in scope
};

void tree_scan::run(const tagged_node& node) {
    if (node.tag == "CreateTableAsStmt" || node.tag == "SelectStmt")
        defines_ = false;
    for (const relation_ref& target : named_targets(node))
        out_.relations.push_back(target);
    visit_node(node.tag, *node.fields);

    switch (out_.kind) {
        case statement_kind::insert:
        case statement_kind::update:
        case statement_kind::delete_:
        case statement_kind::merge:
        case statement_kind::copy_from:
        case statement_kind::truncate:
        case statement_kind::ddl:
        case statement_kind::ddl_outside_transaction:
        case statement_kind::prepare_transaction:
        case statement_kind::execute:
        case statement_kind::lock:
        case statement_kind::call:
            out_.may_write = true;
            break;
        case statement_kind::copy_file:
            out_.may_write = writes_ || flag_of(*node.fields, "is_from");
            break;
        case statement_kind::select:
        case statement_kind::copy_to:
        case statement_kind::declare_cursor:
            out_.may_write = writes_ || out_.locks_rows;
            break;
        case statement_kind::explain:
            out_.may_write = (writes_ || out_.locks_rows) && is_explain_analyze(*node.fields);
            break;
        default:
            break;
    }
}

void tree_scan::visit(const json::value& value, std::string_view field) {
    if (const json::array* list = value.if_array()) {
        for (const json::value& entry : *list)
            visit(entry, field);
    } else if (const tagged_node node = untag(&value)) {
        visit_node(node.tag, *node.fields);
    } else if (const json::object* fields = value.if_object()) {
        // Fields with a concrete type carry no tag; the ones that matter are told by their name.
        const bool select = field == "larg" || field == "rarg";
        visit_node(select ? "SelectStmt" : std::string_view(), *fields);
    }
}

void tree_scan::visit_children(const json::object& fields, std::string_view left_out) {
    const std::size_t scope = ctes_.size();
    if (const json::object* with = fields_of(fields, "withClause"))
        visit_with(*with);
    for (const auto& [name, value] : fields) {
        const std::string_view field(name.data(), name.size());
        if (field != "withClause" && (left_out.empty() || field != left_out) &&
            value.is_structured())
            visit(value, field);
    }
    ctes_.resize(scope);
}

void tree_scan::visit_with(const json::object& with) {
    const bool recursive = flag_of(with, "recursive");
    const auto name_of = [](const json::value& cte) {
        const tagged_node node = untag(&cte);
        return node ? std::string(text_of(*node.fields, "ctename")) : std::string();
    };
    const json::array& queries = list_of(with, "ctes");
    for (const json::value& cte : queries) {
        if (recursive)
            ctes_.push_back(name_of(cte));
    }
    for (const json::value& cte : queries) {
        visit(cte, "ctes");
        if (!recursive)
            ctes_.push_back(name_of(cte));
    }
}

void tree_scan::visit_node(std::string_view tag, const json::object& fields) {
    const bool in_from = std::exchange(in_from_, tag == "RangeFunction");
    const bool in_exists = std::exchange(in_exists_, false);
    if (tag == "SelectStmt") {
        in_exists_ = in_exists;
        on_select(fields);
        return;
    }
    std::string_view left_out;
    if (fields.contains("relname")) {
        add_relation(fields, false);
        return;
    }
    if (tag == "InsertStmt" || tag == "UpdateStmt" || tag == "DeleteStmt" || tag == "MergeStmt") {
        writes_ = true;
        left_out = "relation";
        if (const json::object* target = fields_of(fields, "relation"))
            add_relation(*target, true);
        nested_ = true;
    } else if (const std::string_view target = target_field(tag, fields); !target.empty()) {
        left_out = target;
        add_targets(fields, target);
    } else if (tag == "FuncCall") {
        in_from_ = in_from;
        on_call(fields);
        in_from_ = false;
    } else if (tag == "SQLValueFunction") {
        in_from_ = in_from;
        on_value_function(fields);
    } else if (tag == "List" && in_from) {
        in_from_ = true;  // RangeFunction.functions is a list of lists
    } else if (tag == "ParamRef") {
        out_.parameter_count =
            std::max(out_.parameter_count, static_cast<int>(integer_of(fields, "number")));
    } else if (tag == "ColumnRef") {
        on_column(fields);
        return;
    } else if (tag == "LockingClause") {
        out_.locks_rows = true;
        if (text_of(fields, "waitPolicy") == "LockWaitSkip")
            out_.nondeterministic = true;
        return;  // the names in it are aliases of FROM items
    } else if (tag == "RangeTableSample" || tag == "CurrentOfExpr") {
        out_.nondeterministic = true;
    } else if (tag == "A_Const" || tag == "TypeCast") {
        if (!defines_ && out_.kind != statement_kind::set && names_current_time(tag, fields))
            out_.nondeterministic = true;
        if (tag == "TypeCast" && casts_to_catalog_type(fields))
            out_.catalog = true;
    } else if (tag == "SubLink") {
        in_exists_ = text_of(fields, "subLinkType") == "EXISTS_SUBLINK";
    }
    visit_children(fields, left_out);
}

void tree_scan::on_select(const json::object& fields) {
    const bool exists = std::exchange(in_exists_, false);
    const bool sorted = !list_of(fields, "sortClause").empty();
    const bool picks_some = is_given(fields, "limitCount") || is_given(fields, "limitOffset");
    if (nested_ && !exists && picks_some && !sorted)
        out_.nondeterministic = true;  // any of the rows may be taken
    const json::object* outer = std::exchange(select_, &fields);
    const bool nested = std::exchange(nested_, true);
    visit_children(fields);
    nested_ = nested;
    select_ = outer;
}

void tree_scan::add_relation(const json::object& range_var, bool written) {
    relation_ref ref;
    ref.schema = text_of(range_var, "schemaname");
    ref.name = text_of(range_var, "relname");
    ref.written = written;
    if (text_of(range_var, "relpersistence") == "t")
        out_.temporary = true;
    if (!written && ref.schema.empty() &&
        std::find(ctes_.begin(), ctes_.end(), ref.name) != ctes_.end())
        return;
    if (ref.schema == "pg_catalog" || ref.schema == "information_schema" ||
        (ref.schema.empty() && ref.name.starts_with("pg_")))
        out_.catalog = true;
    out_.relations.push_back(std::move(ref));
}

void tree_scan::add_relation_if_any(const json::object& target) {
    if (target.contains("relname"))
        add_relation(target, true);
}

void tree_scan::add_targets(const json::object& fields, std::string_view field) {
    if (const json::object* only = fields_of(fields, field)) {
        const tagged_node node = untag(child(fields, field));  // SecLabelStmt.object is a Node
        add_relation_if_any(node ? *node.fields : *only);
    }
    for (const json::value& entry : list_of(fields, field))
        if (const tagged_node relation = untag(&entry))
            add_relation_if_any(*relation.fields);
}

/// An aggregate or window function whose input order is fixed by the text.
bool tree_scan::aggregates_in_order(const json::object& call) const {
    if (const json::object* window = fields_of(call, "over"))
        return !list_of(*window, "orderClause").empty() || child(*window, "name") ||
               child(*window, "refname");
    if (!list_of(call, "agg_order").empty())
        return true;
    // Rows of one ordered subquery arrive in its order.
    if (!select_)
        return false;
    const json::array& from = list_of(*select_, "fromClause");
    const tagged_node only = from.size() == 1 ? untag(&from[0]) : tagged_node{};
    if (only.tag != "RangeSubselect")
        return false;
    const tagged_node query = node_of(*only.fields, "subquery");
    return query && !list_of(*query.fields, "sortClause").empty();
}

void tree_scan::on_call(const json::object& fields) {
    const std::string name = function_name(fields);
    add_once(out_.functions, name);
    if (defines_)
        return;
    const std::size_t arguments = list_of(fields, "args").size();
    switch (effect_of(name)) {
        case function_effect::harmless:
            // age(x) counts from the current date.
            if ((name == "age" && arguments == 1) ||
                (depends_on_order(name) && !aggregates_in_order(fields)))
                out_.nondeterministic = true;
            break;
        case function_effect::now: {
            const auto begin = static_cast<std::size_t>(integer_of(fields, "location")) - offset_;
            on_now(fields, call_end(out_.text, begin) - begin, "timestamptz");
            break;
        }
        case function_effect::catalog:
            out_.catalog = true;
            break;
        case function_effect::nondeterministic:
            out_.nondeterministic = true;
            break;
        case function_effect::sequence:
            out_.nondeterministic = true;
            writes_ = true;
            break;
        case function_effect::unknown:
            writes_ = true;
            break;
    }
}

void tree_scan::on_value_function(const json::object& fields) {
    const auto value = time_value_of(fields);
    if (!value) {
        out_.catalog = out_.catalog || !defines_;  // CURRENT_USER and relatives
        return;
    }
    if (defines_)
        return;
    const auto begin = static_cast<std::size_t>(integer_of(fields, "location")) - offset_;
    const std::size_t end =
        value->has_precision ? call_end(out_.text, begin) : begin + value->keyword_length;
    on_now(fields, end - begin, value->cast);
}

void tree_scan::on_now(const json::object& fields, std::size_t length, std::string cast) {
    switch (out_.kind) {
        case statement_kind::select:
        case statement_kind::insert:
        case statement_kind::update:
        case statement_kind::delete_:
        case statement_kind::merge:
            break;
        default:
            out_.nondeterministic = true;  // no parameter can stand there
            return;
    }
    if (in_from_ || length == 0) {
        out_.nondeterministic = true;  // FROM now(): only a call can stand there
        return;
    }
    const auto begin = static_cast<std::size_t>(integer_of(fields, "location")) - offset_;
    out_.now_calls.push_back({begin, length, std::move(cast)});
}

void tree_scan::on_column(const json::object& fields) {
    static constexpr std::string_view system_columns[] = {
        "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"};
    const std::vector<std::string> names = names_of(fields, "fields");
    if (!names.empty() && !defines_ &&
        std::find(std::begin(system_columns), std::end(system_columns), names.back()) !=
            std::end(system_columns))
        out_.nondeterministic = true;  // where a row lies differs from store to store
}

}  // namespace

void scan_tree(const tagged_node& node, std::size_t offset, statement& out) {
    tree_scan(offset, out).run(node);
    // A call may be met twice: (a, b) = (SELECT ...) is repeated in the tree for each column.
    auto& calls = out.now_calls;
    std::sort(calls.begin(), calls.end(), [](const now_call& a, const now_call& b) {
        return a.offset < b.offset;
    });
    calls.erase(std::unique(calls.begin(), calls.end()), calls.end());
}

}  // namespace pgduet::sql
