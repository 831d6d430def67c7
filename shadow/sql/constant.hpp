#pragma once

#include <optional>
#include <string>

#include "shadow/sql/parse_tree.hpp"

namespace pgduet::sql {

/// A constant or parameter, seen through casts that keep different values different.
struct constant {
    int parameter = 0;    ///< $n, or 0
    std::string literal;  ///< text of the constant otherwise
};

/// Nothing for NULL and for anything that is not a constant.
std::optional<constant> constant_of(const tagged_node& expression);

/// Text of an A_Const: number, string, or true/false; nothing for NULL.
std::optional<std::string> literal_of(const boost::json::object& a_const);

}  // namespace pgduet::sql
