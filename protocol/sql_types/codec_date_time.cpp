#include "protocol/sql_types/big_endian.hpp"
#include "protocol/sql_types/calendar.hpp"
#include "protocol/sql_types/codec.hpp"
#include "protocol/sql_types/date_time_input.hpp"
#include "protocol/sql_types/print_time.hpp"

// date         int32  days after 2000-01-01; the largest is infinity, the smallest -infinity
// time         int64  microseconds after midnight, up to and with 24:00
// timetz       int64  the same, then int32 seconds west of UTC
// timestamp    int64  microseconds after 2000-01-01 00:00; largest and smallest as with date
// timestamptz  int64  the same, in UTC
namespace pgduet::protocol::codec {

namespace {

constexpr std::int64_t first_day = days_from_civil(-4713, 11, 24) - epoch_2000;
constexpr std::int64_t end_day = days_from_civil(5'874'898, 1, 1) - epoch_2000;
constexpr std::int64_t end_timestamp_day = days_from_civil(294'277, 1, 1) - epoch_2000;
constexpr std::int32_t offset_max = 16 * 3600;

sql_error out_of_range(std::string_view what, std::string_view text) {
    return make_error(sqlstate::datetime_field_overflow,
                      std::string(what) + " out of range: \"" + std::string(text) + "\"");
}

sql_error bad_length() {
    return invalid_binary("incorrect binary data format");
}

/// Rounds to time(p), half away from zero.
std::int64_t rounded(std::int64_t usecs, std::int32_t precision) {
    if (precision < 0 || precision > 5)
        return usecs;
    std::int64_t scale = 1;
    for (int i = precision; i < 6; ++i)
        scale *= 10;
    const std::int64_t half = scale / 2;
    return usecs >= 0 ? (usecs + half) / scale * scale : -((half - usecs) / scale * scale);
}

result date_to_binary(std::string_view text, const context& how) {
    const sql_result<moment> at = read_date_time(text, "date", *how.settings);
    if (!at)
        return at.error();
    std::string out;
    if (at->what != moment::kind::normal) {
        put_int32(out, at->what == moment::kind::infinity ? INT32_MAX : INT32_MIN);
        return out;
    }
    const std::int64_t days = days_from_civil(at->year, at->month, at->day) - epoch_2000;
    if (days < first_day || days >= end_day)
        return out_of_range("date", text);
    put_int32(out, static_cast<std::int32_t>(days));
    return out;
}

result date_to_text(std::string_view binary, const context&) {
    binary_cursor in(binary);
    const std::int32_t days = in.int32();
    if (!in.finished())
        return bad_length();
    if (days == INT32_MAX || days == INT32_MIN)
        return days == INT32_MAX ? "infinity" : "-infinity";
    if (days < first_day || days >= end_day)
        return make_error(sqlstate::datetime_field_overflow, "date out of range");
    const civil_date civil = civil_from_days(days + epoch_2000);
    return print_date(civil) + (civil.year <= 0 ? " BC" : "");
}

result time_to_binary(std::string_view text, const context& how) {
    const bool with_zone = how.type == type_oid::timetz;
    const sql_result<moment> at =
        read_time(text, with_zone ? "time with time zone" : "time", with_zone, *how.settings);
    if (!at)
        return at.error();
    std::string out;
    put_int64(out, rounded(at->usecs, how.modifier));
    if (with_zone)
        put_int32(out, -at->offset);
    return out;
}

result time_to_text(std::string_view binary, const context& how) {
    const bool with_zone = how.type == type_oid::timetz;
    binary_cursor in(binary);
    const std::int64_t usecs = in.int64();
    const std::int32_t west = with_zone ? in.int32() : 0;
    if (!in.finished())
        return bad_length();
    if (usecs < 0 || usecs > usecs_per_day)
        return make_error(sqlstate::datetime_field_overflow, "time out of range");
    if (!how.own && (west <= -offset_max || west >= offset_max))
        return make_error("22009", "time zone displacement out of range");
    return print_clock(usecs) + (with_zone ? print_offset(-west) : "");
}

result timestamp_to_binary(std::string_view text, const context& how) {
    const bool with_zone = how.type == type_oid::timestamptz;
    const sql_result<moment> at =
        read_date_time(text, with_zone ? "timestamp with time zone" : "timestamp", *how.settings);
    if (!at)
        return at.error();
    std::string out;
    if (at->what != moment::kind::normal) {
        put_int64(out, at->what == moment::kind::infinity ? INT64_MAX : INT64_MIN);
        return out;
    }
    std::int64_t days = days_from_civil(at->year, at->month, at->day) - epoch_2000;
    // Checked in days first: the microseconds of a far year do not fit.
    if (days < first_day || days > end_timestamp_day)
        return out_of_range("timestamp", text);
    std::int64_t usecs = days * usecs_per_day + at->usecs;
    if (with_zone)
        usecs -= at->offset * usecs_per_second;
    if (usecs < first_day * usecs_per_day || usecs >= end_timestamp_day * usecs_per_day)
        return out_of_range("timestamp", text);
    put_int64(out, rounded(usecs, how.modifier));
    return out;
}

result timestamp_to_text(std::string_view binary, const context& how) {
    binary_cursor in(binary);
    std::int64_t usecs = in.int64();
    if (!in.finished())
        return bad_length();
    if (usecs == INT64_MAX || usecs == INT64_MIN)
        return usecs == INT64_MAX ? "infinity" : "-infinity";
    if (!how.own &&
        (usecs < first_day * usecs_per_day || usecs >= end_timestamp_day * usecs_per_day))
        return make_error(sqlstate::datetime_field_overflow, "timestamp out of range");
    std::int32_t offset = 0;
    if (how.type == type_oid::timestamptz) {
        const std::int64_t utc = floor_div(usecs, usecs_per_second) + epoch_2000 * seconds_per_day;
        offset = how.settings->zone.offset_at_utc(utc);
        usecs += offset * usecs_per_second;
    }
    const std::int64_t days = floor_div(usecs, usecs_per_day);
    const civil_date civil = civil_from_days(days + epoch_2000);
    std::string out = print_date(civil) + " " + print_clock(usecs - days * usecs_per_day);
    if (how.type == type_oid::timestamptz)
        out += print_offset(offset);
    return out + (civil.year <= 0 ? " BC" : "");
}

}  // namespace

functions date_functions() {
    return {date_to_binary, date_to_text};
}

functions time_functions() {
    return {time_to_binary, time_to_text};
}

functions timestamp_functions() {
    return {timestamp_to_binary, timestamp_to_text};
}

}  // namespace pgduet::protocol::codec
