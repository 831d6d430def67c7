#include "shadow/sql/rules/registered_functions.hpp"

namespace pgduet::sql {
namespace {

constexpr auto scalar = registered_function::kind::scalar;
constexpr auto aggregate = registered_function::kind::aggregate;
constexpr auto collation = registered_function::kind::collation;

// clang-format off
constexpr registered_function list[] = {
    // Collations.
    {"pg_numeric", 0, collation, true, "compares numeric texts by value; NaN sorts last"},
    {"pg_interval", 0, collation, true, "compares interval texts as PostgreSQL does (1 month = 30 days)"},

    // Integer range and arithmetic. An int8 overflow in SQLite's + - * shows as a REAL argument.
    {"pg_int2", 1, scalar, true, "the INTEGER argument if it fits smallint, else 22003 smallint out of range"},
    {"pg_int4", 1, scalar, true, "the INTEGER argument if it fits integer, else 22003 integer out of range"},
    {"pg_int8", 1, scalar, true, "the argument if it is INTEGER; REAL is 22003 bigint out of range"},
    {"pg_div", 2, scalar, true, "integer a / b truncating; b = 0 is 22012 division by zero; overflow gives 22003"},
    {"pg_mod", 2, scalar, true, "integer a % b, sign of a; b = 0 is 22012"},
    {"pg_float8", 1, scalar, true, "REAL from its text form (also NaN, Infinity); exact strtod"},
    {"pg_float4", 1, scalar, true, "REAL rounded to float4; from TEXT or number; 22003 on overflow"},
    {"pg_float_div", 2, scalar, true, "REAL a / b; b = 0 is 22012"},
    {"pg_round_float8", 1, scalar, true, "rint(): half to even, REAL"},
    {"pg_power_float8", 2, scalar, true, "power() on doubles; 2201F as PostgreSQL, overflow 22003"},
    {"pg_sqrt_float8", 1, scalar, true, "sqrt(); negative is 2201F cannot take square root of a negative number"},
    {"pg_ln_float8", 1, scalar, true, "ln(); 2201E for zero (cannot take logarithm of zero) and negatives"},
    {"pg_log_float8", 1, scalar, true, "log base 10; 2201E as ln"},

    // Numeric, arbitrary precision, PostgreSQL's result scales.
    {"pg_num_add", 2, scalar, true, "a + b"},
    {"pg_num_sub", 2, scalar, true, "a - b"},
    {"pg_num_mul", 2, scalar, true, "a * b; scale is the sum of scales"},
    {"pg_num_div", 2, scalar, true, "a / b with select_div_scale's scale; 22012"},
    {"pg_num_mod", 2, scalar, true, "a % b; 22012"},
    {"pg_num_neg", 1, scalar, true, "-a"},
    {"pg_num_abs", 1, scalar, true, "abs(a)"},
    {"pg_num_sign", 1, scalar, true, "sign(a): -1, 0, 1"},
    {"pg_num_round", 2, scalar, true, "round(a, n) half away from zero; n may be negative; scale n"},
    {"pg_num_trunc", 2, scalar, true, "trunc(a, n)"},
    {"pg_num_ceil", 1, scalar, true, "ceil(a)"},
    {"pg_num_floor", 1, scalar, true, "floor(a)"},

    // Casts.
    {"pg_cast", 4, scalar, false, "pg_cast(v, from, to, typmod): explicit cast; NULL gives NULL; text-like from means the input function of `to`; to text means the output function of `from` (bool: true/false); varchar(n)/char(n) truncate silently; 22P02, 22003, 22007, 22008; session zone for timestamptz"},
    {"pg_assign", 3, scalar, false, "pg_assign(v, type, typmod): v of that type enters a column of it: varchar/char length (22001), numeric precision and scale (22003), int range, timestamp(p) rounding; char(n) pads"},

    // Text.
    {"pg_upper", 1, scalar, true, "upper() with Unicode simple case mapping"},
    {"pg_lower", 1, scalar, true, "lower() with Unicode simple case mapping"},
    {"pg_initcap", 1, scalar, true, "initcap()"},
    {"pg_substr", 2, scalar, true, "substr(s, from): from <= 0 counts positions before the start"},
    {"pg_substr", 3, scalar, true, "substr(s, from, n): n < 0 is 22011 negative substring length not allowed"},
    {"pg_left", 2, scalar, true, "left(s, n); negative n drops from the end"},
    {"pg_right", 2, scalar, true, "right(s, n); negative n drops from the start"},
    {"pg_lpad", 3, scalar, true, "lpad(s, n, fill)"},
    {"pg_rpad", 3, scalar, true, "rpad(s, n, fill)"},
    {"pg_repeat", 2, scalar, true, "repeat(s, n)"},
    {"pg_reverse", 1, scalar, true, "reverse(s)"},
    {"pg_split_part", 3, scalar, true, "split_part(s, delimiter, n); n = 0 is 22023; negative counts from the end"},
    {"pg_translate", 3, scalar, true, "translate(s, from, to)"},
    {"pg_strpos", 2, scalar, true, "strpos(s, part): 1-based in characters, 0 if absent"},
    {"pg_ascii", 1, scalar, true, "code point of the first character, 0 for ''"},
    {"pg_chr", 1, scalar, true, "character of a code point"},
    {"pg_md5", 1, scalar, true, "md5 of TEXT or BLOB as lower-case hex"},
    {"pg_starts_with", 2, scalar, true, "starts_with(s, prefix)"},
    {"pg_octet_length", 1, scalar, true, "bytes of TEXT or BLOB"},
    {"pg_concat", -1, scalar, true, "concat(); arguments already text; NULLs are skipped; never NULL"},
    {"pg_concat_ws", -1, scalar, true, "concat_ws(separator, ...); NULL separator gives NULL, NULL values skipped"},
    {"pg_encode", 2, scalar, true, "encode(bytea, 'hex'|'base64'|'escape')"},
    {"pg_decode", 2, scalar, true, "decode(text, 'hex'|'base64'|'escape')"},
    {"pg_like", 2, scalar, true, "s LIKE pattern with escape \\, case-sensitive; 22025 on trailing escape"},
    {"pg_like", 3, scalar, true, "s LIKE pattern ESCAPE e; empty e means no escape"},
    {"pg_ilike", 2, scalar, true, "s ILIKE pattern"},
    {"pg_ilike", 3, scalar, true, "s ILIKE pattern ESCAPE e"},
    {"pg_regex", 3, scalar, true, "s ~ pattern, flags '' or 'i': 1 when it matches anywhere; 2201B"},
    {"pg_regexp_replace", 3, scalar, true, "regexp_replace(s, pattern, replacement): first match"},
    {"pg_regexp_replace", 4, scalar, true, "with flags (g, i)"},
    {"pg_quote_literal", 1, scalar, true, "quote_literal(text)"},
    {"pg_quote_ident", 1, scalar, true, "quote_ident(text)"},

    // Conditionals.
    {"pg_not_null", 2, scalar, false, "pg_not_null(table, column): always raises 23502 null value in column \"c\" of relation \"t\" violates not-null constraint"},
    {"pg_greatest", -1, scalar, true, "greatest(type, v...): largest non-NULL by the type's order; NULL if all are"},
    {"pg_least", -1, scalar, true, "least(type, v...)"},

    // Time. `type` arguments name the stored type of the value.
    {"pg_now", 0, scalar, false, "now(): the transaction's time as timestamptz text"},
    {"pg_clock_timestamp", 0, scalar, false, "clock_timestamp() as timestamptz text"},
    {"pg_extract", 3, scalar, false, "pg_extract(field, v, type): numeric text with EXTRACT's scale; type date, time, timestamp, timestamptz, interval; 22023 unknown unit"},
    {"pg_date_part", 3, scalar, false, "as pg_extract, REAL"},
    {"pg_date_trunc", 3, scalar, false, "pg_date_trunc(field, v, type), value of that type; timestamptz in the session zone"},
    {"pg_timezone", 3, scalar, true, "pg_timezone(zone, v, type): AT TIME ZONE; timestamptz -> timestamp, timestamp -> timestamptz"},
    {"pg_date_add_days", 2, scalar, true, "date + int4"},
    {"pg_date_diff", 2, scalar, true, "date - date, INTEGER days"},
    {"pg_time_add", 4, scalar, false, "pg_time_add(v, type, interval, sign): v + sign * interval; v date (gives timestamp), timestamp, timestamptz (in the session zone) or time"},
    {"pg_time_diff", 3, scalar, true, "pg_time_diff(a, b, type): interval a - b for timestamp, timestamptz, time"},
    {"pg_interval_add", 3, scalar, true, "pg_interval_add(a, b, sign): a + sign * b"},
    {"pg_interval_mul", 2, scalar, true, "interval * float8"},
    {"pg_age", 3, scalar, true, "age(a, b) for timestamp or timestamptz (third argument: type)"},
    {"pg_to_char", 3, scalar, false, "to_char(v, format) for type (third argument): timestamp, timestamptz, interval, int4, int8, numeric, float8"},
    {"pg_to_timestamp", 1, scalar, true, "to_timestamp(float8) as timestamptz"},
    {"pg_make_date", 3, scalar, true, "make_date(y, m, d); 22008"},

    // Generated values and sequences (names without schema, as PostgreSQL names them: t_id_seq).
    {"pg_random", 0, scalar, false, "random(): REAL in [0,1)"},
    {"pg_gen_random_uuid", 0, scalar, false, "random version 4 uuid"},
    {"pg_nextval", 1, scalar, false, "nextval(name); 42P01 relation \"x\" does not exist"},
    {"pg_currval", 1, scalar, false, "currval(name); 55000 when not yet defined in this session"},
    {"pg_lastval", 0, scalar, false, "lastval(); 55000 when not yet defined"},
    {"pg_setval", 3, scalar, false, "setval(name, value, is_called)"},

    // Session and system information.
    {"pg_setting", 1, scalar, false, "current_setting(name); 42704 unknown parameter"},
    {"pg_session", 1, scalar, false, "pg_session(what): 'user', 'database', 'schema', 'version', 'pid' (INTEGER), 'txid' (INTEGER)"},

    // Arrays, stored as literals.
    {"pg_array", -1, scalar, true, "pg_array(elemtype, v...): array literal of stored values; no values gives {}; NULL elements kept"},
    {"pg_array_to_json", 2, scalar, true, "pg_array_to_json(a, elemtype): JSON array of stored values for json_each: numbers for int, bool and float types, strings else (bytea: hex text), null for NULL"},
    {"pg_array_get", 3, scalar, true, "pg_array_get(a, elemtype, i): element in stored form, NULL outside"},
    {"pg_array_length", 2, scalar, true, "array_length(a, dim); NULL for empty"},
    {"pg_cardinality", 1, scalar, true, "cardinality(a)"},
    {"pg_array_cat", 2, scalar, true, "array || array; a NULL side gives the other"},
    {"pg_array_append", 3, scalar, true, "pg_array_append(a, v, elemtype); NULL array gives {v}"},
    {"pg_array_prepend", 3, scalar, true, "pg_array_prepend(v, a, elemtype)"},
    {"pg_array_position", 3, scalar, true, "pg_array_position(a, v, elemtype): 1-based or NULL"},
    {"pg_array_contains", 2, scalar, true, "a @> b"},
    {"pg_array_overlap", 2, scalar, true, "a && b"},
    {"pg_array_to_string", 2, scalar, true, "array_to_string(a, separator)"},
    {"pg_array_to_string", 3, scalar, true, "array_to_string(a, separator, null text)"},
    {"pg_string_to_array", 2, scalar, true, "string_to_array(s, separator)"},

    // JSON. `kind` is 'json' or 'jsonb'.
    {"pg_json_get", 3, scalar, true, "pg_json_get(j, key, kind): j -> key; TEXT key is a field, INTEGER an element (negative from the end); jsonb printed normalised"},
    {"pg_json_get_text", 3, scalar, true, "j ->> key as text; JSON null gives NULL"},
    {"pg_json_path", 3, scalar, true, "pg_json_path(j, text array literal, kind): j #> path"},
    {"pg_json_path_text", 3, scalar, true, "j #>> path"},
    {"pg_jsonb_contains", 2, scalar, true, "a @> b"},
    {"pg_jsonb_exists", 2, scalar, true, "j ? key"},
    {"pg_jsonb_concat", 2, scalar, true, "a || b"},
    {"pg_jsonb_delete", 2, scalar, true, "j - key (TEXT) or - index (INTEGER)"},
    {"pg_jsonb_set", 4, scalar, true, "jsonb_set(j, path, value, create_if_missing)"},
    {"pg_json_build_object", -1, scalar, true, "pg_json_build_object(kind, key, type, value, ...): json_build_object with PostgreSQL's spacing; the keys are text"},
    {"pg_json_build_array", -1, scalar, true, "pg_json_build_array(kind, type, value, ...)"},
    {"pg_to_json", 3, scalar, true, "pg_to_json(v, type, kind): to_json / to_jsonb"},
    {"pg_json_typeof", 1, scalar, true, "json_typeof / jsonb_typeof"},
    {"pg_json_array_length", 1, scalar, true, "json_array_length; 22023 for others"},

    // Aggregates; also usable as window functions.
    {"pg_sum_numeric", 1, aggregate, true, "sum(int8 or numeric) as numeric text; NULL of no rows"},
    {"pg_avg_numeric", 1, aggregate, true, "avg(int or numeric) as numeric text, PostgreSQL's scale (1.6666666666666667)"},
    {"pg_array_agg", 2, aggregate, true, "pg_array_agg(v, elemtype), NULLs kept; NULL of no rows"},
    {"pg_json_agg", 3, aggregate, true, "pg_json_agg(v, type, kind): json_agg / jsonb_agg; NULL of no rows"},
    {"pg_json_object_agg", 4, aggregate, true, "pg_json_object_agg(k, v, type, kind)"},
    {"pg_stddev_samp", 1, aggregate, true, "stddev_samp over float8"},
    {"pg_stddev_pop", 1, aggregate, true, "stddev_pop over float8"},
    {"pg_var_samp", 1, aggregate, true, "var_samp over float8"},
    {"pg_var_pop", 1, aggregate, true, "var_pop over float8"},

};
// clang-format on

}  // namespace

std::span<const registered_function> registered_functions() {
    return list;
}

}  // namespace pgduet::sql
