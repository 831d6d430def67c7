#include "shadow/store/sqlite/json_text.hpp"

#include <cstdio>

#include "protocol/sql_types/array_literal.hpp"
#include "protocol/sql_types/json_tree.hpp"
#include "protocol/sql_types/utf8.hpp"

namespace pgduet::store::sqlite::functions {
namespace {

namespace type_oid = protocol::type_oid;
constexpr int depth_max = 2000;

class json_reader {
public:
    explicit json_reader(std::string_view text) : text_(text) {}

    std::optional<json_value> whole() {
        json_value out;
        if (!value(out, 0))
            return std::nullopt;
        blanks();
        return at_ == text_.size() ? std::optional(std::move(out)) : std::nullopt;
    }

private:
    void blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' ||
                                      text_[at_] == '\n' || text_[at_] == '\r'))
            ++at_;
    }
    bool take(char c) {
        blanks();
        if (at_ >= text_.size() || text_[at_] != c)
            return false;
        ++at_;
        return true;
    }
    bool string(std::string_view& out) {
        const std::size_t begin = at_++;
        while (at_ < text_.size() && text_[at_] != '"')
            at_ += text_[at_] == '\\' ? 2 : 1;
        if (at_ >= text_.size())
            return false;
        out = text_.substr(begin, ++at_ - begin);
        return true;
    }
    bool value(json_value& out, int depth) {
        blanks();
        if (at_ >= text_.size() || depth > depth_max)
            return false;
        const std::size_t begin = at_;
        switch (text_[at_]) {
            case '{':
            case '[': {
                const bool object = text_[at_++] == '{';
                out.what = object ? json_value::kind::object : json_value::kind::array;
                const char close = object ? '}' : ']';
                if (!take(close)) {
                    do {
                        std::string key;
                        if (object) {
                            blanks();
                            std::string_view quoted;
                            if (at_ >= text_.size() || text_[at_] != '"' || !string(quoted) ||
                                !take(':'))
                                return false;
                            key = json_unescape(quoted);
                        }
                        out.members.emplace_back(std::move(key), json_value());
                        if (!value(out.members.back().second, depth + 1))
                            return false;
                    } while (take(','));
                    if (!take(close))
                        return false;
                }
                break;
            }
            case '"': {
                out.what = json_value::kind::string;
                std::string_view quoted;
                if (!string(quoted))
                    return false;
                break;
            }
            default:
                while (at_ < text_.size() && text_.find_first_of(",]} \t\r\n", at_) != at_)
                    ++at_;
                out.what = text_[begin] == 'n'                          ? json_value::kind::null
                           : text_[begin] == 't' || text_[begin] == 'f' ? json_value::kind::boolean
                                                                        : json_value::kind::number;
        }
        out.source = text_.substr(begin, at_ - begin);
        return at_ > begin;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

std::string element_json(const std::string& text, oid type) {
    switch (type) {
        case type_oid::int2:
        case type_oid::int4:
        case type_oid::int8:
        case type_oid::oid_:
            return text;
        case type_oid::float4:
        case type_oid::float8:
        case type_oid::numeric:
            return text == "NaN" || text.ends_with("Infinity") ? json_string(text) : text;
        case type_oid::boolean:
            return text == "t" ? "true" : "false";
        case type_oid::json:
        case type_oid::jsonb:
            return text;
        case type_oid::timestamp:
        case type_oid::timestamptz: {
            std::string iso = text;
            if (const std::size_t space = iso.find(' '); space != std::string::npos)
                iso[space] = 'T';
            if (iso.ends_with("+00"))
                iso += ":00";
            return json_string(iso);
        }
        default:
            return json_string(text);
    }
}

std::string array_json(const std::string& text, oid element) {
    const auto array = protocol::codec::read_array(text);
    if (!array)
        return json_string(text);
    std::string out = "[";
    for (std::size_t i = 0; i < array->elements.size(); ++i) {
        out += i == 0 ? "" : ",";
        out += array->elements[i] ? element_json(*array->elements[i], element) : "null";
    }
    return out + "]";
}

}  // namespace

const json_value* json_value::member(std::string_view key) const {
    for (auto it = members.rbegin(); it != members.rend(); ++it) {
        if (what == kind::object && it->first == key)
            return &it->second;
    }
    return nullptr;
}

const json_value* json_value::element(std::int64_t index) const {
    const auto size = static_cast<std::int64_t>(members.size());
    if (index < 0)
        index += size;
    if (what != kind::array || index < 0 || index >= size)
        return nullptr;
    return &members[static_cast<std::size_t>(index)].second;
}

std::optional<json_value> read_json(std::string_view text) {
    return json_reader(text).whole();
}

std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\b':
                out += "\\b";
                break;
            case '\f':
                out += "\\f";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    char code[8];
                    std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(c));
                    out += code;
                } else {
                    out.push_back(c);
                }
        }
    }
    return out + "\"";
}

std::string json_unescape(std::string_view quoted) {
    std::string out;
    const auto hex4 = [&](std::size_t at) {
        return static_cast<char32_t>(
            std::strtoul(std::string(quoted.substr(at, 4)).c_str(), nullptr, 16));
    };
    for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
        if (quoted[i] != '\\') {
            out.push_back(quoted[i]);
            continue;
        }
        switch (quoted[++i]) {
            case 'b':
                out.push_back('\b');
                break;
            case 'f':
                out.push_back('\f');
                break;
            case 'n':
                out.push_back('\n');
                break;
            case 'r':
                out.push_back('\r');
                break;
            case 't':
                out.push_back('\t');
                break;
            case 'u': {
                char32_t code = hex4(i + 1);
                i += 4;
                if (code >= 0xd800 && code < 0xdc00 && quoted.substr(i + 1, 2) == "\\u") {
                    code = 0x10000 + ((code - 0xd800) << 10) + (hex4(i + 3) - 0xdc00);
                    i += 6;
                }
                protocol::codec::append_utf8(out, code);
                break;
            }
            default:
                out.push_back(quoted[i]);
        }
    }
    return out;
}

std::string json_of(sqlite3_value* value, oid type) {
    if (sqlite3_value_type(value) == SQLITE_NULL)
        return "null";
    const auto text = argument_text(value, type);
    if (!text)
        return "null";
    const protocol::type_info* info = protocol::find_type(type);
    if (info != nullptr && info->element != 0)
        return array_json(*text, info->element);
    return element_json(*text, type);
}

void answer_json(const call& c, const std::string& text, bool jsonb) {
    if (!jsonb) {
        c.answer(text);
        return;
    }
    c.answer(protocol::codec::normalise_json(text));
}

}  // namespace pgduet::store::sqlite::functions
