#include <openssl/evp.h>

#include <algorithm>
#include <cstdint>
#include <cwctype>
#include <vector>

#include "protocol/sql_types/sqlstate.hpp"
#include "protocol/sql_types/utf8.hpp"
#include "shadow/store/sqlite/function_tools.hpp"
#include "shadow/store/sqlite/unicode_case.hpp"

/// Text functions, all by characters of UTF-8.
namespace pgduet::store::sqlite::functions {
namespace {

namespace sqlstate = protocol::sqlstate;
using protocol::codec::append_utf8;
using protocol::codec::utf8_count;
using protocol::codec::utf8_length;

constexpr std::size_t text_bytes_max = 256u << 20;

std::vector<std::string_view> characters(std::string_view text) {
    std::vector<std::string_view> out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = std::min(utf8_length(text[at]), text.size() - at);
        out.push_back(text.substr(at, size));
        at += size;
    }
    return out;
}

/// Byte offset of the character with this index (from 0), or the end.
std::size_t offset_of(std::string_view text, std::int64_t index) {
    std::size_t at = 0;
    while (index-- > 0 && at < text.size())
        at += utf8_length(text[at]);
    return std::min(at, text.size());
}

char32_t code_point(std::string_view character) {
    if (character.empty())
        return 0;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
    switch (character.size()) {
        case 1:
            return byte(0);
        case 2:
            return static_cast<char32_t>((byte(0) & 0x1f) << 6 | (byte(1) & 0x3f));
        case 3:
            return static_cast<char32_t>((byte(0) & 0x0f) << 12 | (byte(1) & 0x3f) << 6 |
                                         (byte(2) & 0x3f));
        default:
            return static_cast<char32_t>((byte(0) & 0x07) << 18 | (byte(1) & 0x3f) << 12 |
                                         (byte(2) & 0x3f) << 6 | (byte(3) & 0x3f));
    }
}

bool too_long(const call& c, std::size_t size) {
    if (size <= text_bytes_max)
        return false;
    c.raise(sqlstate::program_limit_exceeded, "requested length too large");
    return true;
}

void pg_upper(const call& c) {
    c.answer(upper_case(c.text(0)));
}
void pg_lower(const call& c) {
    c.answer(lower_case(c.text(0)));
}

void pg_initcap(const call& c) {
    std::string out;
    bool inside = false;
    for (const std::string_view one : characters(c.text(0))) {
        out += inside ? lower_case(one) : upper_case(one);
        inside = is_alphanumeric(code_point(one));
    }
    c.answer(out);
}

void pg_substr(const call& c) {
    const std::string_view text = c.text(0);
    const std::int64_t from = c.integer(1);
    std::int64_t end = INT64_MAX;
    if (c.count() == 3) {
        if (c.integer(2) < 0) {
            c.raise("22011", "negative substring length not allowed");
            return;
        }
        end = from > INT64_MAX - c.integer(2) ? INT64_MAX : from + c.integer(2);
    }
    const std::int64_t first = std::max<std::int64_t>(from, 1);
    if (end <= first) {
        c.answer("");
        return;
    }
    const std::size_t begin = offset_of(text, first - 1);
    const std::string_view rest = text.substr(begin);
    c.answer(end == INT64_MAX ? rest : rest.substr(0, offset_of(rest, end - first)));
}

/// Characters that left() and right() keep; negative counts from the other end.
std::int64_t kept(const call& c) {
    const std::int64_t n = c.integer(1);
    return n >= 0 ? n
                  : std::max<std::int64_t>(0, static_cast<std::int64_t>(utf8_count(c.text(0))) + n);
}

void pg_left(const call& c) {
    c.answer(c.text(0).substr(0, offset_of(c.text(0), kept(c))));
}

void pg_right(const call& c) {
    const auto size = static_cast<std::int64_t>(utf8_count(c.text(0)));
    const std::int64_t dropped = std::max<std::int64_t>(0, size - kept(c));
    c.answer(c.text(0).substr(offset_of(c.text(0), dropped)));
}

void pad(const call& c, bool left) {
    const std::int64_t length = std::max<std::int64_t>(0, c.integer(1));
    const auto size = static_cast<std::int64_t>(utf8_count(c.text(0)));
    if (size >= length || c.text(2).empty()) {
        c.answer(c.text(0).substr(0, offset_of(c.text(0), length)));
        return;
    }
    if (too_long(c, static_cast<std::size_t>(length) * 4))
        return;
    const auto fill = characters(c.text(2));
    std::string padding;
    for (std::int64_t i = 0; i < length - size; ++i)
        padding += fill[static_cast<std::size_t>(i) % fill.size()];
    c.answer(left ? padding + std::string(c.text(0)) : std::string(c.text(0)) + padding);
}

void pg_lpad(const call& c) {
    pad(c, true);
}
void pg_rpad(const call& c) {
    pad(c, false);
}

void pg_repeat(const call& c) {
    const std::int64_t times = std::max<std::int64_t>(0, c.integer(1));
    const std::string_view text = c.text(0);
    if (!text.empty() && static_cast<std::uint64_t>(times) > text_bytes_max / text.size()) {
        c.raise(sqlstate::program_limit_exceeded, "requested length too large");
        return;
    }
    std::string out;
    for (std::int64_t i = 0; i < times && !text.empty(); ++i)
        out += text;
    c.answer(out);
}

void pg_reverse(const call& c) {
    auto all = characters(c.text(0));
    std::string out;
    for (auto it = all.rbegin(); it != all.rend(); ++it)
        out += *it;
    c.answer(out);
}

void pg_split_part(const call& c) {
    const std::string_view delimiter = c.text(1);
    const std::int64_t n = c.integer(2);
    if (n == 0) {
        c.raise(sqlstate::invalid_parameter_value, "field position must not be zero");
        return;
    }
    std::vector<std::string_view> parts;
    std::string_view rest = c.text(0);
    while (true) {
        const std::size_t at = delimiter.empty() ? std::string_view::npos : rest.find(delimiter);
        parts.push_back(rest.substr(0, at));
        if (at == std::string_view::npos)
            break;
        rest.remove_prefix(at + delimiter.size());
    }
    const auto size = static_cast<std::int64_t>(parts.size());
    const std::int64_t index = n > 0 ? n - 1 : size + n;
    c.answer(index < 0 || index >= size ? std::string_view()
                                        : parts[static_cast<std::size_t>(index)]);
}

void pg_translate(const call& c) {
    const auto from = characters(c.text(1));
    const auto to = characters(c.text(2));
    std::string out;
    for (const std::string_view one : characters(c.text(0))) {
        const auto found = std::find(from.begin(), from.end(), one);
        const auto index = static_cast<std::size_t>(found - from.begin());
        if (found == from.end())
            out += one;
        else if (index < to.size())
            out += to[index];
    }
    c.answer(out);
}

void pg_strpos(const call& c) {
    const std::size_t at = c.text(0).find(c.text(1));
    c.answer(at == std::string_view::npos
                 ? std::int64_t{0}
                 : static_cast<std::int64_t>(utf8_count(c.text(0).substr(0, at)) + 1));
}

void pg_ascii(const call& c) {
    const std::string_view text = c.text(0);
    c.answer(text.empty()
                 ? std::int64_t{0}
                 : static_cast<std::int64_t>(code_point(text.substr(0, utf8_length(text[0])))));
}

void pg_chr(const call& c) {
    const std::int64_t code = c.integer(0);
    if (code == 0) {
        c.raise(sqlstate::program_limit_exceeded, "null character not permitted");
        return;
    }
    if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
        c.raise(sqlstate::program_limit_exceeded, "requested character not valid for encoding");
        return;
    }
    std::string out;
    append_utf8(out, static_cast<char32_t>(code));
    c.answer(out);
}

std::string hex(std::string_view bytes) {
    static constexpr char digit[] = "0123456789abcdef";
    std::string out;
    for (const char one : bytes) {
        out.push_back(digit[static_cast<unsigned char>(one) >> 4]);
        out.push_back(digit[static_cast<unsigned char>(one) & 15]);
    }
    return out;
}

void pg_md5(const call& c) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_Digest(c.text(0).data(), c.text(0).size(), digest, &size, EVP_md5(), nullptr);
    c.answer(hex({reinterpret_cast<const char*>(digest), size}));
}

void pg_starts_with(const call& c) {
    c.answer(c.text(0).starts_with(c.text(1)));
}

void pg_octet_length(const call& c) {
    c.answer(static_cast<std::int64_t>(c.text(0).size()));
}

void pg_concat(const call& c) {
    std::string out;
    for (int i = 0; i < c.count(); ++i) {
        if (!c.null(i))
            out += c.text(i);
    }
    c.answer(out);
}

void pg_concat_ws(const call& c) {
    if (c.count() == 0 || c.null(0)) {
        c.answer_null();
        return;
    }
    std::string out;
    bool first = true;
    for (int i = 1; i < c.count(); ++i) {
        if (c.null(i))
            continue;
        if (!first)
            out += c.text(0);
        out += c.text(i);
        first = false;
    }
    c.answer(out);
}

std::string base64(std::string_view bytes) {
    static constexpr char digit[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    std::size_t line = 0;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        if (line == 76) {  // PostgreSQL breaks lines as MIME does
            out.push_back('\n');
            line = 0;
        }
        std::uint32_t group = 0;
        const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
        for (std::size_t j = 0; j < 3; ++j)
            group = group << 8 | (j < have ? static_cast<unsigned char>(bytes[i + j]) : 0);
        for (std::size_t j = 0; j < 4; ++j)
            out.push_back(j <= have ? digit[group >> (18 - 6 * j) & 63] : '=');
        line += 4;
    }
    return out;
}

void pg_encode(const call& c) {
    const std::string_view how = c.text(1);
    if (how == "hex") {
        c.answer(hex(c.text(0)));
    } else if (how == "base64") {
        c.answer(base64(c.text(0)));
    } else if (how == "escape") {
        std::string out;
        for (const char one : c.text(0)) {
            if (one == '\\') {
                out += "\\\\";
            } else if (one == '\0' || (one & 0x80) != 0) {
                const auto byte = static_cast<unsigned char>(one);
                out.push_back('\\');
                for (int shift = 6; shift >= 0; shift -= 3)
                    out.push_back(static_cast<char>('0' + (byte >> shift & 7)));
            } else {
                out.push_back(one);
            }
        }
        c.answer(out);
    } else {
        c.raise(sqlstate::invalid_parameter_value,
                "unrecognized encoding: \"" + std::string(how) + "\"");
    }
}

void decode_base64(const call& c) {
    std::string out;
    std::uint32_t group = 0;
    int have = 0;
    int padding = 0;
    for (const char one : c.text(0)) {
        if (one == ' ' || one == '\t' || one == '\n' || one == '\r')
            continue;
        int value = 0;
        if (one >= 'A' && one <= 'Z')
            value = one - 'A';
        else if (one >= 'a' && one <= 'z')
            value = one - 'a' + 26;
        else if (one >= '0' && one <= '9')
            value = one - '0' + 52;
        else if (one == '+')
            value = 62;
        else if (one == '/')
            value = 63;
        else if (one == '=' && have >= 2)
            ++padding;
        else {
            c.raise(sqlstate::invalid_parameter_value,
                    "invalid symbol \"" + std::string(1, one) +
                        "\" found while decoding base64 sequence");
            return;
        }
        group = group << 6 | static_cast<std::uint32_t>(value);
        if (++have == 4) {
            for (int i = 0; i < 3 - padding; ++i)
                out.push_back(static_cast<char>(group >> (16 - 8 * i) & 0xff));
            group = 0;
            have = 0;
        }
    }
    if (have != 0)
        c.raise(sqlstate::invalid_parameter_value, "invalid base64 end sequence");
    else
        c.answer_blob(out);
}

void pg_decode(const call& c) {
    const std::string_view how = c.text(1);
    if (how == "base64") {
        decode_base64(c);
        return;
    }
    if (how != "hex" && how != "escape") {
        c.raise(sqlstate::invalid_parameter_value,
                "unrecognized encoding: \"" + std::string(how) + "\"");
        return;
    }
    const std::string text = (how == "hex" ? "\\x" : "") + std::string(c.text(0));
    c.answer(to_stored(protocol::type_oid::bytea, -1, text, {}));
}

void pg_quote_literal(const call& c) {
    std::string out;
    bool escapes = false;
    for (const char one : c.text(0)) {
        if (one == '\'' || one == '\\')
            out.push_back(one);
        escapes = escapes || one == '\\';
        out.push_back(one);
    }
    c.answer((escapes ? "E'" : "'") + out + "'");
}

void pg_quote_ident(const call& c) {
    static constexpr std::string_view reserved[] = {
        "all",    "and",    "any",    "as",      "asc",     "both",     "case",       "cast",
        "check",  "column", "create", "default", "desc",    "distinct", "do",         "else",
        "end",    "except", "false",  "for",     "foreign", "from",     "grant",      "group",
        "having", "in",     "into",   "left",    "like",    "limit",    "not",        "null",
        "offset", "on",     "only",   "or",      "order",   "primary",  "references", "right",
        "select", "table",  "then",   "to",      "true",    "union",    "unique",     "user",
        "using",  "when",   "where",  "with"};
    const std::string_view name = c.text(0);
    bool plain = !name.empty() && !(name[0] >= '0' && name[0] <= '9') && name[0] != '$';
    for (const char one : name)
        plain = plain && ((one >= 'a' && one <= 'z') || (one >= '0' && one <= '9') || one == '_');
    plain =
        plain && std::find(std::begin(reserved), std::end(reserved), name) == std::end(reserved);
    if (plain) {
        c.answer(name);
        return;
    }
    std::string out = "\"";
    for (const char one : name) {
        out.push_back(one);
        if (one == '"')
            out.push_back(one);
    }
    c.answer(out + "\"");
}

constexpr definition list[] = {
    {"pg_upper", 1, pg_upper},
    {"pg_lower", 1, pg_lower},
    {"pg_initcap", 1, pg_initcap},
    {"pg_substr", 2, pg_substr},
    {"pg_substr", 3, pg_substr},
    {"pg_left", 2, pg_left},
    {"pg_right", 2, pg_right},
    {"pg_lpad", 3, pg_lpad},
    {"pg_rpad", 3, pg_rpad},
    {"pg_repeat", 2, pg_repeat},
    {"pg_reverse", 1, pg_reverse},
    {"pg_split_part", 3, pg_split_part},
    {"pg_translate", 3, pg_translate},
    {"pg_strpos", 2, pg_strpos},
    {"pg_ascii", 1, pg_ascii},
    {"pg_chr", 1, pg_chr},
    {"pg_md5", 1, pg_md5},
    {"pg_starts_with", 2, pg_starts_with},
    {"pg_octet_length", 1, pg_octet_length},
    {"pg_concat", -1, pg_concat, false},
    {"pg_concat_ws", -1, pg_concat_ws, false},
    {"pg_encode", 2, pg_encode},
    {"pg_decode", 2, pg_decode},
    {"pg_quote_literal", 1, pg_quote_literal},
    {"pg_quote_ident", 1, pg_quote_ident},
};

}  // namespace

void register_text(connection& target) {
    define(target, list);
}

}  // namespace pgduet::store::sqlite::functions
