#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/sql_types/sql_error.hpp"

namespace pgduet::protocol::codec {

/// Nothing, or 22021 naming the first bytes that are not UTF-8 (a NUL byte counts as such), with
/// PostgreSQL's text: `invalid byte sequence for encoding "UTF8": 0xff`.
std::optional<sql_error> check_utf8(std::string_view text);

/// Length in bytes of the character that starts with `first` in valid UTF-8.
std::size_t utf8_length(char first);
/// Number of characters of valid UTF-8.
std::size_t utf8_count(std::string_view text);
/// The longest prefix of whole characters of at most `bytes` bytes.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes);
void append_utf8(std::string& out, char32_t character);

}  // namespace pgduet::protocol::codec
