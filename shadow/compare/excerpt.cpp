#include "shadow/compare/excerpt.hpp"

#include "protocol/sql_types/utf8.hpp"

namespace pgduet::compare {

std::string excerpt(std::string_view text, std::size_t bytes_max) {
    static constexpr char digits[] = "0123456789abcdef";
    const bool valid = !protocol::codec::check_utf8(text);
    const std::string_view shown =
        valid ? protocol::codec::utf8_prefix(text, bytes_max) : text.substr(0, bytes_max);
    std::string out;
    for (const char c : shown) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n')
            out += "\\n";
        else if (byte < ' ' || byte == 0x7f || (byte >= 0x80 && !valid))
            out.append("\\x").append({digits[byte >> 4], digits[byte & 15]});
        else
            out += c;
    }
    if (shown.size() < text.size())
        out += "...";
    return out;
}

}  // namespace pgduet::compare
