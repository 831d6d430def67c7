#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/sql_types/oid.hpp"
#include "shadow/sql/relation.hpp"

/// How PostgreSQL's types lie in a SQLite file.
///
/// The PostgreSQL type must survive in the CREATE TABLE text alone, and the declared type must
/// have the affinity that keeps the value: so type names carry TEXT (`UUID_TEXT`), and what a
/// name cannot say stands in a comment behind it, which sqlite_schema keeps:
///
///   "id" INTEGER /*pg:int8 serial*/ PRIMARY KEY AUTOINCREMENT
///   CREATE VIEW "v" ("total" /*pg:numeric*/, "code" /*pg:varchar:14*/) AS SELECT ...
///
///   note := '/' '*' "pg:" TYPE [ ':' MODIFIER ] { ' ' WORD } '*' '/'
///   TYPE := internal type name or '-' ; WORD := serial | identity | identity_always | now |
///           volatile | sequence
///
/// char(n) is stored padded, as PostgreSQL sends it; its columns have COLLATE RTRIM, so `=` and
/// ORDER BY ignore the padding as PostgreSQL does. numeric columns have COLLATE pg_numeric.
namespace pgduet::sql {

/// A type with its modifier, as in RowDescription.
struct typed {
    protocol::oid type = protocol::type_oid::text;
    std::int32_t modifier = -1;
    bool operator==(const typed&) const = default;
};

/// The declared SQLite type of a column of `type`, e.g. `NUMERIC_TEXT(10,2)`; empty when such a
/// column cannot be stored.
std::string declared_type(typed type);

/// The collation comparisons of this type need: pg_numeric, RTRIM, pg_interval, or empty.
std::string_view collation_of(protocol::oid type);

/// What a column of a SQLite file is to PostgreSQL.
struct declared_column {
    typed type;
    column_info::source generated = column_info::source::none;  ///< from the note, else none
};

/// Reads a declared type back. `declared` is what PRAGMA table_xinfo prints (parameters
/// included, the note stripped by SQLite), `source` the column's definition out of the CREATE
/// TABLE text, where the note is looked for; may be empty. Foreign files follow the table of
/// common spellings: INTEGER is bigint, DATETIME timestamptz, VARCHAR(n) varchar(n), ...
declared_column read_declared(std::string_view declared, std::string_view source);

/// The part of a CREATE TABLE text that defines `column`, or empty: what read_declared() wants.
std::string_view column_source(std::string_view create_table, std::string_view column);

/// Internal name of a type as the registered functions take it: int4, _text; `text` if unknown.
std::string_view type_name(protocol::oid type);
/// Name as PostgreSQL's messages print it: integer, character varying, timestamp with time zone.
std::string display_name(protocol::oid type);

protocol::oid element_of(protocol::oid array);  ///< 0 when not an array
protocol::oid array_of(protocol::oid element);  ///< 0 when there is none
char category_of(protocol::oid type);           ///< typcategory; 'X' for unknown
bool is_preferred(protocol::oid type);          ///< typispreferred
bool is_integer(protocol::oid type);            ///< int2, int4, int8
bool is_text_like(protocol::oid type);          ///< text, varchar, bpchar, name

/// A constant of `type`, given in PostgreSQL's text form (already normalised), as SQLite text.
std::string literal(protocol::oid type, std::string_view text);
/// 'text' with quotes doubled; "name" likewise.
std::string quote_text(std::string_view text);
std::string quote_name(std::string_view name);

}  // namespace pgduet::sql
