#include <cerrno>
#include <cmath>
#include <cstdint>
#include <limits>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/store/sqlite/function_tools.hpp"

/// Integer ranges, division, and the float8 functions whose errors SQLite answers with NULL.
namespace pgduet::store::sqlite::functions {
namespace {

namespace sqlstate = protocol::sqlstate;

void check_range(const call& c, std::int64_t low, std::int64_t high, const char* type) {
    if (c.type(0) != SQLITE_INTEGER || c.integer(0) < low || c.integer(0) > high)
        c.raise(out_of_range(type));
    else
        c.answer(c.integer(0));
}

void pg_int2(const call& c) {
    check_range(c, INT16_MIN, INT16_MAX, "smallint");
}
void pg_int4(const call& c) {
    check_range(c, INT32_MIN, INT32_MAX, "integer");
}
void pg_int8(const call& c) {
    check_range(c, INT64_MIN, INT64_MAX, "bigint");
}

void divide_by_zero(const call& c) {
    c.raise(sqlstate::division_by_zero, "division by zero");
}

void pg_div(const call& c) {
    if (c.integer(1) == 0)
        divide_by_zero(c);
    else if (c.integer(1) == -1 && c.integer(0) == INT64_MIN)
        c.raise(out_of_range("bigint"));
    else
        c.answer(c.integer(0) / c.integer(1));
}

void pg_mod(const call& c) {
    if (c.integer(1) == 0)
        divide_by_zero(c);
    else
        c.answer(c.integer(1) == -1 ? std::int64_t{0} : c.integer(0) % c.integer(1));
}

void answer_as(const call& c, oid type) {
    if (c.type(0) == SQLITE_TEXT) {
        c.answer(to_stored(type, -1, c.text(0), {}));
        return;
    }
    const double value = sqlite3_value_double(c.raw(0));
    if (type == protocol::type_oid::float4) {
        const auto narrow = static_cast<float>(value);
        if (std::isinf(narrow) && !std::isinf(value))
            c.raise(sqlstate::numeric_value_out_of_range, "value out of range: overflow");
        else if (narrow == 0 && value != 0)
            c.raise(sqlstate::numeric_value_out_of_range, "value out of range: underflow");
        else
            c.answer(static_cast<double>(narrow));
        return;
    }
    c.answer(value);
}

void pg_float8(const call& c) {
    answer_as(c, protocol::type_oid::float8);
}
void pg_float4(const call& c) {
    answer_as(c, protocol::type_oid::float4);
}

void checked(const call& c, double result, bool from_infinity) {
    if (std::isinf(result) && !from_infinity)
        c.raise(sqlstate::numeric_value_out_of_range, "value out of range: overflow");
    else
        c.answer(result);
}

void pg_float_div(const call& c) {
    const double a = c.real(0);
    const double b = c.real(1);
    if (b == 0 && !std::isnan(a)) {
        divide_by_zero(c);
        return;
    }
    const double result = a / b;
    if (result == 0 && a != 0 && !std::isinf(b))
        c.raise(sqlstate::numeric_value_out_of_range, "value out of range: underflow");
    else
        checked(c, result, std::isinf(a));
}

void pg_round_float8(const call& c) {
    c.answer(std::rint(c.real(0)));
}

void pg_power_float8(const call& c) {
    const double a = c.real(0);
    const double b = c.real(1);
    if (a == 0 && b < 0)
        c.raise("2201F", "zero raised to a negative power is undefined");
    else if (a < 0 && std::floor(b) != b)
        c.raise("2201F", "a negative number raised to a non-integer power yields a complex result");
    else
        checked(c, std::pow(a, b), std::isinf(a) || std::isinf(b));
}

void pg_sqrt_float8(const call& c) {
    if (c.real(0) < 0)
        c.raise("2201F", "cannot take square root of a negative number");
    else
        c.answer(std::sqrt(c.real(0)));
}

void logarithm(const call& c, double (*function)(double)) {
    const double value = c.real(0);
    if (value == 0)
        c.raise("2201E", "cannot take logarithm of zero");
    else if (value < 0)
        c.raise("2201E", "cannot take logarithm of a negative number");
    else
        c.answer(function(value));
}

void pg_ln_float8(const call& c) {
    logarithm(c, [](double value) { return std::log(value); });
}
void pg_log_float8(const call& c) {
    logarithm(c, [](double value) { return std::log10(value); });
}

constexpr definition list[] = {
    {"pg_int2", 1, pg_int2},
    {"pg_int4", 1, pg_int4},
    {"pg_int8", 1, pg_int8},
    {"pg_div", 2, pg_div},
    {"pg_mod", 2, pg_mod},
    {"pg_float8", 1, pg_float8},
    {"pg_float4", 1, pg_float4},
    {"pg_float_div", 2, pg_float_div},
    {"pg_round_float8", 1, pg_round_float8},
    {"pg_power_float8", 2, pg_power_float8},
    {"pg_sqrt_float8", 1, pg_sqrt_float8},
    {"pg_ln_float8", 1, pg_ln_float8},
    {"pg_log_float8", 1, pg_log_float8},
};

}  // namespace

void register_arithmetic(connection& target) {
    define(target, list);
}

}  // namespace pgduet::store::sqlite::functions
