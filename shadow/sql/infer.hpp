#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/sql_types/oid.hpp"

/// PostgreSQL's rules for choosing types (manual chapter 10): operators and functions among
/// candidates, and the common type of CASE, UNION, VALUES and their like. `unknown` stands for an
/// untyped literal or parameter. Pure.
namespace pgduet::sql {

/// One overload: argument types (possibly pseudo types), result, SQLite text.
///
/// In the text, $1 ... $9 are the arguments in stored form, coerced to the argument types; $t1 is
/// the quoted internal name of argument 1's type, $e1 that of its element type, $* all arguments
/// from the variadic one on, and $** the same as pairs of type name and value.
struct signature {
    std::string_view name;
    std::string_view arguments;  ///< "text, int4"; trailing "..." repeats the last one
    std::string_view result;     ///< a type, anyelement, anyarray, or `elements` of an array
    std::string_view text;
};

/// An overload chosen for actual arguments.
struct resolution {
    const signature* chosen = nullptr;
    std::vector<protocol::oid> argument_types;  ///< to coerce each argument to
    protocol::oid result = 0;
    bool ambiguous = false;
};

/// Chooses among `candidates` (same name) for arguments of the given types.
resolution resolve(std::span<const signature> candidates, std::span<const protocol::oid> actual);

/// The common type of CASE branches, UNION columns, VALUES, COALESCE, ...; 0 when there is none
/// (42804). All unknown gives text.
protocol::oid common_type(std::span<const protocol::oid> types);

}  // namespace pgduet::sql
