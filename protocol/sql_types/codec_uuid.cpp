#include "protocol/sql_types/codec.hpp"

// uuid: 16 bytes. Text: 32 hexadecimal digits, optionally in braces, with an optional hyphen after
// any group of four digits.
namespace pgduet::protocol::codec {

namespace {

int hex_digit(char c) {
    const char l = to_lower(c);
    return is_digit(l) ? l - '0' : l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

result to_binary(std::string_view text, const context&) {
    std::string_view rest = text;
    const bool braces = rest.starts_with('{');
    if (braces)
        rest.remove_prefix(1);
    std::string out;
    for (int i = 0; i < 16; ++i) {
        if (rest.size() < 2 || hex_digit(rest[0]) < 0 || hex_digit(rest[1]) < 0)
            return invalid_syntax("uuid", text);
        out.push_back(static_cast<char>(hex_digit(rest[0]) << 4 | hex_digit(rest[1])));
        rest.remove_prefix(2);
        if (i % 2 == 1 && i < 15 && rest.starts_with('-'))
            rest.remove_prefix(1);
    }
    if (rest != (braces ? "}" : ""))
        return invalid_syntax("uuid", text);
    return out;
}

result to_text(std::string_view binary, const context&) {
    if (binary.size() != 16)
        return invalid_binary("incorrect binary data format");
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (std::size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            out.push_back('-');
        out.push_back(digits[static_cast<unsigned char>(binary[i]) >> 4]);
        out.push_back(digits[static_cast<unsigned char>(binary[i]) & 15]);
    }
    return out;
}

}  // namespace

functions uuid_functions() {
    return {to_binary, to_text};
}

}  // namespace pgduet::protocol::codec
