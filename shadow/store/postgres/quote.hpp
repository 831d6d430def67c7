#pragma once

#include <string>
#include <string_view>

namespace pgduet::store::postgres {

/// An identifier in double quotes.
inline std::string quoted(std::string_view identifier) {
    std::string out = "\"";
    for (const char c : identifier)
        out.append(c == '"' ? 2 : 1, c);
    return out + '"';
}

}  // namespace pgduet::store::postgres
