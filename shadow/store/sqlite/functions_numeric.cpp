#include <algorithm>
#include <cstdint>

#include "protocol/sql_types/interval_input.hpp"
#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/store/sqlite/decimal.hpp"
#include "shadow/store/sqlite/function_tools.hpp"

/// numeric: operators with PostgreSQL's result scales, and the collations of numeric and interval.
namespace pgduet::store::sqlite::functions {
namespace {

namespace sqlstate = protocol::sqlstate;

std::string numeric_text(const call& c, int i) {
    if (c.type(i) == SQLITE_FLOAT)
        return protocol::print_float8(sqlite3_value_double(c.raw(i)));
    return std::string(c.text(i));
}

/// Both arguments; false when the answer was already given (NaN) or an error raised.
bool operands(const call& c, decimal& a, decimal& b) {
    for (int i = 0; i < 2; ++i) {
        const std::string text = numeric_text(c, i);
        if (text == "NaN") {
            c.answer("NaN");
            return false;
        }
        const auto value = decimal::parse(text);
        if (!value) {
            c.raise(sqlstate::feature_not_supported, "arithmetic on numeric " + text);
            return false;
        }
        (i == 0 ? a : b) = *value;
    }
    return true;
}

template <class Operation>
void binary(const call& c, Operation operation) {
    decimal a;
    decimal b;
    if (operands(c, a, b))
        c.answer(operation(a, b).print());
}

void pg_num_add(const call& c) {
    binary(c, [](const decimal& a, const decimal& b) { return a + b; });
}
void pg_num_sub(const call& c) {
    binary(c, [](const decimal& a, const decimal& b) { return a - b; });
}
void pg_num_mul(const call& c) {
    binary(c, [](const decimal& a, const decimal& b) { return a * b; });
}

template <class Operation>
void dividing(const call& c, Operation operation) {
    decimal a;
    decimal b;
    if (!operands(c, a, b))
        return;
    if (b.is_zero())
        c.raise(sqlstate::division_by_zero, "division by zero");
    else
        c.answer(operation(a, b).print());
}

void pg_num_div(const call& c) {
    dividing(c, [](const decimal& a, const decimal& b) { return a / b; });
}
void pg_num_mod(const call& c) {
    dividing(c, [](const decimal& a, const decimal& b) { return a % b; });
}

template <class Operation>
void unary(const call& c, Operation operation) {
    const std::string text = numeric_text(c, 0);
    const auto value = decimal::parse(text);
    if (text == "NaN")
        c.answer(text);
    else if (!value)
        c.raise(sqlstate::feature_not_supported, "arithmetic on numeric " + text);
    else
        c.answer(operation(*value).print());
}

void pg_num_neg(const call& c) {
    unary(c, [](const decimal& a) { return a.negated(); });
}
void pg_num_abs(const call& c) {
    unary(c, [](const decimal& a) { return a.absolute(); });
}
void pg_num_sign(const call& c) {
    unary(c, [](const decimal& a) { return decimal(a.is_zero() ? 0 : a.is_negative() ? -1 : 1); });
}
std::int32_t places(const call& c) {
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(c.integer(1), -2000, 2000));
}
void pg_num_round(const call& c) {
    unary(c, [&](const decimal& a) { return a.rounded(places(c)); });
}
void pg_num_trunc(const call& c) {
    unary(c, [&](const decimal& a) { return a.truncated(places(c)); });
}
void pg_num_ceil(const call& c) {
    unary(c, [](const decimal& a) { return a.ceiling(); });
}
void pg_num_floor(const call& c) {
    unary(c, [](const decimal& a) { return a.floor(); });
}

/// -Infinity < numbers < Infinity < NaN; what is no number sorts behind all, by bytes.
int rank(std::string_view text, const std::optional<decimal>& value) {
    if (value)
        return 1;
    if (text == "-Infinity")
        return 0;
    if (text == "Infinity")
        return 2;
    return text == "NaN" ? 3 : 4;
}

int compare_numeric(std::string_view a, std::string_view b) {
    if (a == b)
        return 0;
    const auto x = decimal::parse(a);
    const auto y = decimal::parse(b);
    const int difference = rank(a, x) - rank(b, y);
    if (difference != 0)
        return difference;
    if (!x)
        return a.compare(b);
    const auto order = *x <=> *y;
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

int compare_interval(std::string_view a, std::string_view b) {
    if (a == b)
        return 0;
    const auto x = protocol::codec::read_interval(a);
    const auto y = protocol::codec::read_interval(b);
    if (!x || !y)
        return a.compare(b);
    // A month is 30 days, a day is 24 hours; 128 bits as in interval_cmp_value().
    const auto length = [](const protocol::codec::span& s) {
        return static_cast<__int128>(s.months) * 30 * 86'400'000'000 +
               static_cast<__int128>(s.days) * 86'400'000'000 + s.usecs;
    };
    const __int128 difference = length(*x) - length(*y);
    return difference < 0 ? -1 : difference > 0 ? 1 : 0;
}

template <int (*compare)(std::string_view, std::string_view)>
int collate(void*, int a_size, const void* a, int b_size, const void* b) {
    return compare({static_cast<const char*>(a), static_cast<std::size_t>(a_size)},
                   {static_cast<const char*>(b), static_cast<std::size_t>(b_size)});
}

constexpr definition list[] = {
    {"pg_num_add", 2, pg_num_add},
    {"pg_num_sub", 2, pg_num_sub},
    {"pg_num_mul", 2, pg_num_mul},
    {"pg_num_div", 2, pg_num_div},
    {"pg_num_mod", 2, pg_num_mod},
    {"pg_num_neg", 1, pg_num_neg},
    {"pg_num_abs", 1, pg_num_abs},
    {"pg_num_sign", 1, pg_num_sign},
    {"pg_num_round", 2, pg_num_round},
    {"pg_num_trunc", 2, pg_num_trunc},
    {"pg_num_ceil", 1, pg_num_ceil},
    {"pg_num_floor", 1, pg_num_floor},
};

}  // namespace

int compare_numeric_text(std::string_view a, std::string_view b) {
    return compare_numeric(a, b);
}

int compare_interval_text(std::string_view a, std::string_view b) {
    return compare_interval(a, b);
}

void register_numeric(connection& target) {
    define(target, list);
    sqlite3_create_collation(
        target.raw(), "pg_numeric", SQLITE_UTF8, nullptr, collate<compare_numeric>);
    sqlite3_create_collation(
        target.raw(), "pg_interval", SQLITE_UTF8, nullptr, collate<compare_interval>);
}

}  // namespace pgduet::store::sqlite::functions
