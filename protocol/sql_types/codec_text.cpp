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
            "value too long for type " + std::string(type) + "(" + std::to_string(limit) + ")"
        );
    return std::string(text.substr(0, kept));
}

result to_binary(std::string_view text, const context& how) {
    const bool bounded = how.modifier >= modifier_header;
    const std::size_t limit = bounded ? static_cast<std::size_t>(how.modifier - modifier_header) : 0;
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
            // One byte; the empty text is the zero byte, which prints as the empty text again.
            return std::string(1, text.empty() ? '\0' : text[0]);
        default:
            return std::string(text);
    }
}

result to_text(std::string_view binary, const context& how) {
    if (how.type == type_oid::quoted_char) {
        if (binary.size() != 1)
            return invalid_binary("incorrect binary data format");
        return binary[0] ? std::string(binary) : std::string();
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
