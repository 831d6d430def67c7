#pragma once

#include <string>
#include <string_view>

#include "protocol/sql_types/sql_error.hpp"
#include "protocol/sql_types/sqlstate.hpp"
#include "protocol/sql_types/value_codec.hpp"

/// The two functions behind every type, one family of types per codec_*.cpp. The binary wire
/// format is the value in between: text -> binary reads as PostgreSQL's input function does,
/// binary -> text prints as its output function does, and normalising is the one after the other.
namespace pgduet::protocol::codec {

using result = sql_result<std::string>;

/// What a conversion may look at beside the value.
struct context {
    oid type = type_oid::text;
    std::int32_t modifier = -1;  ///< atttypmod, -1 for none
    const value_settings* settings = nullptr;
    bool own = false;  ///< the binary value comes from our to_binary, not from outside
};

using function = result (*)(std::string_view, const context&);

struct functions {
    function to_binary;  ///< text, valid UTF-8 without NUL, to binary
    function to_text;    ///< binary, not trusted, to text
};

/// The functions of a type; null members when pgduet has none for it.
functions find_functions(oid type);

functions boolean_functions();
functions integer_functions();  ///< int2, int4, int8
functions oid_functions();      ///< oid and the reg* types
functions float_functions();    ///< float4, float8
functions numeric_functions();
functions text_functions();  ///< text, varchar, bpchar, name, "char", unknown
functions bytea_functions();
functions uuid_functions();
functions json_functions();
functions jsonb_functions();
functions date_functions();
functions time_functions();       ///< time, timetz
functions timestamp_functions();  ///< timestamp, timestamptz
functions interval_functions();
functions array_functions();

/// isspace() of the C locale, which PostgreSQL's input functions skip.
constexpr bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_alpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
std::string_view trim(std::string_view text);
std::string lower(std::string_view text);

/// 22P02 `invalid input syntax for type <type>: "<text>"`.
sql_error invalid_syntax(std::string_view type, std::string_view text);
/// 22P03 for binary values of a wrong length or with fields that cannot be.
sql_error invalid_binary(std::string_view what);

}  // namespace pgduet::protocol::codec
