#pragma once

#include <span>
#include <string_view>

#include "shadow/sql/infer.hpp"

/// Functions PostgreSQL has and how each is written for SQLite.
namespace pgduet::sql {

/// Ordinary functions of this name (lower case, no schema); empty when unknown.
std::span<const signature> functions_named(std::string_view name);

/// Aggregates of this name. Their text is the SQLite function's name and arguments, into which
/// the caller puts DISTINCT, FILTER and OVER: `pg_avg_numeric($1)`.
std::span<const signature> aggregates_named(std::string_view name);

/// Window-only functions: row_number, rank, lag, ...
std::span<const signature> window_functions_named(std::string_view name);

}  // namespace pgduet::sql
