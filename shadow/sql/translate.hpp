#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/sql_types/sql_error.hpp"
#include "protocol/sql_types/value.hpp"
#include "shadow/sql/relation.hpp"
#include "shadow/sql/statement.hpp"

namespace pgduet::sql {

/// One SQLite statement of a translation.
struct sqlite_sql {
    std::string text;  ///< parameters are ?1 .. ?n, numbered as the client's $1 .. $n
};

/// Rebuild a table with changed DDL (SQLite cannot ALTER it): the store makes the new table from
/// the stored CREATE TABLE text with these edits, copies, drops, renames, recreates indexes.
struct sqlite_rebuild {
    std::string table;
    std::vector<std::string> add_constraints;  ///< table constraints to append, SQLite text
    std::vector<std::string> set_not_null;     ///< columns
    std::vector<std::string> drop_not_null;
};

using sqlite_step = std::variant<sqlite_sql, sqlite_rebuild>;

/// A PostgreSQL statement in SQLite's dialect. Steps run in order in one transaction; the rows of
/// the last one that has columns are the result.
struct translation {
    std::vector<sqlite_step> steps;
    std::vector<protocol::oid> parameter_types;     ///< $1 .. $n; client-given ones win
    std::vector<std::int32_t> parameter_modifiers;  ///< typmod of the column a parameter is
                                                    ///< assigned to, else -1
    std::vector<protocol::column> columns;          ///< of the result, PostgreSQL's names and types
    bool changes_schema = false;  ///< the store must refresh its catalog afterwards
    bool if_exists_miss = false;  ///< nothing to do: DROP IF EXISTS / CREATE IF NOT EXISTS no-op
    std::vector<protocol::sql_error> notices;  ///< to send before CommandComplete
};

/// Translates one analysed statement (DML, SELECT, DDL, TRUNCATE; not transaction or session
/// statements, which the store's session answers itself).
///
/// Contract: every field of the parse tree is consumed or the statement is refused with 0A000 and
/// the construct's name; nothing is dropped silently. Values are typed by schema and by
/// PostgreSQL's inference rules (dialect of expressions: rules/), never by looking at data.
/// Errors PostgreSQL's analysis would raise are raised with its SQLSTATE: 42P01 unknown table,
/// 42703 unknown column, 42702 ambiguous, 42883 unknown function or operator, 42804, 42P18.
/// Thread-safe; pure but for `relations`.
protocol::sql_result<translation> translate_to_sqlite(
    const statement& input,
    const relation_source& relations,
    const std::vector<protocol::oid>& given_parameter_types);

}  // namespace pgduet::sql
