#include "shadow/sql/rules/types.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <vector>

namespace pgduet::sql {
namespace {

namespace type_oid = protocol::type_oid;
using protocol::oid;

struct stored_name {
    oid type;
    std::string_view name;  ///< what we emit
};

// Affinity: INT anywhere makes INTEGER, else CHAR or TEXT make TEXT, BLOB none, DOUB/REAL/FLOA
// REAL; everything else NUMERIC, which destroys text. Hence I4_ARRAY_TEXT, IVL_TEXT.
constexpr stored_name stored_names[] = {
    {type_oid::int2, "SMALLINT"},
    {type_oid::int4, "INT4"},
    {type_oid::int8, "BIGINT"},
    {type_oid::oid_, "OID_INT"},
    {type_oid::boolean, "BOOLEAN"},
    {type_oid::float4, "FLOAT4"},
    {type_oid::float8, "DOUBLE PRECISION"},
    {type_oid::numeric, "NUMERIC_TEXT"},
    {type_oid::text, "TEXT"},
    {type_oid::varchar, "VARCHAR"},
    {type_oid::bpchar, "CHAR"},
    {type_oid::name, "NAME_TEXT"},
    {type_oid::bytea, "BLOB"},
    {type_oid::uuid, "UUID_TEXT"},
    {type_oid::date, "DATE_TEXT"},
    {type_oid::time, "TIME_TEXT"},
    {type_oid::timetz, "TIMETZ_TEXT"},
    {type_oid::timestamp, "TIMESTAMP_TEXT"},
    {type_oid::timestamptz, "TIMESTAMPTZ_TEXT"},
    {type_oid::interval, "IVL_TEXT"},
    {type_oid::json, "JSON_TEXT"},
    {type_oid::jsonb, "JSONB_TEXT"},
    {type_oid::bool_array, "BOOL_ARRAY_TEXT"},
    {type_oid::bytea_array, "BYTEA_ARRAY_TEXT"},
    {type_oid::int2_array, "I2_ARRAY_TEXT"},
    {type_oid::int4_array, "I4_ARRAY_TEXT"},
    {type_oid::int8_array, "I8_ARRAY_TEXT"},
    {type_oid::text_array, "TEXT_ARRAY_TEXT"},
    {type_oid::varchar_array, "VARCHAR_ARRAY_TEXT"},
    {type_oid::bpchar_array, "CHAR_ARRAY_TEXT"},
    {type_oid::float4_array, "FLOAT4_ARRAY_TEXT"},
    {type_oid::float8_array, "FLOAT8_ARRAY_TEXT"},
    {type_oid::numeric_array, "NUMERIC_ARRAY_TEXT"},
    {type_oid::uuid_array, "UUID_ARRAY_TEXT"},
    {type_oid::date_array, "DATE_ARRAY_TEXT"},
    {type_oid::time_array, "TIME_ARRAY_TEXT"},
    {type_oid::timestamp_array, "TIMESTAMP_ARRAY_TEXT"},
    {type_oid::timestamptz_array, "TIMESTAMPTZ_ARRAY_TEXT"},
    {type_oid::json_array, "JSON_ARRAY_TEXT"},
    {type_oid::jsonb_array, "JSONB_ARRAY_TEXT"},
};

struct foreign_name {
    std::string_view name;
    oid type;
};

// Files other programs made; first word (or words) of the declared type, upper case.
constexpr foreign_name foreign_names[] = {
    {"INTEGER", type_oid::int8},
    {"INT", type_oid::int8},
    {"LONG", type_oid::int8},
    {"MEDIUMINT", type_oid::int8},
    {"INT8", type_oid::int8},
    {"UNSIGNED BIG INT", type_oid::int8},
    {"INT2", type_oid::int2},
    {"TINYINT", type_oid::int2},
    {"BOOL", type_oid::boolean},
    {"REAL", type_oid::float8},
    {"DOUBLE", type_oid::float8},
    {"FLOAT", type_oid::float8},
    {"FLOAT8", type_oid::float8},
    {"NUMERIC", type_oid::numeric},
    {"DECIMAL", type_oid::numeric},
    {"MONEY", type_oid::numeric},
    {"CLOB", type_oid::text},
    {"STRING", type_oid::text},
    {"CHARACTER VARYING", type_oid::varchar},
    {"NVARCHAR", type_oid::varchar},
    {"CHARACTER", type_oid::bpchar},
    {"NCHAR", type_oid::bpchar},
    {"BPCHAR", type_oid::bpchar},
    {"", type_oid::text},
    {"BINARY", type_oid::bytea},
    {"VARBINARY", type_oid::bytea},
    {"BYTEA", type_oid::bytea},
    {"DATETIME", type_oid::timestamptz},
    {"TIMESTAMP", type_oid::timestamptz},
    {"TIMESTAMPTZ", type_oid::timestamptz},
    {"DATE", type_oid::date},
    {"TIME", type_oid::time},
    {"JSON", type_oid::jsonb},
    {"JSONB", type_oid::jsonb},
    {"UUID", type_oid::uuid},
    {"GUID", type_oid::uuid},
    {"UNIQUEIDENTIFIER", type_oid::uuid},
    {"INTERVAL", type_oid::interval},
};

std::string upper(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return result;
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())))
        text.remove_prefix(1);
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())))
        text.remove_suffix(1);
    return text;
}

std::vector<int> numbers(std::string_view text) {
    std::vector<int> result;
    for (std::size_t i = 0; i < text.size();) {
        int value = 0;
        auto [end, ec] = std::from_chars(text.data() + i, text.data() + text.size(), value);
        if (ec == std::errc()) {
            result.push_back(value);
            i = static_cast<std::size_t>(end - text.data());
        } else {
            ++i;
        }
    }
    return result;
}

std::int32_t modifier_from(oid type, const std::vector<int>& parameters) {
    if (parameters.empty())
        return -1;
    switch (type) {
        case type_oid::varchar:
        case type_oid::bpchar:
            return parameters[0] + 4;
        case type_oid::numeric:
            return ((parameters[0] << 16) | ((parameters.size() > 1 ? parameters[1] : 0) & 0x7ff)) +
                   4;
        case type_oid::time:
        case type_oid::timetz:
        case type_oid::timestamp:
        case type_oid::timestamptz:
            return parameters[0];
        default:
            return -1;
    }
}

std::string parameters_of(typed type) {
    if (type.modifier < 0)
        return {};
    switch (type.type) {
        case type_oid::varchar:
        case type_oid::bpchar:
            return "(" + std::to_string(type.modifier - 4) + ")";
        case type_oid::numeric: {
            const int packed = type.modifier - 4;
            const int scale = ((packed & 0x7ff) ^ 1024) - 1024;
            return "(" + std::to_string((packed >> 16) & 0xffff) + "," + std::to_string(scale) +
                   ")";
        }
        case type_oid::time:
        case type_oid::timetz:
        case type_oid::timestamp:
        case type_oid::timestamptz:
            return "(" + std::to_string(type.modifier) + ")";
        default:
            return {};
    }
}

column_info::source source_word(std::string_view word) {
    using source = column_info::source;
    if (word == "serial" || word == "sequence")
        return source::sequence;
    if (word == "identity")
        return source::identity;
    if (word == "identity_always")
        return source::identity_always;
    if (word == "now")
        return source::now;
    if (word == "volatile")
        return source::volatile_;
    return source::none;
}

// Skips a quoted run starting at `at`; returns the position after its closing quote.
std::size_t after_quoted(std::string_view text, std::size_t at) {
    const char close = text[at] == '[' ? ']' : text[at];
    for (++at; at < text.size(); ++at) {
        if (text[at] != close)
            continue;
        if (close != ']' && at + 1 < text.size() && text[at + 1] == close)
            ++at;
        else
            return at + 1;
    }
    return at;
}

std::string unquoted(std::string_view item) {
    if (item.empty())
        return {};
    std::string name;
    if (item[0] == '"' || item[0] == '`' || item[0] == '[') {
        const std::size_t end = after_quoted(item, 0);
        for (std::size_t i = 1; i + 1 < end; ++i) {
            name += item[i];
            if (item[i] == item[0] && item[0] != '[')
                ++i;
        }
    } else {
        for (char c : item) {
            if (std::isspace(static_cast<unsigned char>(c)) || c == '(' || c == ',')
                break;
            name += c;
        }
    }
    return name;
}

}  // namespace

std::string declared_type(typed type) {
    for (const stored_name& row : stored_names)
        if (row.type == type.type)
            return std::string(row.name) + parameters_of(type);
    return {};
}

std::string_view collation_of(oid type) {
    switch (type) {
        case type_oid::numeric:
            return "pg_numeric";
        case type_oid::bpchar:
            return "RTRIM";
        case type_oid::interval:
            return "pg_interval";
        default:
            return {};
    }
}

declared_column read_declared(std::string_view declared, std::string_view source) {
    declared_column result;
    const std::size_t open = declared.find('(');
    const std::string base = upper(trim(declared.substr(0, open)));
    const std::vector<int> parameters =
        open == std::string_view::npos ? std::vector<int>{} : numbers(declared.substr(open));

    oid found = type_oid::text;
    bool known = false;
    for (const stored_name& row : stored_names)
        if (!known && row.name == base)
            found = row.type, known = true;
    for (const foreign_name& row : foreign_names)
        if (!known && row.name == base)
            found = row.type, known = true;

    std::optional<std::int32_t> noted_modifier;
    if (const std::size_t note = source.find("/*pg:"); note != std::string_view::npos) {
        std::string_view words = source.substr(note + 5);
        words = words.substr(0, words.find("*/"));
        bool first = true;
        while (!words.empty()) {
            const std::string_view word = words.substr(0, words.find(' '));
            words.remove_prefix(std::min(words.size(), word.size() + 1));
            if (first) {
                const std::size_t colon = word.find(':');
                if (const protocol::type_info* info = protocol::find_type(word.substr(0, colon)))
                    found = info->id;
                if (colon != std::string_view::npos)
                    noted_modifier = numbers(word.substr(colon)).front();
                first = false;
            } else if (const auto generated = source_word(word);
                       generated != column_info::source::none) {
                result.generated = generated;
            }
        }
    }
    result.type.type = found;
    result.type.modifier = noted_modifier.value_or(modifier_from(found, parameters));
    return result;
}

std::string_view column_source(std::string_view create_table, std::string_view column) {
    std::size_t at = 0;
    while (at < create_table.size() && create_table[at] != '(')
        at = create_table[at] == '"' || create_table[at] == '`' || create_table[at] == '['
                 ? after_quoted(create_table, at)
                 : at + 1;
    std::size_t start = ++at;
    int depth = 0;
    for (; at < create_table.size();) {
        const char c = create_table[at];
        if (c == '\'' || c == '"' || c == '`' || c == '[') {
            at = after_quoted(create_table, at);
            continue;
        }
        if (create_table.substr(at, 2) == "/*") {
            const std::size_t end = create_table.find("*/", at);
            at = end == std::string_view::npos ? create_table.size() : end + 2;
            continue;
        }
        if (create_table.substr(at, 2) == "--") {
            const std::size_t end = create_table.find('\n', at);
            at = end == std::string_view::npos ? create_table.size() : end + 1;
            continue;
        }
        const bool ends = (c == ',' && depth == 0) || (c == ')' && depth == 0);
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (ends) {
            const std::string_view item = trim(create_table.substr(start, at - start));
            if (upper(unquoted(item)) == upper(column))
                return item;
            if (c == ')')
                break;
            start = at + 1;
        }
        ++at;
    }
    return {};
}

std::string_view type_name(oid type) {
    const protocol::type_info* info = protocol::find_type(type);
    return info ? info->name : "text";
}

std::string display_name(oid type) {
    const protocol::type_info* info = protocol::find_type(type);
    return info ? std::string(info->sql_name) : "unknown";
}

oid element_of(oid array) {
    const protocol::type_info* info = protocol::find_type(array);
    return info ? info->element : 0;
}

oid array_of(oid element) {
    const protocol::type_info* info = protocol::find_type(element);
    return info ? info->array : 0;
}

char category_of(oid type) {
    const protocol::type_info* info = protocol::find_type(type);
    return info ? info->category : 'X';
}

bool is_preferred(oid type) {
    return type == type_oid::text || type == type_oid::float8 || type == type_oid::oid_ ||
           type == type_oid::boolean || type == type_oid::timestamptz || type == type_oid::interval;
}

bool is_integer(oid type) {
    return type == type_oid::int2 || type == type_oid::int4 || type == type_oid::int8;
}

bool is_text_like(oid type) {
    return type == type_oid::text || type == type_oid::varchar || type == type_oid::bpchar ||
           type == type_oid::name;
}

std::string quote_text(std::string_view text) {
    std::string result = "'";
    for (char c : text)
        result += c == '\'' ? "''" : std::string(1, c);
    return result + "'";
}

std::string quote_name(std::string_view name) {
    std::string result = "\"";
    for (char c : name)
        result += c == '"' ? "\"\"" : std::string(1, c);
    return result + "\"";
}

std::string literal(oid type, std::string_view text) {
    switch (type) {
        case type_oid::int2:
        case type_oid::int4:
        case type_oid::int8:
        case type_oid::oid_:
            // The smallest bigint has no literal of its own: its digits alone overflow.
            if (text == "-9223372036854775808")
                return "(-9223372036854775807 - 1)";
            return text.starts_with('-') ? "(" + std::string(text) + ")" : std::string(text);
        case type_oid::boolean:
            return text == "t" || text == "true" ? "1" : "0";
        case type_oid::float4:
            return "pg_float4(" + quote_text(text) + ")";
        case type_oid::float8:
            // SQLite's own reading of decimals can be off by one unit in the last place.
            return "pg_float8(" + quote_text(text) + ")";
        case type_oid::bytea:
            return "X" + quote_text(text.starts_with("\\x") ? text.substr(2) : text);
        default:
            return quote_text(text);
    }
}

}  // namespace pgduet::sql
