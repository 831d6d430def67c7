#include <algorithm>

#include "shadow/sql/analysis.hpp"

namespace pgduet::sql {

namespace json = boost::json;

namespace {

void add_assigned(const json::object& fields, std::vector<std::string>& out) {
    for (const json::value& target : list_of(fields, "targetList")) {
        const tagged_node result = untag(&target);
        std::string name = result ? std::string(text_of(*result.fields, "name")) : std::string();
        if (!name.empty() && std::find(out.begin(), out.end(), name) == out.end())
            out.push_back(std::move(name));
    }
}

/// VALUES alone: no WITH, ORDER BY or LIMIT of its own, which would make it a query.
bool is_bare_values(const json::object& select) {
    return !list_of(select, "valuesLists").empty() && list_of(select, "sortClause").empty() &&
           !child(select, "limitCount") && !child(select, "limitOffset") &&
           !child(select, "withClause");
}

void read_insert(const json::object& fields, statement& out) {
    insert_shape& shape = out.insert;
    for (const json::value& column : list_of(fields, "cols")) {
        if (const tagged_node target = untag(&column))
            shape.columns.emplace_back(text_of(*target.fields, "name"));
    }
    shape.has_column_list = !shape.columns.empty();
    const tagged_node source = node_of(fields, "selectStmt");
    shape.default_values = !source;
    shape.values = !source || is_bare_values(*source.fields);
    if (source && shape.values) {
        for (const json::value& row : list_of(*source.fields, "valuesLists")) {
            ++shape.row_count;
            for (const json::value& item : list_of(*untag(&row).fields, "items"))
                shape.has_default_marker =
                    shape.has_default_marker || untag(&item).tag == "SetToDefault";
        }
    } else if (shape.default_values) {
        shape.row_count = 1;
    }
    if (const json::object* conflict = fields_of(fields, "onConflictClause")) {
        shape.on_conflict = true;
        add_assigned(*conflict, out.assigned);
    }
}

}  // namespace

void read_insert_shape(const tagged_node& core, statement& out) {
    if (core.tag == "InsertStmt") {
        read_insert(*core.fields, out);
    } else if (core.tag == "UpdateStmt") {
        add_assigned(*core.fields, out.assigned);
    } else if (core.tag == "MergeStmt") {
        for (const json::value& clause : list_of(*core.fields, "mergeWhenClauses")) {
            const tagged_node when = untag(&clause);
            if (when && text_of(*when.fields, "commandType") == "CMD_UPDATE")
                add_assigned(*when.fields, out.assigned);
        }
    }
}

}  // namespace pgduet::sql
