#include "protocol/sql_types/codec.hpp"
#include "protocol/sql_types/utf8.hpp"

// bytea: the bytes themselves. Text is `\x` and two hexadecimal digits per byte; the older escape
// form (`\\`, `\ooo`, anything else as it stands) is read too.
namespace pgduet::protocol::codec {

namespace {

int hex_digit(char c) {
    const char l = to_lower(c);
    return is_digit(l) ? l - '0' : l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

bool is_hex_space(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

sql_error bad_digit(std::string_view at) {
    const std::string_view character = at.substr(0, utf8_length(at[0]));
    return make_error(sqlstate::invalid_parameter_value,
                      "invalid hexadecimal digit: \"" + std::string(character) + "\"");
}

result from_hex(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        if (is_hex_space(text[0])) {
            text.remove_prefix(1);
            continue;
        }
        const int high = hex_digit(text[0]);
        if (high < 0)
            return bad_digit(text);
        if (text.size() < 2)
            return make_error(sqlstate::invalid_parameter_value,
                              "invalid hexadecimal data: odd number of digits");
        const int low = hex_digit(text[1]);
        if (low < 0)
            return bad_digit(text.substr(1));
        out.push_back(static_cast<char>(high << 4 | low));
        text.remove_prefix(2);
    }
    return out;
}

bool octal(std::string_view text) {
    const auto digit = [&](std::size_t i, char most) { return text[i] >= '0' && text[i] <= most; };
    return text.size() >= 3 && digit(0, '3') && digit(1, '7') && digit(2, '7');
}

result from_escape(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        if (text[0] != '\\') {
            out.push_back(text[0]);
            text.remove_prefix(1);
        } else if (octal(text.substr(1))) {
            out.push_back(
                static_cast<char>((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0')));
            text.remove_prefix(4);
        } else if (text.starts_with("\\\\")) {
            out.push_back('\\');
            text.remove_prefix(2);
        } else {
            return make_error(sqlstate::invalid_text_representation,
                              "invalid input syntax for type bytea");
        }
    }
    return out;
}

result to_binary(std::string_view text, const context&) {
    return text.starts_with("\\x") ? from_hex(text.substr(2)) : from_escape(text);
}

result to_text(std::string_view binary, const context&) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out = "\\x";
    out.reserve(2 + binary.size() * 2);
    for (const char c : binary) {
        out.push_back(digits[static_cast<unsigned char>(c) >> 4]);
        out.push_back(digits[static_cast<unsigned char>(c) & 15]);
    }
    return out;
}

}  // namespace

functions bytea_functions() {
    return {to_binary, to_text};
}

}  // namespace pgduet::protocol::codec
