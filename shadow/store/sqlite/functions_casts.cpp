#include <cmath>
#include <cstdint>
#include <limits>

#include "protocol/sql_types/sqlstate.hpp"
#include "protocol/sql_types/utf8.hpp"
#include "shadow/store/sqlite/function_tools.hpp"

/// Explicit casts and the conversions of assignment.
namespace pgduet::store::sqlite::functions {
namespace {

namespace sqlstate = protocol::sqlstate;
namespace type_oid = protocol::type_oid;

bool is_text_like(oid type) {
    return type == type_oid::text || type == type_oid::varchar || type == type_oid::bpchar ||
           type == type_oid::name || type == type_oid::unknown;
}

bool is_integer(oid type) {
    return type == type_oid::int2 || type == type_oid::int4 || type == type_oid::int8;
}

bool is_float(oid type) {
    return type == type_oid::float4 || type == type_oid::float8;
}

const char* integer_name(oid type) {
    return type == type_oid::int2 ? "smallint" : type == type_oid::int4 ? "integer" : "bigint";
}

sql_result<stored_value> integer_in_range(oid type, std::int64_t value) {
    const std::int64_t high = type == type_oid::int2   ? INT16_MAX
                              : type == type_oid::int4 ? INT32_MAX
                                                       : INT64_MAX;
    if (value > high || value < -high - 1)
        return out_of_range(integer_name(type));
    return stored_value(value);
}

sql_result<stored_value> real_to_integer(oid type, double value) {
    const double rounded = std::rint(value);  // half to even, as float8 to integer does
    if (std::isnan(rounded) || rounded < -9223372036854775808.0 || rounded >= 9223372036854775808.0)
        return out_of_range(integer_name(type));
    return integer_in_range(type, static_cast<std::int64_t>(rounded));
}

/// numeric to integer: half away from zero, by the decimal text itself.
sql_result<stored_value> numeric_to_integer(oid type, std::string_view text) {
    const std::int32_t whole = ((1000 & 0xffff) << 16 | 0) + 4;  // numeric(1000,0)
    auto rounded = protocol::normalise_text(type_oid::numeric, whole, text, {});
    if (!rounded)
        return rounded.error();
    if (*rounded == "NaN" || rounded->ends_with("Infinity"))
        return make_error(sqlstate::feature_not_supported,
                          "cannot convert " + std::string(*rounded == "NaN" ? "NaN" : "infinity") +
                              " to " + integer_name(type));
    auto value = to_stored(type, -1, *rounded, {});
    if (!value)
        return out_of_range(integer_name(type));
    return value;
}

/// The first `length` characters.
std::string_view prefix(std::string_view text, std::size_t length) {
    std::size_t at = 0;
    while (length > 0 && at < text.size()) {
        at += protocol::codec::utf8_length(text[at]);
        --length;
    }
    return text.substr(0, std::min(at, text.size()));
}

std::string cut(oid type, std::int32_t modifier, std::string text) {
    if (type == type_oid::name)
        return std::string(protocol::codec::utf8_prefix(text, 63));
    if (modifier < 4 || (type != type_oid::varchar && type != type_oid::bpchar))
        return text;
    const auto length = static_cast<std::size_t>(modifier - 4);
    text = std::string(prefix(text, length));
    if (type == type_oid::bpchar) {
        const std::size_t have = protocol::codec::utf8_count(text);
        text.append(length - std::min(length, have), ' ');
    }
    return text;
}

/// The text a value has when cast to text: boolean says true, char(n) loses its padding.
sql_result<std::string> cast_text(const call& c, oid from) {
    if (from == type_oid::boolean) {
        auto text = argument_text(c.raw(0), from);
        if (!text)
            return text.error();
        return std::string(*text == "t" ? "true" : "false");
    }
    auto text = stored_to_text(c.raw(0), from, -1, c.session().values);
    if (!text)
        return text.error();
    std::string out = text->value_or("");
    if (from == type_oid::bpchar) {
        while (out.ends_with(' '))
            out.pop_back();
    }
    return out;
}

sql_error cannot_cast(oid from, oid to) {
    const auto name = [](oid type) {
        const protocol::type_info* info = protocol::find_type(type);
        return std::string(info != nullptr ? info->sql_name : "unknown");
    };
    return make_error(sqlstate::cannot_coerce,
                      "cannot cast type " + name(from) + " to " + name(to));
}

sql_result<stored_value> cast_to_time_type(
    const call& c, oid from, oid to, std::int32_t modifier, const std::string& text) {
    const auto& session = c.session().values;
    std::string source = text;
    if (from == type_oid::timestamptz && to != type_oid::timestamptz) {
        auto local = stored_to_text(c.raw(0), from, -1, session);  // wall clock of the session
        if (!local)
            return local.error();
        source = local->value_or("");
        const std::size_t zone = source.find_first_of("+-", 11);
        if (to != type_oid::timetz && zone != std::string::npos)
            source.erase(zone);
    }
    if ((from == type_oid::timestamp || from == type_oid::timestamptz) && source.size() > 11) {
        if (to == type_oid::date)
            source.erase(source.find(' '));
        else if (to == type_oid::time || to == type_oid::timetz)
            source.erase(0, source.find(' ') + 1);
    }
    return to_stored(to, modifier, source, session);
}

sql_result<stored_value> cast(const call& c, oid from, oid to, std::int32_t modifier) {
    const auto& session = c.session().values;
    if (is_text_like(to)) {
        auto text = cast_text(c, from);
        if (!text)
            return text.error();
        return stored_value(cut(to, modifier, std::move(*text)));
    }
    if (is_integer(to)) {
        if (is_integer(from) || from == type_oid::oid_ || from == type_oid::boolean)
            return integer_in_range(to, c.integer(0));
        if (is_float(from))
            return real_to_integer(to, c.real(0));
        if (from == type_oid::numeric)
            return numeric_to_integer(to, c.text(0));
    }
    if (to == type_oid::boolean && is_integer(from))
        return stored_value(std::int64_t{c.integer(0) != 0});
    if (is_float(to) && (is_integer(from) || is_float(from)) && c.type(0) != SQLITE_TEXT) {
        const double value = sqlite3_value_double(c.raw(0));
        if (to == type_oid::float8)
            return stored_value(value);
        const auto narrow = static_cast<float>(value);
        if (std::isinf(narrow) && !std::isinf(value))
            return make_error(sqlstate::numeric_value_out_of_range, "value out of range: overflow");
        return stored_value(static_cast<double>(narrow));
    }
    if (to == type_oid::bytea && c.type(0) == SQLITE_BLOB)
        return stored_value(blob{std::string(c.text(0))});
    if (from == type_oid::boolean && !is_text_like(to) && to != type_oid::boolean)
        return cannot_cast(from, to);
    auto text = argument_text(c.raw(0), from);
    if (!text)
        return text.error();
    if (to == type_oid::date || to == type_oid::time || to == type_oid::timetz ||
        to == type_oid::timestamp || to == type_oid::timestamptz)
        return cast_to_time_type(c, from, to, modifier, *text);
    if (from == type_oid::float8 && to == type_oid::numeric) {
        // PostgreSQL takes 15 digits of a double on its way to numeric.
        char digits[32];
        std::snprintf(digits, sizeof digits, "%.15g", c.real(0));
        *text = digits;
    } else if (from == type_oid::float4 && to == type_oid::numeric) {
        char digits[32];
        std::snprintf(digits, sizeof digits, "%.6g", c.real(0));
        *text = digits;
    }
    return to_stored(to, modifier, *text, session);
}

void pg_cast(const call& c) {
    if (c.null(0)) {
        c.answer_null();
        return;
    }
    const auto modifier = c.null(3) ? -1 : static_cast<std::int32_t>(c.integer(3));
    c.answer(cast(c, type_named(c.text(1)), type_named(c.text(2)), modifier));
}

void pg_assign(const call& c) {
    if (c.null(0)) {
        c.answer_null();
        return;
    }
    const oid type = type_named(c.text(1));
    const auto modifier = c.null(2) ? -1 : static_cast<std::int32_t>(c.integer(2));
    if (is_integer(type) && c.type(0) == SQLITE_INTEGER) {
        c.answer(integer_in_range(type, c.integer(0)));
        return;
    }
    if (type == type_oid::bytea || (is_float(type) && c.type(0) != SQLITE_TEXT)) {
        c.answer_value(0);
        return;
    }
    auto text = argument_text(c.raw(0), type);
    if (!text) {
        c.raise(text.error());
        return;
    }
    c.answer(to_stored(type, modifier, *text, {}));
}

void pg_not_null(const call& c) {
    c.raise(sqlstate::not_null_violation,
            "null value in column \"" + std::string(c.text(1)) + "\" of relation \"" +
                std::string(c.text(0)) + "\" violates not-null constraint");
}

constexpr definition list[] = {
    {"pg_not_null", 2, pg_not_null, false, false},
    {"pg_cast", 4, pg_cast, false, false},
    {"pg_assign", 3, pg_assign, false, false},
};

}  // namespace

void register_casts(connection& target) {
    define(target, list);
}

}  // namespace pgduet::store::sqlite::functions
