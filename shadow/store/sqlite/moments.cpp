#include "shadow/store/sqlite/moments.hpp"

#include <algorithm>
#include <limits>

#include "protocol/sql_types/big_endian.hpp"
#include "protocol/sql_types/sqlstate.hpp"

namespace pgduet::store::sqlite::functions {

namespace codec = protocol::codec;
namespace type_oid = protocol::type_oid;
using codec::usecs_per_day;

namespace {

constexpr std::int64_t epoch_usecs = codec::epoch_2000 * usecs_per_day;
constexpr std::int64_t infinity = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t minus_infinity = std::numeric_limits<std::int64_t>::min();

}  // namespace

bool is_infinite(std::int64_t usecs) {
    return usecs == infinity || usecs == minus_infinity;
}

sql_result<std::int64_t> read_usecs(std::string_view text, oid type) {
    const auto binary = protocol::text_to_binary(type, text, {});
    if (!binary)
        return binary.error();
    codec::binary_cursor in(*binary);
    if (type == type_oid::date) {
        const std::int32_t days = in.int32();
        if (days == std::numeric_limits<std::int32_t>::max())
            return infinity;
        if (days == std::numeric_limits<std::int32_t>::min())
            return minus_infinity;
        return (days + codec::epoch_2000) * usecs_per_day;
    }
    const std::int64_t value = in.int64();
    if (type == type_oid::time || is_infinite(value))
        return value;
    return value + epoch_usecs;
}

sql_result<std::string> print_usecs(std::int64_t usecs, oid type) {
    std::string binary;
    if (type == type_oid::date) {
        const std::int64_t days = codec::floor_div(usecs, usecs_per_day) - codec::epoch_2000;
        codec::put_int32(binary,
                         usecs == infinity         ? std::numeric_limits<std::int32_t>::max()
                         : usecs == minus_infinity ? std::numeric_limits<std::int32_t>::min()
                                                   : static_cast<std::int32_t>(days));
    } else {
        codec::put_int64(
            binary, type == type_oid::time || is_infinite(usecs) ? usecs : usecs - epoch_usecs);
    }
    return protocol::binary_to_text(type, binary, {});
}

sql_result<span> read_span(std::string_view text) {
    return codec::read_interval(text);
}

std::string print_span(const span& value) {
    std::string binary;
    codec::put_int64(binary, value.usecs);
    codec::put_int32(binary, value.days);
    codec::put_int32(binary, value.months);
    auto text = protocol::binary_to_text(type_oid::interval, binary, {});
    return text ? *text : std::string();
}

std::int64_t to_local(std::int64_t utc, const protocol::time_zone& zone) {
    if (is_infinite(utc))
        return utc;
    const std::int64_t seconds = codec::floor_div(utc, codec::usecs_per_second);
    return utc + zone.offset_at_utc(seconds) * codec::usecs_per_second;
}

std::int64_t from_local(std::int64_t local, const protocol::time_zone& zone) {
    if (is_infinite(local))
        return local;
    const std::int64_t seconds = codec::floor_div(local, codec::usecs_per_second);
    return local - zone.offset_at_local(seconds) * codec::usecs_per_second;
}

civil take_apart(std::int64_t usecs) {
    const std::int64_t days = codec::floor_div(usecs, usecs_per_day);
    return {days, codec::civil_from_days(days), usecs - days * usecs_per_day};
}

std::int64_t put_together(std::int64_t year, int month, int day, std::int64_t clock) {
    return codec::days_from_civil(year, month, day) * usecs_per_day + clock;
}

std::int64_t add_span(std::int64_t usecs, const span& by, int sign) {
    if (is_infinite(usecs))
        return usecs;
    civil at = take_apart(usecs);
    if (by.months != 0) {
        const std::int64_t months =
            at.date.year * 12 + at.date.month - 1 + static_cast<std::int64_t>(sign) * by.months;
        const std::int64_t year = codec::floor_div(months, 12);
        const int month = static_cast<int>(months - year * 12) + 1;
        const int day = std::min(at.date.day, codec::days_in_month(year, month));
        at.days = codec::days_from_civil(year, month, day);
    }
    at.days += static_cast<std::int64_t>(sign) * by.days;
    return at.days * usecs_per_day + at.clock + sign * by.usecs;
}

iso_week week_of(std::int64_t days) {
    // The week belongs to the year its Thursday lies in.
    const std::int64_t monday = days - (codec::weekday(days) + 6) % 7;
    const std::int64_t thursday = monday + 3;
    const std::int64_t year = codec::civil_from_days(thursday).year;
    const std::int64_t first = codec::days_from_civil(year, 1, 1);
    return {year, static_cast<int>((thursday - first) / 7 + 1)};
}

}  // namespace pgduet::store::sqlite::functions
