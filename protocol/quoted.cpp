#include "protocol/quoted.hpp"

namespace pgduet::protocol {

namespace {

template <class Items, class Print>
std::string in_brackets(const Items& items, Print print) {
    std::string out = "[";
    for (const auto& item : items) {
        if (out.size() > 1)
            out += ',';
        if (out.size() > 4 * trace_text_bytes_max) {
            out += "...";
            break;
        }
        out += print(item);
    }
    return out + "]";
}

}  // namespace

std::string quoted(std::string_view text) {
    constexpr char digits[] = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : text.substr(0, trace_text_bytes_max)) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (code < 0x20 || code >= 0x7f) {
            out += "\\x";
            out += digits[code >> 4];
            out += digits[code & 15];
        } else {
            out += c;
        }
    }
    out += '"';
    return text.size() > trace_text_bytes_max ? out + "..." : out;
}

std::string listed(const std::vector<oid>& types) {
    return in_brackets(types, [](oid type) { return std::to_string(type); });
}

std::string listed(const std::vector<format>& formats) {
    return in_brackets(formats, [](format one) -> std::string {
        switch (one) {
            case format::text:
                return "text";
            case format::binary:
                return "binary";
        }
        return std::to_string(static_cast<int>(one));
    });
}

std::string listed_values(const std::vector<std::optional<std::string_view>>& values) {
    return in_brackets(values, [](const auto& value) { return value ? quoted(*value) : "NULL"; });
}

}  // namespace pgduet::protocol
