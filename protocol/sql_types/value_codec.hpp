#pragma once

#include <string>
#include <string_view>

#include "protocol/sql_types/oid.hpp"
#include "protocol/sql_types/sql_error.hpp"
#include "protocol/sql_types/time_zone.hpp"

namespace pgduet::protocol {

/// Session settings that change how values are read and printed. DateStyle is always ISO, MDY,
/// IntervalStyle always postgres and bytea_output always hex: other settings are refused by SET.
struct value_settings {
    time_zone zone;  ///< TimeZone; UTC unless set
};

/// Converts a value between the wire's binary format and PostgreSQL's text output, for the
/// built-in types of `oid.hpp` (send/recv and out functions; layouts in the .cpp).
/// Errors: 22P03 malformed binary, 22P02/22007/22008/22003 malformed text, 0A000 unknown type.
/// Text-like and unknown types pass through unchanged.
sql_result<std::string> binary_to_text(oid type, std::string_view binary, const value_settings&);
sql_result<std::string> text_to_binary(oid type, std::string_view text, const value_settings&);

/// Reads `text` as PostgreSQL's input function of `type` would and prints it as its output
/// function would: `' 01'` -> `1`, `yes` -> `t`, `{A0EE...}` -> lower-case dashed uuid,
/// `2024-1-2T3:04` -> `2024-01-02 03:04:00`, jsonb normalised. `type_modifier` as in
/// RowDescription: enforces varchar(n), char(n), numeric(p,s), timestamp(p) (22001, 22003).
sql_result<std::string> normalise_text(oid type,
                                       std::int32_t type_modifier,
                                       std::string_view text,
                                       const value_settings&);

/// Shortest text that reads back as the same double / float, in PostgreSQL's notation
/// (extra_float_digits = 1): 0.1, 1e+15, -0, NaN, Infinity.
std::string print_float8(double value);
std::string print_float4(float value);

}  // namespace pgduet::protocol
