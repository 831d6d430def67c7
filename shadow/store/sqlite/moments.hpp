#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/sql_types/calendar.hpp"
#include "protocol/sql_types/interval_input.hpp"
#include "shadow/store/sqlite/function_tools.hpp"

/// Stored dates, times and intervals as numbers, and back. Microseconds count from 1970.
namespace pgduet::store::sqlite::functions {

using protocol::codec::span;

/// date (midnight), time, timestamp, timestamptz to microseconds; infinities are the extremes.
sql_result<std::int64_t> read_usecs(std::string_view text, oid type);
/// The other way; stored form, so timestamptz in UTC. 22008 when out of range.
sql_result<std::string> print_usecs(std::int64_t usecs, oid type);
bool is_infinite(std::int64_t usecs);

sql_result<span> read_span(std::string_view text);
std::string print_span(const span& value);

/// Local wall-clock microseconds of a UTC moment in a zone, and back.
std::int64_t to_local(std::int64_t utc, const protocol::time_zone& zone);
std::int64_t from_local(std::int64_t local, const protocol::time_zone& zone);

/// Adds an interval to a wall-clock moment: months (clipped to the month's end), days, time.
std::int64_t add_span(std::int64_t usecs, const span& by, int sign);

/// A wall-clock moment taken apart.
struct civil {
    std::int64_t days;  ///< since 1970
    protocol::codec::civil_date date;
    std::int64_t clock;  ///< microseconds of the day
};
civil take_apart(std::int64_t usecs);
std::int64_t put_together(std::int64_t year, int month, int day, std::int64_t clock);

struct iso_week {
    std::int64_t year;
    int week;
};
iso_week week_of(std::int64_t days);

}  // namespace pgduet::store::sqlite::functions
