#include "protocol/sql_types/codec.hpp"
#include "protocol/sql_types/utf8.hpp"

// text, varchar, bpchar, name, "char", unknown: the bytes themselves, in UTF-8 without NUL.
namespace pgduet::protocol::codec {

namespace {

constexpr std::size_t name_bytes_max = 63;   // NAMEDATALEN - 1
constexpr std::int32_t modifier_header = 4;  // VARHDRSZ, added to n in varchar(n) and char(n)

/// Characters beyond the limit may only be spaces, and then go.
result limited(std::string_view text, std::size_t limit, std::string_view type) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < limit && kept < text.size(); ++i)
        kept += utf8_length(text[kept]);
    if (text.find_first_not_of(' ', kept) != text.npos)
        return make_error(
            sqlstate::string_data_right_truncation,
            "value too long for type " + std::string(type) + "(" + std::to_string(limit) + ")");
    return std::string(text.substr(0, kept));
}

/// One byte; a byte that is no character is written \ooo, the zero byte as the empty text.
char quoted_char(std::string_view text) {
    const auto octal = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '7'; };
    if (text.size() == 4 && text[0] == '\\' && octal(1) && octal(2) && octal(3))
        return static_cast<char>((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
    return text.empty() ? '\0' : text[0];
}

std::string print_quoted_char(char c) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80)
        return std::string(byte ? 1 : 0, c);
    const auto octal = [&](int shift) { return static_cast<char>('0' + (byte >> shift & 7)); };
    return {'\\', octal(6), octal(3), octal(0)};
}

result to_binary(std::string_view text, const context& how) {
    const bool bounded = how.modifier >= modifier_header;
    const std::size_t limit =
        bounded ? static_cast<std::size_t>(how.modifier - modifier_header) : 0;
    switch (how.type) {
        case type_oid::varchar:
            return bounded ? limited(text, limit, "character varying") : std::string(text);
        case type_oid::bpchar: {
            if (!bounded)
                return std::string(text);
            result kept = limited(text, limit, "character");
            if (kept)
                kept->append(limit - utf8_count(*kept), ' ');
            return kept;
        }
        case type_oid::name:
            return std::string(utf8_prefix(text, name_bytes_max));
        case type_oid::quoted_char:
            return std::string(1, quoted_char(text));
        default:
            return std::string(text);
    }
}

result to_text(std::string_view binary, const context& how) {
    if (how.type == type_oid::quoted_char) {
        if (binary.size() != 1)
            return invalid_binary("incorrect binary data format");
        return print_quoted_char(binary[0]);
    }
    if (auto error = check_utf8(binary))
        return *error;
    return std::string(binary);
}

}  // namespace

functions text_functions() {
    return {to_binary, to_text};
}

}  // namespace pgduet::protocol::codec
