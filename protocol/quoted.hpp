#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/sql_types/value.hpp"

/// Text of trace lines: always one line, of bounded length.
namespace pgduet::protocol {

inline constexpr std::size_t trace_text_bytes_max = 200;

/// The text in double quotes, control characters and non-ASCII bytes escaped, cut at
/// trace_text_bytes_max with "..." behind.
std::string quoted(std::string_view text);
std::string listed(const std::vector<oid>& types);       ///< [23,0]
std::string listed(const std::vector<format>& formats);  ///< [text,binary]
std::string listed_values(const std::vector<std::optional<std::string_view>>& values);

}  // namespace pgduet::protocol
