#include "shadow/sql/rules/operators.hpp"

#include <algorithm>
#include <array>

namespace pgduet::sql {
namespace {

// Sorted by name, so that the overloads of one operator are a span. An int8 overflow in SQLite
// gives a REAL, which pg_int8() refuses; int2 and int4 are computed in 64 bits and then checked.
// clang-format off
constexpr signature rows[] = {
    {"!~",  "text, text", "bool", "NOT pg_regex($1, $2, '')"},
    {"!~*", "text, text", "bool", "NOT pg_regex($1, $2, 'i')"},
    {"!~~", "text, text", "bool", "NOT pg_like($1, $2)"},
    {"!~~*", "text, text", "bool", "NOT pg_ilike($1, $2)"},
    {"#",   "int4, int4", "int4", "($1 | $2) - ($1 & $2)"},
    {"#",   "int8, int8", "int8", "($1 | $2) - ($1 & $2)"},
    {"#>",  "json, _text", "json", "pg_json_path($1, $2, 'json')"},
    {"#>",  "jsonb, _text", "jsonb", "pg_json_path($1, $2, 'jsonb')"},
    {"#>>", "json, _text", "text", "pg_json_path_text($1, $2, 'json')"},
    {"#>>", "jsonb, _text", "text", "pg_json_path_text($1, $2, 'jsonb')"},
    {"%",   "int2, int2", "int2", "pg_mod($1, $2)"},
    {"%",   "int4, int4", "int4", "pg_mod($1, $2)"},
    {"%",   "int8, int8", "int8", "pg_mod($1, $2)"},
    {"%",   "numeric, numeric", "numeric", "pg_num_mod($1, $2)"},
    {"&",   "int2, int2", "int2", "$1 & $2"},
    {"&",   "int4, int4", "int4", "$1 & $2"},
    {"&",   "int8, int8", "int8", "$1 & $2"},
    {"&&",  "anyarray, anyarray", "bool", "pg_array_overlap($1, $2)"},
    {"*",   "int2, int2", "int2", "pg_int2($1 * $2)"},
    {"*",   "int4, int4", "int4", "pg_int4($1 * $2)"},
    {"*",   "int8, int8", "int8", "pg_int8($1 * $2)"},
    {"*",   "int2, int4", "int4", "pg_int4($1 * $2)"},
    {"*",   "int4, int2", "int4", "pg_int4($1 * $2)"},
    {"*",   "int4, int8", "int8", "pg_int8($1 * $2)"},
    {"*",   "int8, int4", "int8", "pg_int8($1 * $2)"},
    {"*",   "numeric, numeric", "numeric", "pg_num_mul($1, $2)"},
    {"*",   "float4, float4", "float4", "pg_float4($1 * $2)"},
    {"*",   "float8, float8", "float8", "$1 * $2"},
    {"*",   "interval, float8", "interval", "pg_interval_mul($1, $2)"},
    {"*",   "float8, interval", "interval", "pg_interval_mul($2, $1)"},
    {"+",   "int2", "int2", "$1"},
    {"+",   "int4", "int4", "$1"},
    {"+",   "int8", "int8", "$1"},
    {"+",   "numeric", "numeric", "$1"},
    {"+",   "float4", "float4", "$1"},
    {"+",   "float8", "float8", "$1"},
    {"+",   "int2, int2", "int2", "pg_int2($1 + $2)"},
    {"+",   "int4, int4", "int4", "pg_int4($1 + $2)"},
    {"+",   "int8, int8", "int8", "pg_int8($1 + $2)"},
    {"+",   "int2, int4", "int4", "pg_int4($1 + $2)"},
    {"+",   "int4, int2", "int4", "pg_int4($1 + $2)"},
    {"+",   "int4, int8", "int8", "pg_int8($1 + $2)"},
    {"+",   "int8, int4", "int8", "pg_int8($1 + $2)"},
    {"+",   "numeric, numeric", "numeric", "pg_num_add($1, $2)"},
    {"+",   "float4, float4", "float4", "pg_float4($1 + $2)"},
    {"+",   "float8, float8", "float8", "$1 + $2"},
    {"+",   "date, int4", "date", "pg_date_add_days($1, $2)"},
    {"+",   "int4, date", "date", "pg_date_add_days($2, $1)"},
    {"+",   "date, interval", "timestamp", "pg_time_add($1, 'date', $2, 1)"},
    {"+",   "timestamp, interval", "timestamp", "pg_time_add($1, 'timestamp', $2, 1)"},
    {"+",   "timestamptz, interval", "timestamptz", "pg_time_add($1, 'timestamptz', $2, 1)"},
    {"+",   "time, interval", "time", "pg_time_add($1, 'time', $2, 1)"},
    {"+",   "interval, date", "timestamp", "pg_time_add($2, 'date', $1, 1)"},
    {"+",   "interval, timestamp", "timestamp", "pg_time_add($2, 'timestamp', $1, 1)"},
    {"+",   "interval, timestamptz", "timestamptz", "pg_time_add($2, 'timestamptz', $1, 1)"},
    {"+",   "interval, interval", "interval", "pg_interval_add($1, $2, 1)"},
    {"-",   "int2", "int2", "pg_int2(-$1)"},
    {"-",   "int4", "int4", "pg_int4(-$1)"},
    {"-",   "int8", "int8", "pg_int8(-$1)"},
    {"-",   "numeric", "numeric", "pg_num_neg($1)"},
    {"-",   "float4", "float4", "-$1"},
    {"-",   "float8", "float8", "-$1"},
    {"-",   "interval", "interval", "pg_interval_mul($1, -1.0)"},
    {"-",   "int2, int2", "int2", "pg_int2($1 - $2)"},
    {"-",   "int4, int4", "int4", "pg_int4($1 - $2)"},
    {"-",   "int8, int8", "int8", "pg_int8($1 - $2)"},
    {"-",   "int2, int4", "int4", "pg_int4($1 - $2)"},
    {"-",   "int4, int2", "int4", "pg_int4($1 - $2)"},
    {"-",   "int4, int8", "int8", "pg_int8($1 - $2)"},
    {"-",   "int8, int4", "int8", "pg_int8($1 - $2)"},
    {"-",   "numeric, numeric", "numeric", "pg_num_sub($1, $2)"},
    {"-",   "float4, float4", "float4", "pg_float4($1 - $2)"},
    {"-",   "float8, float8", "float8", "$1 - $2"},
    {"-",   "date, int4", "date", "pg_date_add_days($1, -$2)"},
    {"-",   "date, date", "int4", "pg_date_diff($1, $2)"},
    {"-",   "date, interval", "timestamp", "pg_time_add($1, 'date', $2, -1)"},
    {"-",   "timestamp, interval", "timestamp", "pg_time_add($1, 'timestamp', $2, -1)"},
    {"-",   "timestamptz, interval", "timestamptz", "pg_time_add($1, 'timestamptz', $2, -1)"},
    {"-",   "time, interval", "time", "pg_time_add($1, 'time', $2, -1)"},
    {"-",   "timestamp, timestamp", "interval", "pg_time_diff($1, $2, 'timestamp')"},
    {"-",   "timestamptz, timestamptz", "interval", "pg_time_diff($1, $2, 'timestamptz')"},
    {"-",   "time, time", "interval", "pg_time_diff($1, $2, 'time')"},
    {"-",   "interval, interval", "interval", "pg_interval_add($1, $2, -1)"},
    {"-",   "jsonb, text", "jsonb", "pg_jsonb_delete($1, $2)"},
    {"-",   "jsonb, int4", "jsonb", "pg_jsonb_delete($1, $2)"},
    {"->",  "json, text", "json", "pg_json_get($1, $2, 'json')"},
    {"->",  "json, int4", "json", "pg_json_get($1, $2, 'json')"},
    {"->",  "jsonb, text", "jsonb", "pg_json_get($1, $2, 'jsonb')"},
    {"->",  "jsonb, int4", "jsonb", "pg_json_get($1, $2, 'jsonb')"},
    {"->>", "json, text", "text", "pg_json_get_text($1, $2, 'json')"},
    {"->>", "json, int4", "text", "pg_json_get_text($1, $2, 'json')"},
    {"->>", "jsonb, text", "text", "pg_json_get_text($1, $2, 'jsonb')"},
    {"->>", "jsonb, int4", "text", "pg_json_get_text($1, $2, 'jsonb')"},
    {"/",   "int2, int2", "int2", "pg_int2(pg_div($1, $2))"},
    {"/",   "int4, int4", "int4", "pg_int4(pg_div($1, $2))"},
    {"/",   "int8, int8", "int8", "pg_div($1, $2)"},
    {"/",   "int2, int4", "int4", "pg_int4(pg_div($1, $2))"},
    {"/",   "int4, int2", "int4", "pg_int4(pg_div($1, $2))"},
    {"/",   "int4, int8", "int8", "pg_div($1, $2)"},
    {"/",   "int8, int4", "int8", "pg_div($1, $2)"},
    {"/",   "numeric, numeric", "numeric", "pg_num_div($1, $2)"},
    {"/",   "float4, float4", "float4", "pg_float4(pg_float_div($1, $2))"},
    {"/",   "float8, float8", "float8", "pg_float_div($1, $2)"},
    {"/",   "interval, float8", "interval", "pg_interval_mul($1, pg_float_div(1.0, $2))"},
    {"<<",  "int4, int4", "int4", "pg_cast(($1 << ($2 & 31)) & 4294967295, 'oid', 'int4', -1)"},
    {"<<",  "int8, int4", "int8", "$1 << ($2 & 63)"},
    {"<@",  "anyarray, anyarray", "bool", "pg_array_contains($2, $1)"},
    {"<@",  "jsonb, jsonb", "bool", "pg_jsonb_contains($2, $1)"},
    {">>",  "int4, int4", "int4", "$1 >> ($2 & 31)"},
    {">>",  "int8, int4", "int8", "$1 >> ($2 & 63)"},
    {"?",   "jsonb, text", "bool", "pg_jsonb_exists($1, $2)"},
    {"@",   "int4", "int4", "pg_int4(abs($1))"},
    {"@",   "int8", "int8", "abs($1)"},
    {"@",   "numeric", "numeric", "pg_num_abs($1)"},
    {"@",   "float8", "float8", "abs($1)"},
    {"@>",  "anyarray, anyarray", "bool", "pg_array_contains($1, $2)"},
    {"@>",  "jsonb, jsonb", "bool", "pg_jsonb_contains($1, $2)"},
    {"^",   "float8, float8", "float8", "pg_power_float8($1, $2)"},
    {"|",   "int2, int2", "int2", "$1 | $2"},
    {"|",   "int4, int4", "int4", "$1 | $2"},
    {"|",   "int8, int8", "int8", "$1 | $2"},
    {"|/",  "float8", "float8", "pg_sqrt_float8($1)"},
    {"||",  "text, text", "text", "$1 || $2"},
    {"||",  "bytea, bytea", "bytea", "CAST($1 || $2 AS BLOB)"},
    {"||",  "jsonb, jsonb", "jsonb", "pg_jsonb_concat($1, $2)"},
    {"||",  "anyarray, anyarray", "anyarray", "pg_array_cat($1, $2)"},
    {"~",   "int4", "int4", "~$1"},
    {"~",   "int8", "int8", "~$1"},
    {"~",   "text, text", "bool", "pg_regex($1, $2, '')"},
    {"~*",  "text, text", "bool", "pg_regex($1, $2, 'i')"},
    {"~~",  "text, text", "bool", "pg_like($1, $2)"},
    {"~~*", "text, text", "bool", "pg_ilike($1, $2)"},
};
// clang-format on

constexpr std::array<std::string_view, 6> comparisons = {"=", "<>", "<", "<=", ">", ">="};

}  // namespace

std::span<const signature> operators_named(std::string_view name) {
    const auto* first = std::find_if(
        std::begin(rows), std::end(rows), [&](const signature& row) { return row.name == name; });
    const auto* last =
        std::find_if(first, std::end(rows), [&](const signature& row) { return row.name != name; });
    return {first, last};
}

bool is_comparison(std::string_view name) {
    return std::find(comparisons.begin(), comparisons.end(), name) != comparisons.end();
}

bool is_comparable(protocol::oid type) {
    return type != protocol::type_oid::json;
}

}  // namespace pgduet::sql
