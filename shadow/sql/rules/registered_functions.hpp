#pragma once

#include <span>
#include <string_view>

namespace pgduet::sql {

/// A function or collation the translated text relies on, registered on every SQLite connection
/// by the store. Built-ins of SQLite are never overridden: all names start with `pg_`.
///
/// Common rules of all of them:
/// - A NULL argument gives NULL unless the meaning says otherwise (PostgreSQL's "strict").
/// - Values come and go in stored form: integers and booleans INTEGER (true = 1), float4/float8
///   REAL, bytea BLOB, every other type TEXT exactly as PostgreSQL prints it (timestamptz in UTC
///   with suffix +00, numeric at its scale, arrays as literals `{1,2}`, char(n) padded).
/// - Numeric arguments accept INTEGER, REAL and TEXT.
/// - Type names are PostgreSQL's internal ones: int4, varchar, timestamptz, _int4 for int4[].
/// - Errors are raised as `[SQLSTATE] message` with PostgreSQL's message text.
struct registered_function {
    enum class kind { scalar, aggregate, collation };

    std::string_view name;
    int arity;  ///< number of arguments; -1 for any
    kind what;
    bool deterministic;
    std::string_view meaning;
};

/// The whole list; the store's test checks that each one is there.
std::span<const registered_function> registered_functions();

}  // namespace pgduet::sql
