#include <cmath>
#include <cstdio>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/store/sqlite/decimal.hpp"
#include "shadow/store/sqlite/moments.hpp"

/// extract(), date_trunc(), AT TIME ZONE, and dates made of numbers.
namespace pgduet::store::sqlite::functions {
namespace {

namespace codec = protocol::codec;
namespace sqlstate = protocol::sqlstate;
namespace type_oid = protocol::type_oid;
using codec::usecs_per_day;
using codec::usecs_per_second;

std::string fixed(std::int64_t value, int digits) {
    std::int64_t unit = 1;
    for (int i = 0; i < digits; ++i)
        unit *= 10;
    char text[48];
    const char* const sign = value < 0 ? "-" : "";
    const auto size =
        value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
    std::snprintf(text,
                  sizeof text,
                  "%s%llu.%0*llu",
                  sign,
                  static_cast<unsigned long long>(size / static_cast<std::uint64_t>(unit)),
                  digits,
                  static_cast<unsigned long long>(size % static_cast<std::uint64_t>(unit)));
    return text;
}

std::string type_words(oid type) {
    const protocol::type_info* info = protocol::find_type(type);
    return std::string(info != nullptr ? info->sql_name : "unknown");
}

std::string lower_field(std::string_view field) {
    std::string out(field);
    for (char& c : out)
        c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    struct alias {
        std::string_view from;
        std::string_view to;
    };
    static constexpr alias aliases[] = {
        {"years", "year"},
        {"y", "year"},
        {"months", "month"},
        {"mon", "month"},
        {"days", "day"},
        {"d", "day"},
        {"hours", "hour"},
        {"h", "hour"},
        {"minutes", "minute"},
        {"min", "minute"},
        {"m", "minute"},
        {"seconds", "second"},
        {"sec", "second"},
        {"s", "second"},
        {"weeks", "week"},
        {"w", "week"},
        {"quarters", "quarter"},
        {"qtr", "quarter"},
        {"decades", "decade"},
        {"centuries", "century"},
        {"millenniums", "millennium"},
        {"millennia", "millennium"},
        {"millisecond", "milliseconds"},
        {"ms", "milliseconds"},
        {"microsecond", "microseconds"},
        {"us", "microseconds"},
    };
    for (const alias& one : aliases) {
        if (out == one.from)
            return std::string(one.to);
    }
    return out;
}

sql_error unknown_unit(std::string_view field, oid type) {
    return make_error(
        sqlstate::invalid_parameter_value,
        "unit \"" + std::string(field) + "\" not recognized for type " + type_words(type));
}

sql_error unsupported_unit(std::string_view field, oid type) {
    return make_error(
        sqlstate::feature_not_supported,
        "unit \"" + std::string(field) + "\" not supported for type " + type_words(type));
}

/// Parts of a clock; false when the field is none of them.
bool clock_field(const std::string& field, std::int64_t clock, std::string& out) {
    const std::int64_t minute_part = clock % (60 * usecs_per_second);
    if (field == "hour")
        out = std::to_string(clock / (3600 * usecs_per_second));
    else if (field == "minute")
        out = std::to_string(clock / (60 * usecs_per_second) % 60);
    else if (field == "second")
        out = fixed(minute_part, 6);
    else if (field == "milliseconds")
        out = fixed(minute_part, 3);
    else if (field == "microseconds")
        out = std::to_string(minute_part);
    else
        return false;
    return true;
}

std::int64_t century_of(std::int64_t year, std::int64_t length) {
    return year > 0 ? (year + length - 1) / length : -((length - 1 - (year - 1)) / length);
}

bool date_field(const std::string& field, const civil& at, std::string& out) {
    const std::int64_t year = at.date.year;
    std::int64_t value = 0;
    if (field == "year")
        value = year > 0 ? year : year - 1;
    else if (field == "month")
        value = at.date.month;
    else if (field == "day")
        value = at.date.day;
    else if (field == "quarter")
        value = (at.date.month - 1) / 3 + 1;
    else if (field == "dow")
        value = codec::weekday(at.days);
    else if (field == "isodow")
        value = (codec::weekday(at.days) + 6) % 7 + 1;
    else if (field == "doy")
        value = at.days - codec::days_from_civil(year, 1, 1) + 1;
    else if (field == "week")
        value = week_of(at.days).week;
    else if (field == "isoyear")
        value = week_of(at.days).year > 0 ? week_of(at.days).year : week_of(at.days).year - 1;
    else if (field == "decade")
        value = codec::floor_div(year, 10);
    else if (field == "century")
        value = century_of(year, 100);
    else if (field == "millennium")
        value = century_of(year, 1000);
    else
        return false;
    out = std::to_string(value);
    return true;
}

sql_result<std::string> extract_interval(const std::string& field, std::string_view text) {
    const auto span = read_span(text);
    if (!span)
        return span.error();
    std::string out;
    const std::int64_t clock = span->usecs;
    if (field == "year")
        return std::to_string(span->months / 12);
    if (field == "month")
        return std::to_string(span->months % 12);
    if (field == "quarter")
        return std::to_string(span->months % 12 / 3 + 1);
    if (field == "decade")
        return std::to_string(span->months / 120);
    if (field == "century")
        return std::to_string(span->months / 1200);
    if (field == "millennium")
        return std::to_string(span->months / 12000);
    if (field == "day")
        return std::to_string(span->days);
    if (field == "epoch") {
        // A year is 365.25 days, a month 30, as interval_part() has it.
        const std::int64_t years = span->months / 12;
        const std::int64_t months = span->months % 12;
        const std::int64_t seconds_of_days =
            years * 31'557'600 + (months * 30 + span->days) * codec::seconds_per_day;
        return fixed(seconds_of_days * usecs_per_second + clock, 6);
    }
    if (clock_field(field, clock, out))
        return out;
    return unknown_unit(field, type_oid::interval);
}

sql_result<std::string> extract(const call& c) {
    const std::string field = lower_field(c.text(0));
    const oid type = type_named(c.text(2));
    if (type == type_oid::interval)
        return extract_interval(field, c.text(1));
    const auto utc = read_usecs(c.text(1), type);
    if (!utc)
        return utc.error();
    std::string out;
    if (type == type_oid::time) {
        if (field == "epoch")
            return fixed(*utc, 6);
        if (clock_field(field, *utc, out))
            return out;
        return unknown_unit(field, type);
    }
    if (is_infinite(*utc)) {
        const bool steady = field == "year" || field == "epoch" || field == "decade" ||
                            field == "century" || field == "millennium" || field == "julian" ||
                            field == "isoyear";
        if (steady)
            return std::string(*utc > 0 ? "Infinity" : "-Infinity");
        return make_error(sqlstate::feature_not_supported, "extract of infinity");
    }
    const auto& zone = c.session().values.zone;
    const std::int64_t local = type == type_oid::timestamptz ? to_local(*utc, zone) : *utc;
    const civil at = take_apart(local);
    if (field == "epoch")
        return type == type_oid::date ? std::to_string(*utc / usecs_per_second) : fixed(*utc, 6);
    if (date_field(field, at, out))
        return out;
    if (field == "julian") {
        const std::int64_t julian = at.days + 2'440'588;
        if (type == type_oid::date)
            return std::to_string(julian);
        const decimal day = *decimal::parse(std::to_string(julian));
        const decimal part = *decimal::parse(std::to_string(at.clock)) / decimal(usecs_per_day);
        return (day + part).print();
    }
    if (type == type_oid::date) {
        std::string unused;
        return clock_field(field, 0, unused) ? unsupported_unit(field, type)
                                             : unknown_unit(field, type);
    }
    if (clock_field(field, at.clock, out))
        return out;
    if (type == type_oid::timestamptz) {
        const std::int64_t offset = (local - *utc) / usecs_per_second;
        if (field == "timezone")
            return std::to_string(offset);
        if (field == "timezone_hour")
            return std::to_string(offset / 3600);
        if (field == "timezone_minute")
            return std::to_string(offset / 60 % 60);
    }
    return unknown_unit(field, type);
}

void pg_extract(const call& c) {
    c.answer(extract(c));
}

void pg_date_part(const call& c) {
    const auto text = extract(c);
    if (text)
        c.answer(std::strtod(text->c_str(), nullptr));
    else
        c.raise(text.error());
}

/// Truncates a wall-clock moment; nothing for an unknown unit.
std::optional<std::int64_t> truncate(const std::string& field, std::int64_t usecs) {
    const civil at = take_apart(usecs);
    const auto down = [&](std::int64_t unit) {
        return at.days * usecs_per_day + at.clock / unit * unit;
    };
    const std::int64_t year = at.date.year;
    const auto first_of = [&](std::int64_t first_year) {
        return put_together(first_year, 1, 1, 0);
    };
    if (field == "microseconds")
        return usecs;
    if (field == "milliseconds")
        return down(1000);
    if (field == "second")
        return down(usecs_per_second);
    if (field == "minute")
        return down(60 * usecs_per_second);
    if (field == "hour")
        return down(3600 * usecs_per_second);
    if (field == "day")
        return at.days * usecs_per_day;
    if (field == "week")
        return (at.days - (codec::weekday(at.days) + 6) % 7) * usecs_per_day;
    if (field == "month")
        return put_together(year, at.date.month, 1, 0);
    if (field == "quarter")
        return put_together(year, (at.date.month - 1) / 3 * 3 + 1, 1, 0);
    if (field == "year")
        return first_of(year);
    if (field == "decade")
        return first_of(codec::floor_div(year, 10) * 10);
    if (field == "century")
        return first_of(codec::floor_div(year - 1, 100) * 100 + 1);
    if (field == "millennium")
        return first_of(codec::floor_div(year - 1, 1000) * 1000 + 1);
    return std::nullopt;
}

sql_result<std::string> truncate_interval(const std::string& field, std::string_view text) {
    const auto read = read_span(text);
    if (!read)
        return read.error();
    span out = *read;
    const auto clock = [&](std::int64_t unit) { out.usecs = out.usecs / unit * unit; };
    const auto months = [&](std::int32_t unit) { out = {0, 0, out.months / unit * unit}; };
    if (field == "microseconds")
        return print_span(out);
    if (field == "milliseconds")
        clock(1000);
    else if (field == "second")
        clock(usecs_per_second);
    else if (field == "minute")
        clock(60 * usecs_per_second);
    else if (field == "hour")
        clock(3600 * usecs_per_second);
    else if (field == "day")
        out.usecs = 0;
    else if (field == "month")
        months(1);
    else if (field == "quarter")
        months(3);
    else if (field == "year")
        months(12);
    else if (field == "decade")
        months(120);
    else if (field == "century")
        months(1200);
    else if (field == "millennium")
        months(12000);
    else
        return unknown_unit(field, type_oid::interval);
    return print_span(out);
}

void pg_date_trunc(const call& c) {
    const std::string field = lower_field(c.text(0));
    const oid type = type_named(c.text(2));
    if (type == type_oid::interval) {
        c.answer(truncate_interval(field, c.text(1)));
        return;
    }
    const auto utc = read_usecs(c.text(1), type);
    if (!utc) {
        c.raise(utc.error());
        return;
    }
    if (is_infinite(*utc)) {
        c.answer_value(1);
        return;
    }
    const auto& zone = c.session().values.zone;
    const bool zoned = type == type_oid::timestamptz;
    const auto cut = truncate(field, zoned ? to_local(*utc, zone) : *utc);
    if (!cut)
        c.raise(unknown_unit(field, type));
    else
        c.answer(print_usecs(zoned ? from_local(*cut, zone) : *cut, type));
}

void pg_timezone(const call& c) {
    const oid type = type_named(c.text(2));
    const auto zone = protocol::time_zone::parse(c.text(0));
    if (!zone) {
        c.raise(sqlstate::invalid_parameter_value,
                "time zone \"" + std::string(c.text(0)) + "\" not recognized");
        return;
    }
    const bool zoned = type == type_oid::timestamptz;
    const auto usecs = read_usecs(c.text(1), type);
    if (!usecs)
        c.raise(usecs.error());
    else if (zoned)
        c.answer(print_usecs(to_local(*usecs, *zone), type_oid::timestamp));
    else
        c.answer(print_usecs(from_local(*usecs, *zone), type_oid::timestamptz));
}

void pg_date_add_days(const call& c) {
    const auto usecs = read_usecs(c.text(0), type_oid::date);
    if (!usecs)
        c.raise(usecs.error());
    else if (is_infinite(*usecs))
        c.answer_value(0);
    else
        c.answer(print_usecs(*usecs + c.integer(1) * usecs_per_day, type_oid::date));
}

void pg_date_diff(const call& c) {
    const auto a = read_usecs(c.text(0), type_oid::date);
    const auto b = read_usecs(c.text(1), type_oid::date);
    if (!a || !b)
        c.raise(!a ? a.error() : b.error());
    else if (is_infinite(*a) || is_infinite(*b))
        c.raise(sqlstate::datetime_field_overflow, "cannot subtract infinite dates");
    else
        c.answer((*a - *b) / usecs_per_day);
}

void pg_to_timestamp(const call& c) {
    const double seconds = c.real(0);
    if (std::isinf(seconds)) {
        c.answer(seconds > 0 ? "infinity" : "-infinity");
    } else if (std::isnan(seconds) || std::fabs(seconds) > 9.0e12) {
        c.raise(sqlstate::datetime_field_overflow,
                "timestamp out of range: \"" + protocol::print_float8(seconds) + "\"");
    } else {
        c.answer(print_usecs(static_cast<std::int64_t>(std::rint(seconds * 1e6)),
                             type_oid::timestamptz));
    }
}

void pg_make_date(const call& c) {
    const std::int64_t year = c.integer(0) < 0 ? c.integer(0) + 1 : c.integer(0);
    const std::int64_t month = c.integer(1);
    const std::int64_t day = c.integer(2);
    if (c.integer(0) == 0 || month < 1 || month > 12 || day < 1 || year > 5'874'897 ||
        day > codec::days_in_month(year, static_cast<int>(month))) {
        c.raise(sqlstate::datetime_field_overflow,
                "date field value out of range: " + std::to_string(c.integer(0)) + "-" +
                    std::to_string(month) + "-" + std::to_string(day));
        return;
    }
    c.answer(print_usecs(put_together(year, static_cast<int>(month), static_cast<int>(day), 0),
                         type_oid::date));
}

constexpr definition list[] = {
    {"pg_extract", 3, pg_extract, true, false},
    {"pg_date_part", 3, pg_date_part, true, false},
    {"pg_date_trunc", 3, pg_date_trunc, true, false},
    {"pg_timezone", 3, pg_timezone},
    {"pg_date_add_days", 2, pg_date_add_days},
    {"pg_date_diff", 2, pg_date_diff},
    {"pg_to_timestamp", 1, pg_to_timestamp},
    {"pg_make_date", 3, pg_make_date},
};

}  // namespace

void register_datetime(connection& target) {
    define(target, list);
}

}  // namespace pgduet::store::sqlite::functions
