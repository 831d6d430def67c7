#include "shadow/store/sqlite/foreign_keys.hpp"

#include <algorithm>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/sql/rules/types.hpp"

namespace pgduet::store::sqlite {

using protocol::make_error;
using protocol::sql_error;

namespace {

constexpr std::size_t looked_at_bytes_max = 4u << 20;

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& part : parts)
        out += (out.empty() ? "" : ", ") + part;
    return out;
}

const protocol::cell* value_of(const sql::relation_info& relation,
                               const std::vector<protocol::cell>& row,
                               const std::string& column) {
    for (std::size_t i = 0; i < relation.columns.size() && i < row.size(); ++i) {
        if (relation.columns[i].name == column)
            return &row[i];
    }
    return nullptr;
}

struct key_values {
    std::vector<protocol::cell> cells;
    std::vector<protocol::oid> types;
    bool usable = true;  ///< all found, none NULL

    std::string shown() const {
        std::string out;
        for (const protocol::cell& one : cells)
            out += (out.empty() ? "" : ", ") + one.value_or("null");
        return out;
    }
};

key_values take(const sql::relation_info& relation,
                const std::vector<protocol::cell>& row,
                const std::vector<std::string>& columns) {
    key_values out;
    for (const std::string& column : columns) {
        const protocol::cell* value = value_of(relation, row, column);
        if (value == nullptr || !*value) {
            out.usable = false;
            return out;
        }
        out.cells.push_back(*value);
        out.types.push_back(relation.find(column)->type);
    }
    return out;
}

/// Whether some row of `table` has these values in `columns`.
bool exists(connection& on,
            const std::string& table,
            const std::vector<std::string>& columns,
            const key_values& key) {
    std::string text = "SELECT 1 FROM " + sql::quote_name(table) + " WHERE ";
    for (std::size_t i = 0; i < columns.size(); ++i)
        text +=
            (i == 0 ? "" : " AND ") + sql::quote_name(columns[i]) + " = ?" + std::to_string(i + 1);
    auto row = on.prepare(text + " LIMIT 1");
    if (!row)
        return true;
    std::vector<stored_value> values;
    for (std::size_t i = 0; i < key.cells.size(); ++i) {
        auto stored = to_stored(key.types[i], -1, *key.cells[i], {});
        if (!stored)
            return true;
        values.push_back(std::move(*stored));
    }
    for (std::size_t i = 0; i < values.size(); ++i)
        bind_stored(row->get(), static_cast<int>(i + 1), values[i]);
    return row->step() == SQLITE_ROW;
}

std::optional<sql_error> child_without_parent(connection& on, const shadow::row_change& change) {
    for (const sql::foreign_key_info& key : change.relation->foreign_keys) {
        const key_values values = take(*change.relation, change.after, key.columns);
        if (!values.usable || values.cells.size() != key.referenced_columns.size() ||
            exists(on, key.referenced_table, key.referenced_columns, values))
            continue;
        sql_error error = make_error(protocol::sqlstate::foreign_key_violation,
                                     "insert or update on table \"" + change.relation->name +
                                         "\" violates foreign key constraint \"" + key.name + "\"");
        error.detail = "Key (" + joined(key.columns) + ")=(" + values.shown() +
                       ") is not present in table \"" + key.referenced_table + "\".";
        error.schema = "public";
        error.table = change.relation->name;
        error.constraint = key.name;
        return error;
    }
    return std::nullopt;
}

std::optional<sql_error> parent_with_child(connection& on,
                                           const shadow::row_change& change,
                                           const schema_picture& schema) {
    for (const auto& [name, entry] : schema.entries()) {
        for (const sql::foreign_key_info& key : entry.relation->foreign_keys) {
            if (key.referenced_table != change.relation->name)
                continue;
            const key_values values = take(*change.relation, change.before, key.referenced_columns);
            if (!values.usable || values.cells.size() != key.columns.size() ||
                !exists(on, entry.relation->name, key.columns, values) ||
                exists(on, key.referenced_table, key.referenced_columns, values))
                continue;
            sql_error error = make_error(protocol::sqlstate::foreign_key_violation,
                                         "update or delete on table \"" + change.relation->name +
                                             "\" violates foreign key constraint \"" + key.name +
                                             "\" on table \"" + entry.relation->name + "\"");
            error.detail = "Key (" + joined(key.referenced_columns) + ")=(" + values.shown() +
                           ") is still referenced from table \"" + entry.relation->name + "\".";
            error.schema = "public";
            error.table = entry.relation->name;
            error.constraint = key.name;
            return error;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<sql_error> find_foreign_key_violation(connection& on,
                                                    const std::string& sqlite_text,
                                                    const std::vector<stored_value>& parameters,
                                                    const schema_picture& schema) {
    if (on.run("SAVEPOINT pgduet_look") || on.run("PRAGMA defer_foreign_keys=ON"))
        return std::nullopt;
    on.changes().start(schema, looked_at_bytes_max);
    if (auto again = on.prepare(sqlite_text)) {
        const int places = sqlite3_bind_parameter_count(again->get());
        for (int i = 0; i < places && i < static_cast<int>(parameters.size()); ++i)
            bind_stored(again->get(), i + 1, parameters[static_cast<std::size_t>(i)]);
        while (again->step() == SQLITE_ROW) {
        }
    }
    on.changes().stop();
    std::optional<sql_error> found;
    for (const shadow::row_change& change : on.changes().take()) {
        if (change.what != shadow::row_change::kind::erase)
            found = child_without_parent(on, change);
        if (!found && change.what != shadow::row_change::kind::insert)
            found = parent_with_child(on, change, schema);
        if (found)
            break;
    }
    on.run("ROLLBACK TO pgduet_look");
    on.run("RELEASE pgduet_look");
    on.run("PRAGMA defer_foreign_keys=OFF");
    return found;
}

}  // namespace pgduet::store::sqlite
