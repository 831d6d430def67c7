#include "shadow/store/sqlite/unicode_case.hpp"

#include <locale.h>
#include <wctype.h>

#include <algorithm>

#include "protocol/sql_types/utf8.hpp"

namespace pgduet::store::sqlite::functions {
namespace {

/// Opened once for the process; glibc has C.UTF-8 built in on Debian 12.
locale_t unicode() {
    static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;
}

char32_t decode(std::string_view text, std::size_t& at) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t size = std::min(protocol::codec::utf8_length(text[at]), text.size() - at);
    char32_t code = size == 1 ? first : first & (0xffu >> (size + 1));
    for (std::size_t i = 1; i < size; ++i)
        code = code << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3f);
    at += size;
    return code;
}

std::string mapped(std::string_view text, bool up) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if ((c & 0x80) == 0) {
            const bool low = c >= 'a' && c <= 'z';
            const bool high = c >= 'A' && c <= 'Z';
            out.push_back(static_cast<char>(up && low ? c - 32 : !up && high ? c + 32 : c));
            ++at;
            continue;
        }
        const auto code = static_cast<wint_t>(decode(text, at));
        const wint_t other = unicode() == nullptr ? code
                             : up                 ? towupper_l(code, unicode())
                                                  : towlower_l(code, unicode());
        protocol::codec::append_utf8(out, static_cast<char32_t>(other));
    }
    return out;
}

}  // namespace

std::string upper_case(std::string_view text) {
    return mapped(text, true);
}

std::string lower_case(std::string_view text) {
    return mapped(text, false);
}

bool is_alphanumeric(char32_t character) {
    if (character < 0x80)
        return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
               (character >= 'A' && character <= 'Z');
    return unicode() != nullptr && iswalnum_l(static_cast<wint_t>(character), unicode()) != 0;
}

}  // namespace pgduet::store::sqlite::functions
