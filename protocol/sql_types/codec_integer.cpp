#include <cerrno>
#include <cstdlib>
#include <limits>

#include "protocol/sql_types/big_endian.hpp"
#include "protocol/sql_types/codec.hpp"

// int2, int4, int8: two's complement, network order, of the type's length.
// oid, regproc, regclass, regtype: unsigned 32 bits.
namespace pgduet::protocol::codec {

namespace {

sql_error out_of_range(std::string_view type, std::string_view text) {
    std::string message = "value \"";
    message.append(text).append("\" is out of range for type ").append(type);
    return make_error(sqlstate::numeric_value_out_of_range, std::move(message));
}

/// Counts down from zero, so that the smallest number needs no special case. As in PostgreSQL a
/// number too long is out of range even when letters follow it.
template <class T>
sql_result<T> parse(std::string_view text, std::string_view type) {
    std::string_view rest = text;
    while (!rest.empty() && is_space(rest.front()))
        rest.remove_prefix(1);
    const bool negative = rest.starts_with('-');
    if (negative || rest.starts_with('+'))
        rest.remove_prefix(1);
    if (rest.empty() || !is_digit(rest.front()))
        return invalid_syntax(type, text);
    T value = 0;
    for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1)) {
        const T digit = static_cast<T>(rest.front() - '0');
        if (__builtin_mul_overflow(value, T{10}, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return out_of_range(type, text);
    }
    if (!trim(rest).empty())
        return invalid_syntax(type, text);
    if (negative)
        return value;
    if (value == std::numeric_limits<T>::min())
        return out_of_range(type, text);
    return static_cast<T>(-value);
}

template <class T>
result encode(std::string_view text, std::string_view type) {
    const sql_result<T> value = parse<T>(text, type);
    if (!value)
        return value.error();
    std::string out;
    put(out, static_cast<std::make_unsigned_t<T>>(*value));
    return out;
}

result integer_to_binary(std::string_view text, const context& how) {
    switch (how.type) {
        case type_oid::int2:
            return encode<std::int16_t>(text, "smallint");
        case type_oid::int4:
            return encode<std::int32_t>(text, "integer");
        default:
            return encode<std::int64_t>(text, "bigint");
    }
}

result integer_to_text(std::string_view binary, const context& how) {
    binary_cursor in(binary);
    const std::int64_t value = how.type == type_oid::int2   ? in.int16()
                               : how.type == type_oid::int4 ? in.int32()
                                                            : in.int64();
    if (!in.finished())
        return invalid_binary("incorrect binary data format");
    return std::to_string(value);
}

/// An oid is what strtoul() makes of it: -1 is 4294967295.
result oid_number_to_binary(std::string_view text) {
    const std::string copy(text);
    char* end = nullptr;
    errno = 0;
    const unsigned long number = std::strtoul(copy.c_str(), &end, 10);
    if (end == copy.c_str())
        return invalid_syntax("oid", text);
    const bool fits = number <= std::numeric_limits<std::uint32_t>::max() ||
                      number >= static_cast<unsigned long>(std::numeric_limits<int>::min());
    const bool too_long = errno == ERANGE;
    if (too_long)
        return out_of_range("oid", text);
    if (!trim(std::string_view(end)).empty())
        return invalid_syntax("oid", text);
    if (!fits)
        return out_of_range("oid", text);
    std::string out;
    put(out, static_cast<std::uint32_t>(number));
    return out;
}

/// Names of functions and tables need a catalog, which this library has not: numbers, `-`, and
/// the built-in types only.
result oid_to_binary(std::string_view text, const context& how) {
    if (how.type == type_oid::oid_)
        return oid_number_to_binary(text);
    if (text == "-")
        return std::string(4, '\0');
    if (!text.empty() && text.find_first_not_of("0123456789") == text.npos)
        return oid_number_to_binary(text);
    if (how.type == type_oid::regtype)
        if (const type_info* type = find_type(lower(trim(text)))) {
            std::string out;
            put(out, type->id);
            return out;
        }
    return make_error(sqlstate::feature_not_supported,
                      "cannot look up the name \"" + std::string(text) + "\"");
}

result oid_to_text(std::string_view binary, const context& how) {
    binary_cursor in(binary);
    const oid value = in.uint32();
    if (!in.finished())
        return invalid_binary("incorrect binary data format");
    if (how.type != type_oid::oid_ && value == 0)
        return "-";
    if (how.type == type_oid::regtype)
        if (const type_info* type = find_type(value))
            return std::string(type->sql_name);
    return std::to_string(value);
}

}  // namespace

functions integer_functions() {
    return {integer_to_binary, integer_to_text};
}

functions oid_functions() {
    return {oid_to_binary, oid_to_text};
}

}  // namespace pgduet::protocol::codec
