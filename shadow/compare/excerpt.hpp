#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pgduet::compare {

/// A value on one line for people: control characters and bytes that are not UTF-8 escaped, cut
/// after at most `bytes_max` bytes of it, with `...` where it was cut.
std::string excerpt(std::string_view text, std::size_t bytes_max = 80);

}  // namespace pgduet::compare
