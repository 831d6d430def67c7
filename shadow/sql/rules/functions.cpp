#include "shadow/sql/rules/functions.hpp"

#include <algorithm>

namespace pgduet::sql {
namespace {

// The overloads of one name stand together.
// clang-format off
constexpr signature functions[] = {
    // Numbers.
    {"abs", "int2", "int2", "pg_int2(abs($1))"},
    {"abs", "int4", "int4", "pg_int4(abs($1))"},
    {"abs", "int8", "int8", "abs($1)"},
    {"abs", "numeric", "numeric", "pg_num_abs($1)"},
    {"abs", "float4", "float4", "abs($1)"},
    {"abs", "float8", "float8", "abs($1)"},
    {"ceil", "numeric", "numeric", "pg_num_ceil($1)"},
    {"ceil", "float8", "float8", "CAST(ceil($1) AS REAL)"},
    {"ceiling", "numeric", "numeric", "pg_num_ceil($1)"},
    {"ceiling", "float8", "float8", "CAST(ceil($1) AS REAL)"},
    {"floor", "numeric", "numeric", "pg_num_floor($1)"},
    {"floor", "float8", "float8", "CAST(floor($1) AS REAL)"},
    {"round", "numeric", "numeric", "pg_num_round($1, 0)"},
    {"round", "float8", "float8", "pg_round_float8($1)"},
    {"round", "numeric, int4", "numeric", "pg_num_round($1, $2)"},
    {"trunc", "numeric", "numeric", "pg_num_trunc($1, 0)"},
    {"trunc", "float8", "float8", "CAST(trunc($1) AS REAL)"},
    {"trunc", "numeric, int4", "numeric", "pg_num_trunc($1, $2)"},
    {"sign", "numeric", "numeric", "pg_num_sign($1)"},
    {"sign", "float8", "float8", "CAST(sign($1) AS REAL)"},
    {"mod", "int2, int2", "int2", "pg_mod($1, $2)"},
    {"mod", "int4, int4", "int4", "pg_mod($1, $2)"},
    {"mod", "int8, int8", "int8", "pg_mod($1, $2)"},
    {"mod", "numeric, numeric", "numeric", "pg_num_mod($1, $2)"},
    {"div", "numeric, numeric", "numeric", "pg_num_trunc(pg_num_div($1, $2), 0)"},
    {"power", "float8, float8", "float8", "pg_power_float8($1, $2)"},
    {"pow", "float8, float8", "float8", "pg_power_float8($1, $2)"},
    {"sqrt", "float8", "float8", "pg_sqrt_float8($1)"},
    {"ln", "float8", "float8", "pg_ln_float8($1)"},
    {"log", "float8", "float8", "pg_log_float8($1)"},
    {"log10", "float8", "float8", "pg_log_float8($1)"},
    {"exp", "float8", "float8", "exp($1)"},
    {"pi", "", "float8", "pi()"},
    {"sin", "float8", "float8", "sin($1)"},
    {"cos", "float8", "float8", "cos($1)"},
    {"tan", "float8", "float8", "tan($1)"},
    {"asin", "float8", "float8", "asin($1)"},
    {"acos", "float8", "float8", "acos($1)"},
    {"atan", "float8", "float8", "atan($1)"},
    {"atan2", "float8, float8", "float8", "atan2($1, $2)"},
    {"degrees", "float8", "float8", "degrees($1)"},
    {"radians", "float8", "float8", "radians($1)"},
    {"random", "", "float8", "pg_random()"},

    // Text.
    {"length", "text", "int4", "length($1)"},
    {"length", "bpchar", "int4", "length(rtrim($1, ' '))"},
    {"length", "bytea", "int4", "length($1)"},
    {"char_length", "text", "int4", "length($1)"},
    {"char_length", "bpchar", "int4", "length(rtrim($1, ' '))"},
    {"character_length", "text", "int4", "length($1)"},
    {"character_length", "bpchar", "int4", "length(rtrim($1, ' '))"},
    {"octet_length", "text", "int4", "pg_octet_length($1)"},
    {"octet_length", "bytea", "int4", "length($1)"},
    {"octet_length", "bpchar", "int4", "pg_octet_length($1)"},
    {"upper", "text", "text", "pg_upper($1)"},
    {"lower", "text", "text", "pg_lower($1)"},
    {"initcap", "text", "text", "pg_initcap($1)"},
    {"btrim", "text", "text", "trim($1, ' ')"},
    {"btrim", "text, text", "text", "trim($1, $2)"},
    {"ltrim", "text", "text", "ltrim($1, ' ')"},
    {"ltrim", "text, text", "text", "ltrim($1, $2)"},
    {"rtrim", "text", "text", "rtrim($1, ' ')"},
    {"rtrim", "text, text", "text", "rtrim($1, $2)"},
    {"substr", "text, int4", "text", "pg_substr($1, $2)"},
    {"substr", "text, int4, int4", "text", "pg_substr($1, $2, $3)"},
    {"substring", "text, int4", "text", "pg_substr($1, $2)"},
    {"substring", "text, int4, int4", "text", "pg_substr($1, $2, $3)"},
    {"left", "text, int4", "text", "pg_left($1, $2)"},
    {"right", "text, int4", "text", "pg_right($1, $2)"},
    {"lpad", "text, int4", "text", "pg_lpad($1, $2, ' ')"},
    {"lpad", "text, int4, text", "text", "pg_lpad($1, $2, $3)"},
    {"rpad", "text, int4", "text", "pg_rpad($1, $2, ' ')"},
    {"rpad", "text, int4, text", "text", "pg_rpad($1, $2, $3)"},
    {"repeat", "text, int4", "text", "pg_repeat($1, $2)"},
    {"replace", "text, text, text", "text", "replace($1, $2, $3)"},
    {"reverse", "text", "text", "pg_reverse($1)"},
    {"split_part", "text, text, int4", "text", "pg_split_part($1, $2, $3)"},
    {"translate", "text, text, text", "text", "pg_translate($1, $2, $3)"},
    {"strpos", "text, text", "int4", "pg_strpos($1, $2)"},
    {"position", "text, text", "int4", "pg_strpos($1, $2)"},
    {"ascii", "text", "int4", "pg_ascii($1)"},
    {"chr", "int4", "text", "pg_chr($1)"},
    {"md5", "text", "text", "pg_md5($1)"},
    {"md5", "bytea", "text", "pg_md5($1)"},
    {"starts_with", "text, text", "bool", "pg_starts_with($1, $2)"},
    {"concat", "any...", "text", "pg_concat($text)"},
    {"concat_ws", "text, any...", "text", "pg_concat_ws($text)"},
    {"encode", "bytea, text", "text", "pg_encode($1, $2)"},
    {"decode", "text, text", "bytea", "pg_decode($1, $2)"},
    {"regexp_replace", "text, text, text", "text", "pg_regexp_replace($1, $2, $3)"},
    {"regexp_replace", "text, text, text, text", "text", "pg_regexp_replace($1, $2, $3, $4)"},
    {"quote_literal", "text", "text", "pg_quote_literal($1)"},
    {"quote_ident", "text", "text", "pg_quote_ident($1)"},
    {"like_escape", "text, text", "text", "$1"},

    // Time.
    {"now", "", "timestamptz", "pg_now()"},
    {"transaction_timestamp", "", "timestamptz", "pg_now()"},
    {"statement_timestamp", "", "timestamptz", "pg_now()"},
    {"clock_timestamp", "", "timestamptz", "pg_clock_timestamp()"},
    {"extract", "text, date", "numeric", "pg_extract($1, $2, 'date')"},
    {"extract", "text, time", "numeric", "pg_extract($1, $2, 'time')"},
    {"extract", "text, timestamp", "numeric", "pg_extract($1, $2, 'timestamp')"},
    {"extract", "text, timestamptz", "numeric", "pg_extract($1, $2, 'timestamptz')"},
    {"extract", "text, interval", "numeric", "pg_extract($1, $2, 'interval')"},
    {"date_part", "text, date", "float8", "pg_date_part($1, $2, 'date')"},
    {"date_part", "text, time", "float8", "pg_date_part($1, $2, 'time')"},
    {"date_part", "text, timestamp", "float8", "pg_date_part($1, $2, 'timestamp')"},
    {"date_part", "text, timestamptz", "float8", "pg_date_part($1, $2, 'timestamptz')"},
    {"date_part", "text, interval", "float8", "pg_date_part($1, $2, 'interval')"},
    {"date_trunc", "text, timestamp", "timestamp", "pg_date_trunc($1, $2, 'timestamp')"},
    {"date_trunc", "text, timestamptz", "timestamptz", "pg_date_trunc($1, $2, 'timestamptz')"},
    {"date_trunc", "text, interval", "interval", "pg_date_trunc($1, $2, 'interval')"},
    {"timezone", "text, timestamp", "timestamptz", "pg_timezone($1, $2, 'timestamp')"},
    {"timezone", "text, timestamptz", "timestamp", "pg_timezone($1, $2, 'timestamptz')"},
    {"age", "timestamp, timestamp", "interval", "pg_age($1, $2, 'timestamp')"},
    {"age", "timestamptz, timestamptz", "interval", "pg_age($1, $2, 'timestamptz')"},
    {"to_char", "timestamp, text", "text", "pg_to_char($1, $2, 'timestamp')"},
    {"to_char", "timestamptz, text", "text", "pg_to_char($1, $2, 'timestamptz')"},
    {"to_char", "interval, text", "text", "pg_to_char($1, $2, 'interval')"},
    {"to_char", "int4, text", "text", "pg_to_char($1, $2, 'int4')"},
    {"to_char", "int8, text", "text", "pg_to_char($1, $2, 'int8')"},
    {"to_char", "numeric, text", "text", "pg_to_char($1, $2, 'numeric')"},
    {"to_char", "float8, text", "text", "pg_to_char($1, $2, 'float8')"},
    {"to_timestamp", "float8", "timestamptz", "pg_to_timestamp($1)"},
    {"make_date", "int4, int4, int4", "date", "pg_make_date($1, $2, $3)"},

    // Generated values.
    {"gen_random_uuid", "", "uuid", "pg_gen_random_uuid()"},
    {"nextval", "text", "int8", "pg_nextval($1)"},
    {"nextval", "regclass", "int8", "pg_nextval($1)"},
    {"currval", "text", "int8", "pg_currval($1)"},
    {"currval", "regclass", "int8", "pg_currval($1)"},
    {"lastval", "", "int8", "pg_lastval()"},
    {"setval", "text, int8", "int8", "pg_setval($1, $2, 1)"},
    {"setval", "regclass, int8", "int8", "pg_setval($1, $2, 1)"},
    {"setval", "text, int8, bool", "int8", "pg_setval($1, $2, $3)"},
    {"setval", "regclass, int8, bool", "int8", "pg_setval($1, $2, $3)"},

    // Session.
    {"current_setting", "text", "text", "pg_setting($1)"},
    {"current_database", "", "name", "pg_session('database')"},
    {"current_schema", "", "name", "pg_session('schema')"},
    {"version", "", "text", "pg_session('version')"},
    {"pg_backend_pid", "", "int4", "pg_session('pid')"},
    {"txid_current", "", "int8", "pg_session('txid')"},

    // Arrays.
    {"array_length", "anyarray, int4", "int4", "pg_array_length($1, $2)"},
    {"cardinality", "anyarray", "int4", "pg_cardinality($1)"},
    {"array_cat", "anyarray, anyarray", "anyarray", "pg_array_cat($1, $2)"},
    {"array_append", "anyarray, anyelement", "anyarray", "pg_array_append($1, $2, $e1)"},
    {"array_prepend", "anyelement, anyarray", "anyarray", "pg_array_prepend($1, $2, $e2)"},
    {"array_position", "anyarray, anyelement", "int4", "pg_array_position($1, $2, $e1)"},
    {"array_to_string", "anyarray, text", "text", "pg_array_to_string($1, $2)"},
    {"array_to_string", "anyarray, text, text", "text", "pg_array_to_string($1, $2, $3)"},
    {"string_to_array", "text, text", "_text", "pg_string_to_array($1, $2)"},

    // JSON.
    {"json_build_object", "", "json", "'{}'"},
    {"json_build_object", "any...", "json", "pg_json_build_object('json', $pairs)"},
    {"jsonb_build_object", "", "jsonb", "'{}'"},
    {"jsonb_build_object", "any...", "jsonb", "pg_json_build_object('jsonb', $pairs)"},
    {"json_build_array", "", "json", "'[]'"},
    {"json_build_array", "any...", "json", "pg_json_build_array('json', $**)"},
    {"jsonb_build_array", "", "jsonb", "'[]'"},
    {"jsonb_build_array", "any...", "jsonb", "pg_json_build_array('jsonb', $**)"},
    {"to_json", "anyelement", "json", "pg_to_json($1, $t1, 'json')"},
    {"to_jsonb", "anyelement", "jsonb", "pg_to_json($1, $t1, 'jsonb')"},
    {"json_typeof", "json", "text", "pg_json_typeof($1)"},
    {"jsonb_typeof", "jsonb", "text", "pg_json_typeof($1)"},
    {"json_array_length", "json", "int4", "pg_json_array_length($1)"},
    {"jsonb_array_length", "jsonb", "int4", "pg_json_array_length($1)"},
    {"jsonb_set", "jsonb, _text, jsonb", "jsonb", "pg_jsonb_set($1, $2, $3, 1)"},
    {"jsonb_set", "jsonb, _text, jsonb, bool", "jsonb", "pg_jsonb_set($1, $2, $3, $4)"},
};

constexpr signature aggregates[] = {
    {"count", "any", "int8", "count($1)"},
    {"sum", "int2", "int8", "sum($1)"},
    {"sum", "int4", "int8", "sum($1)"},
    {"sum", "int8", "numeric", "pg_sum_numeric($1)"},
    {"sum", "numeric", "numeric", "pg_sum_numeric($1)"},
    {"sum", "float4", "float4", "sum($1)"},
    {"sum", "float8", "float8", "sum($1)"},
    {"avg", "int2", "numeric", "pg_avg_numeric($1)"},
    {"avg", "int4", "numeric", "pg_avg_numeric($1)"},
    {"avg", "int8", "numeric", "pg_avg_numeric($1)"},
    {"avg", "numeric", "numeric", "pg_avg_numeric($1)"},
    {"avg", "float4", "float8", "avg($1)"},
    {"avg", "float8", "float8", "avg($1)"},
    {"min", "text", "text", "min($1)"},
    {"min", "anyelement", "anyelement", "min($1$c1)"},
    {"max", "text", "text", "max($1)"},
    {"max", "anyelement", "anyelement", "max($1$c1)"},
    {"bool_and", "bool", "bool", "min($1)"},
    {"every", "bool", "bool", "min($1)"},
    {"bool_or", "bool", "bool", "max($1)"},
    {"string_agg", "text, text", "text", "group_concat($1, $2)"},
    {"array_agg", "anyelement", "anyarray", "pg_array_agg($1, $t1)"},
    {"json_agg", "anyelement", "json", "pg_json_agg($1, $t1, 'json')"},
    {"jsonb_agg", "anyelement", "jsonb", "pg_json_agg($1, $t1, 'jsonb')"},
    {"json_object_agg", "text, any", "json", "pg_json_object_agg($1, $2, $t2, 'json')"},
    {"jsonb_object_agg", "text, any", "jsonb", "pg_json_object_agg($1, $2, $t2, 'jsonb')"},
    {"stddev", "float8", "float8", "pg_stddev_samp($1)"},
    {"stddev_samp", "float8", "float8", "pg_stddev_samp($1)"},
    {"stddev_pop", "float8", "float8", "pg_stddev_pop($1)"},
    {"variance", "float8", "float8", "pg_var_samp($1)"},
    {"var_samp", "float8", "float8", "pg_var_samp($1)"},
    {"var_pop", "float8", "float8", "pg_var_pop($1)"},
};

constexpr signature window_functions[] = {
    {"row_number", "", "int8", "row_number()"},
    {"rank", "", "int8", "rank()"},
    {"dense_rank", "", "int8", "dense_rank()"},
    {"percent_rank", "", "float8", "percent_rank()"},
    {"cume_dist", "", "float8", "cume_dist()"},
    {"ntile", "int4", "int4", "ntile($1)"},
    {"lag", "anyelement", "anyelement", "lag($1)"},
    {"lag", "anyelement, int4", "anyelement", "lag($1, $2)"},
    {"lag", "anyelement, int4, anyelement", "anyelement", "lag($1, $2, $3)"},
    {"lead", "anyelement", "anyelement", "lead($1)"},
    {"lead", "anyelement, int4", "anyelement", "lead($1, $2)"},
    {"lead", "anyelement, int4, anyelement", "anyelement", "lead($1, $2, $3)"},
    {"first_value", "anyelement", "anyelement", "first_value($1)"},
    {"last_value", "anyelement", "anyelement", "last_value($1)"},
    {"nth_value", "anyelement, int4", "anyelement", "nth_value($1, $2)"},
};
// clang-format on

std::span<const signature> named(std::span<const signature> rows, std::string_view name) {
    const auto first = std::find_if(
        rows.begin(), rows.end(), [&](const signature& row) { return row.name == name; });
    const auto last =
        std::find_if(first, rows.end(), [&](const signature& row) { return row.name != name; });
    return {first, last};
}

}  // namespace

std::span<const signature> functions_named(std::string_view name) {
    return named(functions, name);
}
std::span<const signature> aggregates_named(std::string_view name) {
    return named(aggregates, name);
}
std::span<const signature> window_functions_named(std::string_view name) {
    return named(window_functions, name);
}

}  // namespace pgduet::sql
