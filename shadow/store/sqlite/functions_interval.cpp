#include <cmath>
#include <utility>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/store/sqlite/moments.hpp"

/// Moments and intervals added, subtracted and scaled.
namespace pgduet::store::sqlite::functions {
namespace {

namespace codec = protocol::codec;
namespace sqlstate = protocol::sqlstate;
namespace type_oid = protocol::type_oid;
using codec::usecs_per_day;

void pg_time_add(const call& c) {
    const oid type = type_named(c.text(1));
    const auto by = read_span(c.text(2));
    const auto usecs = read_usecs(c.text(0), type);
    if (!by || !usecs) {
        c.raise(!by ? by.error() : usecs.error());
        return;
    }
    const int sign = c.integer(3) < 0 ? -1 : 1;
    if (type == type_oid::time) {
        const std::int64_t sum = *usecs + sign * (by->usecs % usecs_per_day);
        c.answer(print_usecs(((sum % usecs_per_day) + usecs_per_day) % usecs_per_day, type));
    } else if (type == type_oid::timestamptz) {
        // Months and days move the wall clock, the time part moves the moment.
        const auto& zone = c.session().values.zone;
        std::int64_t moment = *usecs;
        if (by->months != 0 || by->days != 0)
            moment =
                from_local(add_span(to_local(moment, zone), {0, by->days, by->months}, sign), zone);
        c.answer(print_usecs(add_span(moment, {by->usecs, 0, 0}, sign), type));
    } else {
        c.answer(print_usecs(add_span(*usecs, *by, sign), type_oid::timestamp));
    }
}

void pg_time_diff(const call& c) {
    const oid type = type_named(c.text(2));
    const auto a = read_usecs(c.text(0), type);
    const auto b = read_usecs(c.text(1), type);
    if (!a || !b) {
        c.raise(!a ? a.error() : b.error());
        return;
    }
    if (is_infinite(*a) || is_infinite(*b)) {
        c.raise(sqlstate::datetime_field_overflow, "cannot subtract infinite timestamps");
        return;
    }
    const std::int64_t difference = *a - *b;
    // timestamp_mi() justifies hours into days, time_mi_time() does not.
    const bool justify = type != type_oid::time;
    const std::int64_t days = justify ? difference / usecs_per_day : 0;
    c.answer(print_span({difference - days * usecs_per_day, static_cast<std::int32_t>(days), 0}));
}

void pg_interval_add(const call& c) {
    const auto a = read_span(c.text(0));
    const auto b = read_span(c.text(1));
    if (!a || !b) {
        c.raise(!a ? a.error() : b.error());
        return;
    }
    const int sign = c.integer(2) < 0 ? -1 : 1;
    span out;
    if (__builtin_add_overflow(a->months, sign * b->months, &out.months) ||
        __builtin_add_overflow(a->days, sign * b->days, &out.days) ||
        __builtin_add_overflow(a->usecs, sign * b->usecs, &out.usecs))
        c.raise(sqlstate::datetime_field_overflow, "interval out of range");
    else
        c.answer(print_span(out));
}

/// interval_mul(): fractions of months go to days, fractions of days to time.
void pg_interval_mul(const call& c) {
    const auto a = read_span(c.text(0));
    if (!a) {
        c.raise(a.error());
        return;
    }
    const double factor = c.real(1);
    const double months = a->months * factor;
    const double days = a->days * factor;
    if (std::isnan(factor) || std::fabs(months) > INT32_MAX || std::fabs(days) > INT32_MAX) {
        c.raise(sqlstate::datetime_field_overflow, "interval out of range");
        return;
    }
    const auto round6 = [](double value) { return std::rint(value * 1e6) / 1e6; };
    span out;
    out.months = static_cast<std::int32_t>(months);
    out.days = static_cast<std::int32_t>(days);
    double month_days = round6((months - out.months) * 30);
    double seconds = round6((days - out.days + month_days - static_cast<int>(month_days)) *
                            static_cast<double>(codec::seconds_per_day));
    if (std::fabs(seconds) >= static_cast<double>(codec::seconds_per_day)) {
        out.days += static_cast<std::int32_t>(seconds / codec::seconds_per_day);
        seconds -= static_cast<double>(static_cast<std::int32_t>(seconds / codec::seconds_per_day) *
                                       codec::seconds_per_day);
    }
    out.days += static_cast<std::int32_t>(month_days);
    const double usecs = std::rint(static_cast<double>(a->usecs) * factor + seconds * 1e6);
    if (std::fabs(usecs) > 9.2e18) {
        c.raise(sqlstate::datetime_field_overflow, "interval out of range");
        return;
    }
    out.usecs = static_cast<std::int64_t>(usecs);
    c.answer(print_span(out));
}

/// timestamp_age(): years, months and days by the calendar.
void pg_age(const call& c) {
    const oid type = type_named(c.text(2));
    const auto first = read_usecs(c.text(0), type);
    const auto second = read_usecs(c.text(1), type);
    if (!first || !second) {
        c.raise(!first ? first.error() : second.error());
        return;
    }
    const auto& zone = c.session().values.zone;
    const bool zoned = type == type_oid::timestamptz;
    civil a = take_apart(zoned ? to_local(*first, zone) : *first);
    civil b = take_apart(zoned ? to_local(*second, zone) : *second);
    const bool negative = *first < *second;
    if (negative)
        std::swap(a, b);
    std::int64_t clock = a.clock - b.clock;
    std::int64_t day = a.date.day - b.date.day;
    std::int64_t month = (a.date.year - b.date.year) * 12 + a.date.month - b.date.month;
    if (clock < 0) {
        clock += usecs_per_day;
        --day;
    }
    while (day < 0) {
        day += negative ? codec::days_in_month(a.date.year, a.date.month)
                        : codec::days_in_month(b.date.year, b.date.month);
        --month;
    }
    const int sign = negative ? -1 : 1;
    c.answer(print_span({sign * clock,
                         static_cast<std::int32_t>(sign * day),
                         static_cast<std::int32_t>(sign * month)}));
}

constexpr definition list[] = {
    {"pg_time_add", 4, pg_time_add, true, false},
    {"pg_time_diff", 3, pg_time_diff},
    {"pg_interval_add", 3, pg_interval_add},
    {"pg_interval_mul", 2, pg_interval_mul},
    {"pg_age", 3, pg_age},
};

}  // namespace

void register_interval(connection& target) {
    define(target, list);
}

}  // namespace pgduet::store::sqlite::functions
