#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/sql_types/sql_error.hpp"

namespace pgduet::protocol::codec {

/// Reads JSON text as type json does: 22P02 when it is none. Strings are not looked into.
sql_result<void> check_json(std::string_view text);

/// Reads JSON text as type jsonb does and prints it as jsonb does: of equal keys the last, keys by
/// length and then bytes, numbers as numeric prints them. 22P05 for \u0000.
sql_result<std::string> normalise_json(std::string_view text);

}  // namespace pgduet::protocol::codec
