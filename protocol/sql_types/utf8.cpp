#include "protocol/sql_types/utf8.hpp"

#include <algorithm>

#include "protocol/sql_types/sqlstate.hpp"

namespace pgduet::protocol::codec {

namespace {

using byte = unsigned char;

bool continues(byte b) {
    return (b & 0xc0) == 0x80;
}

/// Length of the valid character at the front of `text`, or 0.
std::size_t valid_character(std::string_view text) {
    const auto at = [&](std::size_t i) { return static_cast<byte>(text[i]); };
    const std::size_t length = utf8_length(text[0]);
    if (length > text.size())
        return 0;
    const byte first = at(0);
    if (length == 1)
        return first != 0 && first < 0x80 ? 1 : 0;
    for (std::size_t i = 1; i < length; ++i)
        if (!continues(at(i)))
            return 0;
    // Overlong forms, surrogates, and characters beyond U+10FFFF.
    const byte second = at(1);
    const bool bad = (length == 2 && first < 0xc2) || (first == 0xe0 && second < 0xa0) ||
                     (first == 0xed && second > 0x9f) || (first == 0xf0 && second < 0x90) ||
                     (first == 0xf4 && second > 0x8f) || first > 0xf4;
    return bad ? 0 : length;
}

sql_error invalid_sequence(std::string_view text) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string message = "invalid byte sequence for encoding \"UTF8\":";
    const std::size_t shown = std::min(utf8_length(text[0]), text.size());
    for (std::size_t i = 0; i < shown; ++i) {
        const byte b = static_cast<byte>(text[i]);
        message += {' ', '0', 'x', digits[b >> 4], digits[b & 15]};
    }
    return make_error(sqlstate::character_not_in_repertoire, std::move(message));
}

}  // namespace

std::optional<sql_error> check_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = valid_character(text);
        if (length == 0)
            return invalid_sequence(text);
        text.remove_prefix(length);
    }
    return std::nullopt;
}

std::size_t utf8_length(char first) {
    const byte b = static_cast<byte>(first);
    return (b & 0xe0) == 0xc0 ? 2 : (b & 0xf0) == 0xe0 ? 3 : (b & 0xf8) == 0xf0 ? 4 : 1;
}

std::size_t utf8_count(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return !continues(static_cast<byte>(c)); }));
}

std::string_view utf8_prefix(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes)
        return text;
    while (bytes > 0 && continues(static_cast<byte>(text[bytes])))
        --bytes;
    return text.substr(0, bytes);
}

void append_utf8(std::string& out, char32_t c) {
    const auto add = [&](char32_t b) { out.push_back(static_cast<char>(b)); };
    if (c < 0x80) {
        add(c);
    } else if (c < 0x800) {
        add(0xc0 | (c >> 6));
        add(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        add(0xe0 | (c >> 12));
        add(0x80 | ((c >> 6) & 0x3f));
        add(0x80 | (c & 0x3f));
    } else {
        add(0xf0 | (c >> 18));
        add(0x80 | ((c >> 12) & 0x3f));
        add(0x80 | ((c >> 6) & 0x3f));
        add(0x80 | (c & 0x3f));
    }
}

}  // namespace pgduet::protocol::codec
