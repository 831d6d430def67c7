#include "shadow/store/sqlite/rebuild.hpp"

#include <algorithm>
#include <vector>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/sql/rules/types.hpp"
#include "shadow/store/sqlite/create_table_text.hpp"
#include "shadow/store/sqlite/error_map.hpp"

namespace pgduet::store::sqlite {

using protocol::make_error;
using protocol::sql_error;

namespace {

constexpr const char* new_name = "pgduet_rebuild";

bool is_referenced(const schema_picture& schema, const std::string& table) {
    for (const auto& [name, entry] : schema.entries()) {
        for (const sql::foreign_key_info& key : entry.relation->foreign_keys) {
            if (key.referenced_table == table)
                return true;
        }
    }
    return false;
}

std::string column_list(const sql::relation_info& table) {
    std::string out;
    for (const sql::column_info& column : table.columns) {
        if (column.default_source != sql::column_info::source::stored)
            out += (out.empty() ? "" : ", ") + sql::quote_name(column.name);
    }
    return out;
}

sql_error null_inside(const std::string& table, const std::string& column) {
    sql_error error =
        make_error(protocol::sqlstate::not_null_violation,
                   "column \"" + column + "\" of relation \"" + table + "\" contains null values");
    error.schema = "public";
    error.table = table;
    error.column = column;
    return error;
}

/// What hangs on a table and dies with it: its indexes and triggers.
std::vector<std::string> dependent_texts(connection& on, const std::string& table) {
    std::vector<std::string> out;
    auto row = on.prepare(
        "SELECT sql FROM sqlite_schema WHERE lower(tbl_name) = lower(?1)"
        " AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY type, rowid");
    if (!row)
        return out;
    sqlite3_bind_text(row->get(), 1, table.c_str(), -1, SQLITE_STATIC);
    while (row->step() == SQLITE_ROW)
        out.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(row->get(), 0)));
    return out;
}

/// New table, rows over, old one away. Nothing refers to it, so DROP fires no foreign key action.
std::optional<sql_error> copy_over(connection& on,
                                   const schema_picture::entry& old,
                                   const create_table_text& changed) {
    const std::string& name = old.relation->name;
    const std::vector<std::string> dependents = dependent_texts(on, name);
    const std::string columns = column_list(*old.relation);
    const std::string quoted = sql::quote_name(name);
    std::string text = changed.renamed(new_name);
    if (auto failed = on.run(text))
        return failed;
    // ORDER BY rowid keeps the order of rows for tables without a key.
    text = "INSERT INTO " + std::string(new_name) + "(" + columns + ") SELECT " + columns +
           " FROM " + quoted + (old.without_rowid ? "" : " ORDER BY rowid");
    if (auto failed = on.run(text)) {
        if (failed->sqlstate == protocol::sqlstate::unique_violation)
            failed->message = "could not create unique index \"" + name + "_pkey\"";
        failed->table = name;
        return failed;
    }
    for (const std::string& step :
         {"DROP TABLE " + quoted,
          "ALTER TABLE " + std::string(new_name) + " RENAME TO " + quoted}) {
        if (auto failed = on.run(step))
            return failed;
    }
    for (const std::string& dependent : dependents) {
        if (auto failed = on.run(dependent))
            return failed;
    }
    return std::nullopt;
}

/// Changes the stored text only; for constraints whose rows have been checked.
std::optional<sql_error> edit_in_place(connection& on,
                                       const std::string& table,
                                       const create_table_text& changed) {
    const auto cookie = on.number("PRAGMA schema_version");
    if (!cookie)
        return cookie.error();
    if (auto failed = on.run("PRAGMA writable_schema=ON"))
        return failed;
    std::optional<sql_error> error;
    {
        auto update =
            on.prepare("UPDATE sqlite_schema SET sql = ?1 WHERE type = 'table' AND name = ?2");
        if (update) {
            const std::string text = changed.text();
            sqlite3_bind_text(update->get(), 1, text.c_str(), -1, SQLITE_STATIC);
            sqlite3_bind_text(update->get(), 2, table.c_str(), -1, SQLITE_STATIC);
            if (const int rc = update->step(); rc != SQLITE_DONE)
                error = map_error(on.raw(), rc);
        } else {
            error = update.error();
        }
    }
    if (!error)
        error = on.run("PRAGMA schema_version=" + std::to_string(cookie->value_or(0) + 1));
    on.forget_statements();
    const auto reset = on.run("PRAGMA writable_schema=RESET");
    return error ? error : reset;
}

}  // namespace

std::optional<sql_error> rebuild_table(connection& on,
                                       const sql::sqlite_rebuild& change,
                                       const schema_picture& schema) {
    const schema_picture::entry* old = schema.find_entry(change.table);
    if (old == nullptr)
        return make_error(protocol::sqlstate::undefined_table,
                          "relation \"" + change.table + "\" does not exist");
    create_table_text changed(old->create_sql);
    for (const std::string& column : change.set_not_null) {
        const auto nulls = on.number("SELECT 1 FROM " + sql::quote_name(old->relation->name) +
                                     " WHERE " + sql::quote_name(column) + " IS NULL LIMIT 1");
        if (!nulls)
            return nulls.error();
        if (*nulls)
            return null_inside(old->relation->name, column);
        if (!changed.set_not_null(column, true))
            return make_error(protocol::sqlstate::undefined_column,
                              "column \"" + column + "\" does not exist");
    }
    for (const std::string& column : change.drop_not_null) {
        if (!changed.set_not_null(column, false))
            return make_error(protocol::sqlstate::undefined_column,
                              "column \"" + column + "\" does not exist");
    }
    for (const std::string& constraint : change.add_constraints)
        changed.add_constraint(constraint);
    if (!is_referenced(schema, old->relation->name)) {
        return copy_over(on, *old, changed);
    }
    for (const std::string& constraint : change.add_constraints) {
        if (create_table_text::is_key(constraint)) {
            const std::string columns = create_table_text::key_columns(constraint);
            const bool primary = create_table_text::is_primary_key(constraint);
            std::string name = create_table_text::constraint_name(constraint);
            if (name.empty())
                name = old->relation->name + (primary ? "_pkey" : "_key");
            if (auto failed = on.run("CREATE UNIQUE INDEX " + sql::quote_name(name) + " ON " +
                                     sql::quote_name(old->relation->name) + columns))
                return failed;
            changed.drop_constraint(constraint);
        }
    }
    if (changed.text() == old->create_sql)
        return std::nullopt;
    // The rows must satisfy the new text before it stands: try it on a copy that is thrown away.
    const std::string columns = column_list(*old->relation);
    if (auto failed = on.run(changed.renamed(new_name)))
        return failed;
    auto refused = on.run("INSERT INTO " + std::string(new_name) + "(" + columns + ") SELECT " +
                          columns + " FROM " + sql::quote_name(old->relation->name));
    if (refused)
        return refused;
    if (auto failed = on.run("DROP TABLE " + std::string(new_name)))
        return failed;
    return edit_in_place(on, old->relation->name, changed);
}

}  // namespace pgduet::store::sqlite
