#pragma once

#include <span>
#include <string_view>

#include "shadow/sql/infer.hpp"

/// Operators by name. Comparisons (= <> < <= > >=) are not in the table: they exist for every
/// type with an order and are written by is_comparison()'s callers with the right collation.
namespace pgduet::sql {

/// Overloads of a binary or prefix operator; the number of arguments tells them apart. Empty when
/// the operator is not known at all.
std::span<const signature> operators_named(std::string_view name);

bool is_comparison(std::string_view name);
/// False for types without = and <: json.
bool is_comparable(protocol::oid type);

}  // namespace pgduet::sql
