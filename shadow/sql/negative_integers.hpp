#pragma once

#include <boost/json/value.hpp>
#include <string_view>

namespace pgduet::sql {

/// libpg_query's JSON leaves out integers below zero as if they were zero: `-5` arrives as
/// `{"A_Const": {"ival": {}, "location": 7}}`. This puts them back, read from the text at the
/// node's location. `text` is the whole query string.
void restore_negative_integers(boost::json::value& tree, std::string_view text);

}  // namespace pgduet::sql
