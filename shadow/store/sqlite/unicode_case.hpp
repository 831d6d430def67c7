#pragma once

#include <string>
#include <string_view>

namespace pgduet::store::sqlite::functions {

/// Simple case mapping of Unicode, one character to one, as PostgreSQL has it under C.UTF-8:
/// the C library's C.UTF-8 locale, whatever locale the process runs in.
std::string upper_case(std::string_view text);
std::string lower_case(std::string_view text);
bool is_alphanumeric(char32_t character);

}  // namespace pgduet::store::sqlite::functions
