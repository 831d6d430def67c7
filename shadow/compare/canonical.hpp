#pragma once

#include <string>
#include <string_view>

#include "protocol/sql_types/value.hpp"
#include "protocol/sql_types/value_codec.hpp"

namespace pgduet::compare {

/// Types whose values are compared as one kind, whatever their width.
enum class family { integer, text, floating, json, other };
family family_of(protocol::oid type);

/// Whether columns of the two types may hold equal values: the same type or the same family,
/// arrays by their elements.
bool alike(protocol::oid a, protocol::oid b);

/// Writes a value so that equal values of like types give equal bytes: integers by value, floats
/// by bits, numeric by value (1.50 is 1.5), timestamps as instants, json as a tree, arrays by
/// element, text and bytea exactly. A value that its type does not read stands for itself.
std::string canonical(protocol::oid type,
                      protocol::format encoding,
                      std::string_view bytes,
                      const protocol::value_settings& settings);

/// A value as people read it: its text; bytes that cannot be read in hexadecimal.
std::string readable(protocol::oid type,
                     protocol::format encoding,
                     std::string_view bytes,
                     const protocol::value_settings& settings);

}  // namespace pgduet::compare
