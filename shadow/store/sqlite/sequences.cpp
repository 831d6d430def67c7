#include "shadow/store/sqlite/sequences.hpp"

#include <algorithm>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/sql/rules/types.hpp"
#include "shadow/store/sqlite/catalog.hpp"
#include "shadow/store/sqlite/connection.hpp"
#include "shadow/store/sqlite/error_map.hpp"

namespace pgduet::store::sqlite {

using protocol::make_error;
using protocol::sql_error;
using protocol::sql_result;

namespace {

std::string bare(const std::string& name) {
    std::string out = name;
    if (const std::size_t dot = out.rfind('.'); dot != std::string::npos)
        out.erase(0, dot + 1);
    std::erase(out, '"');
    return out;
}

sql_result<std::string> table_of(const schema_picture& schema, const std::string& name) {
    for (const auto& [key, entry] : schema.entries()) {
        if (entry.relation->name + "_" + entry.rowid_column + "_seq" == bare(name) &&
            !entry.rowid_column.empty())
            return entry.relation->name;
    }
    return make_error(protocol::sqlstate::undefined_table,
                      "relation \"" + bare(name) + "\" does not exist");
}

sql_result<std::int64_t> recorded(connection& on, const std::string& table) {
    auto row = on.prepare("SELECT seq FROM sqlite_sequence WHERE name = ?1");
    if (!row)
        return std::int64_t{0};  // no AUTOINCREMENT table yet: sqlite_sequence does not exist
    sqlite3_bind_text(row->get(), 1, table.c_str(), -1, SQLITE_STATIC);
    return row->step() == SQLITE_ROW ? sqlite3_column_int64(row->get(), 0) : std::int64_t{0};
}

}  // namespace

sql_result<std::int64_t> largest_rowid(connection& on, const std::string& table) {
    const auto rows = on.number("SELECT max(rowid) FROM " + sql::quote_name(table));
    if (!rows)
        return rows.error();
    const auto seen = recorded(on, table);
    return std::max(rows->value_or(0), *seen);
}

std::optional<sql_error> raise_rowid(connection& on, const std::string& table, std::int64_t value) {
    const auto seen = recorded(on, table);
    if (*seen >= value)
        return std::nullopt;
    for (const char* const text :
         {"UPDATE sqlite_sequence SET seq = ?2 WHERE name = ?1",
          "INSERT INTO sqlite_sequence(name, seq) SELECT ?1, ?2"
          " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1)"}) {
        auto change = on.prepare(text);
        if (!change)
            return std::nullopt;  // the file has no AUTOINCREMENT table
        sqlite3_bind_text(change->get(), 1, table.c_str(), -1, SQLITE_STATIC);
        sqlite3_bind_int64(change->get(), 2, value);
        if (const int rc = change->step(); rc != SQLITE_DONE)
            return map_error(on.raw(), rc);
    }
    return std::nullopt;
}

sql_result<std::int64_t> sequences::next(connection& on,
                                         const schema_picture& schema,
                                         const std::string& name) {
    const auto table = table_of(schema, name);
    if (!table)
        return table.error();
    const auto largest = largest_rowid(on, *table);
    if (!largest)
        return largest.error();
    const std::lock_guard lock(mutex_);
    std::int64_t& given = given_[bare(name)];
    given = std::max(given, *largest) + 1;
    return given;
}

sql_result<std::int64_t> sequences::set(connection& on,
                                        const schema_picture& schema,
                                        const std::string& name,
                                        std::int64_t value,
                                        bool called) {
    const auto table = table_of(schema, name);
    if (!table)
        return table.error();
    const std::int64_t last = called ? value : value - 1;
    raise_rowid(on, *table, last);
    const std::lock_guard lock(mutex_);
    given_[bare(name)] = last;
    return value;
}

}  // namespace pgduet::store::sqlite
