#include "protocol/sql_types/json_tree.hpp"

#include <algorithm>
#include <optional>

#include "protocol/sql_types/codec.hpp"
#include "protocol/sql_types/utf8.hpp"

namespace pgduet::protocol::codec {

namespace {

// Fits the stack of any thread; a sanitizer's frames are several times as large.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int depth_max = 400;
#else
constexpr int depth_max = 2000;
#endif

/// Recursive descent over the text. With `build`, appends the value in jsonb's form to `out`.
class json_reader {
public:
    json_reader(std::string_view text, bool build) : rest_(text), build_(build) {}

    std::optional<sql_error> read(std::string& out) {
        if (value(out, 0)) {
            skip_space();
            if (rest_.empty())
                return std::nullopt;
        }
        return error_ ? error_ : invalid("Token is invalid or the end was expected.");
    }

private:
    bool fail(sql_error error) {
        if (!error_)
            error_ = std::move(error);
        return false;
    }
    bool fail_syntax(std::string_view detail) { return fail(invalid(detail)); }

    static sql_error invalid(std::string_view detail) {
        sql_error error =
            make_error(sqlstate::invalid_text_representation, "invalid input syntax for type json");
        error.detail = detail;
        return error;
    }

    void skip_space() {
        while (!rest_.empty() &&
               std::string_view(" \t\n\r").find(rest_[0]) != std::string_view::npos)
            rest_.remove_prefix(1);
    }

    bool take(char c) {
        skip_space();
        if (!rest_.starts_with(c))
            return false;
        rest_.remove_prefix(1);
        return true;
    }

    bool value(std::string& out, int depth) {
        if (depth > depth_max)
            return fail(make_error("54001", "stack depth limit exceeded"));
        skip_space();
        if (rest_.empty())
            return fail_syntax("The input string ended unexpectedly.");
        switch (rest_[0]) {
            case '{':
                return object(out, depth);
            case '[':
                return array(out, depth);
            case '"': {
                std::string text;
                if (!string(text))
                    return false;
                append_string(out, text);
                return true;
            }
            default:
                return is_digit(rest_[0]) || rest_[0] == '-' ? number(out) : word(out);
        }
    }

    bool object(std::string& out, int depth) {
        take('{');
        std::vector<std::pair<std::string, std::string>> members;
        if (!take('}')) {
            do {
                skip_space();
                if (!rest_.starts_with('"'))
                    return fail_syntax("Expected string or \"}\".");
                auto& [key, member] = members.emplace_back();
                if (!string(key))
                    return false;
                if (!take(':'))
                    return fail_syntax("Expected \":\".");
                if (!value(member, depth + 1))
                    return false;
            } while (take(','));
            if (!take('}'))
                return fail_syntax("Expected \",\" or \"}\".");
        }
        if (build_)
            append_object(out, members);
        return true;
    }

    static void append_object(std::string& out,
                              std::vector<std::pair<std::string, std::string>>& members) {
        const auto before = [](const auto& a, const auto& b) {
            return a.first.size() != b.first.size() ? a.first.size() < b.first.size()
                                                    : a.first < b.first;
        };
        std::ranges::stable_sort(members, before);
        out += '{';
        bool first = true;
        for (std::size_t i = 0; i < members.size(); ++i) {
            if (i + 1 < members.size() && members[i + 1].first == members[i].first)
                continue;
            if (!first)
                out += ", ";
            first = false;
            append_string(out, members[i].first);
            out.append(": ").append(members[i].second);
        }
        out += '}';
    }

    bool array(std::string& out, int depth) {
        take('[');
        out += '[';
        bool first = true;
        if (!take(']')) {
            do {
                if (!first)
                    out += ", ";
                first = false;
                if (!value(out, depth + 1))
                    return false;
            } while (take(','));
            if (!take(']'))
                return fail_syntax("Expected \",\" or \"]\".");
        }
        out += ']';
        return true;
    }

    bool word(std::string& out) {
        const std::size_t size = token_size();
        const std::string_view text = rest_.substr(0, size);
        if (text != "true" && text != "false" && text != "null")
            return fail_syntax("Token is invalid.");
        out += text;
        rest_.remove_prefix(size);
        return true;
    }

    /// Length of the run of characters a word or number could have; all of them must fit it.
    std::size_t token_size() const {
        std::size_t size = 0;
        while (size < rest_.size() && (is_digit(rest_[size]) || is_alpha(rest_[size]) ||
                                       rest_[size] == '_' || (rest_[size] & 0x80)))
            ++size;
        return size;
    }

    /// -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?
    bool number(std::string& out) {
        std::size_t at = rest_[0] == '-';
        const auto digits = [&] {
            const std::size_t start = at;
            while (at < rest_.size() && is_digit(rest_[at]))
                ++at;
            return at - start;
        };
        const bool zero = at < rest_.size() && rest_[at] == '0';
        if (zero ? (++at, false) : digits() == 0)
            return fail_syntax("Token is invalid.");
        if (at < rest_.size() && rest_[at] == '.') {
            ++at;
            if (digits() == 0)
                return fail_syntax("Token is invalid.");
        }
        if (at < rest_.size() && to_lower(rest_[at]) == 'e') {
            ++at;
            if (at < rest_.size() && (rest_[at] == '+' || rest_[at] == '-'))
                ++at;
            if (digits() == 0)
                return fail_syntax("Token is invalid.");
        }
        const std::string_view text = rest_.substr(0, at);
        rest_.remove_prefix(at);
        if (token_size() != 0)
            return fail_syntax("Token is invalid.");
        if (!build_)
            return true;
        const value_settings settings;
        const result normal = normalise_text(type_oid::numeric, -1, text, settings);
        if (!normal)
            return fail(normal.error());
        out += *normal;
        return true;
    }

    bool string(std::string& out) {
        rest_.remove_prefix(1);
        for (;;) {
            if (rest_.empty())
                return fail_syntax("Token is invalid.");
            const char c = rest_[0];
            rest_.remove_prefix(1);
            if (c == '"')
                return high_ == 0 || fail_low_surrogate();
            if (static_cast<unsigned char>(c) < ' ')
                return fail_syntax("Character must be escaped.");
            if (c != '\\') {
                if (high_ != 0)
                    return fail_low_surrogate();
                out += c;
            } else if (!escape(out)) {
                return false;
            }
        }
    }

    bool escape(std::string& out) {
        if (rest_.empty())
            return fail_syntax("Token is invalid.");
        const char c = rest_[0];
        rest_.remove_prefix(1);
        if (c == 'u')
            return unicode(out);
        if (high_ != 0)
            return fail_low_surrogate();
        static constexpr std::string_view from = "\"\\/bfnrt";
        static constexpr std::string_view to = "\"\\/\b\f\n\r\t";
        const std::size_t index = from.find(c);
        if (index == from.npos)
            return fail_syntax("Escape sequence is invalid.");
        out += to[index];
        return true;
    }

    bool fail_low_surrogate() {
        return fail_syntax("Unicode low surrogate must follow a high surrogate.");
    }

    bool unicode(std::string& out) {
        char32_t code = 0;
        for (int i = 0; i < 4; ++i) {
            const char c = rest_.empty() ? '\0' : to_lower(rest_[0]);
            if (!is_digit(c) && (c < 'a' || c > 'f'))
                return fail_syntax("\"\\u\" must be followed by four hexadecimal digits.");
            code = code * 16 + static_cast<char32_t>(is_digit(c) ? c - '0' : c - 'a' + 10);
            rest_.remove_prefix(1);
        }
        if (!build_)
            return true;
        if (code >= 0xd800 && code <= 0xdbff) {
            if (high_ != 0)
                return fail_syntax("Unicode high surrogate must not follow a high surrogate.");
            high_ = code;
            return true;
        }
        if (code >= 0xdc00 && code <= 0xdfff) {
            if (high_ == 0)
                return fail_low_surrogate();
            append_utf8(out, 0x10000 + ((high_ - 0xd800) << 10) + (code - 0xdc00));
            high_ = 0;
            return true;
        }
        if (high_ != 0)
            return fail_low_surrogate();
        if (code == 0) {
            sql_error error = make_error("22P05", "unsupported Unicode escape sequence");
            error.detail = "\\u0000 cannot be converted to text.";
            return fail(std::move(error));
        }
        append_utf8(out, code);
        return true;
    }

    static void append_string(std::string& out, std::string_view text) {
        static constexpr char digits[] = "0123456789abcdef";
        static constexpr std::string_view from = "\"\\\b\f\n\r\t";
        static constexpr std::string_view to = "\"\\bfnrt";
        out += '"';
        for (const char c : text) {
            if (const std::size_t index = from.find(c); index != from.npos)
                out.append({'\\', to[index]});
            else if (static_cast<unsigned char>(c) < ' ')
                out.append("\\u00").append({digits[c >> 4], digits[c & 15]});
            else
                out += c;
        }
        out += '"';
    }

    std::string_view rest_;
    const bool build_;
    char32_t high_ = 0;  // a high surrogate waiting for its low one
    std::optional<sql_error> error_;
};

}  // namespace

sql_result<void> check_json(std::string_view text) {
    std::string ignored;
    if (auto error = json_reader(text, false).read(ignored))
        return *error;
    return {};
}

sql_result<std::string> normalise_json(std::string_view text) {
    std::string out;
    if (auto error = json_reader(text, true).read(out))
        return *error;
    return out;
}

}  // namespace pgduet::protocol::codec
