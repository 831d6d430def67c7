#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/sql_types/sql_error.hpp"

/// Date and time input, first half: text cut into fields, and the words PostgreSQL knows.
namespace pgduet::protocol::codec {

/// What can be wrong with a date, time or interval; each has its SQLSTATE and text.
enum class trouble {
    none,
    bad_format,          ///< 22007 invalid input syntax
    field_overflow,      ///< 22008 date/time field value out of range
    month_day_overflow,  ///< the same, with a hint about datestyle
    zone_overflow,       ///< 22009 time zone displacement out of range
    interval_overflow,   ///< 22015 interval field value out of range
};
sql_error date_time_error(trouble what, std::string_view type, std::string_view text);

/// One field, by its shape alone; `text` is in lower case.
struct date_time_field {
    enum class shape {
        number,   ///< 2024, 12.5, .5
        word,     ///< jan, pm, utc
        date,     ///< 2024-01-02, 1/2/2024, 2-jan-2024, and also europe/berlin
        time,     ///< 12:34:56.7
        zone,     ///< +02, -03:30
        special,  ///< -infinity
    };
    shape kind;
    std::string text;
};

/// Cuts the text; nothing when a character has no place in a date or time.
std::optional<std::vector<date_time_field>> split_date_time(std::string_view text);

/// The meaning of a word in a date or time.
struct date_time_word {
    enum class meaning {
        unknown,
        ignored,    ///< at, on, names of time zone types
        month,      ///< value 1-12
        weekday,    ///< value 0-6
        meridiem,   ///< value 0 am, 1 pm
        era,        ///< value 0 AD, 1 BC
        unit,       ///< y, m, d, ...: the field of the number after it
        iso_time,   ///< t
        julian,     ///< j
        offset,     ///< time zone abbreviation: value is seconds east
        all_balls,  ///< 00:00 UTC
        epoch,
        infinity,
        minus_infinity,
        clock,  ///< now, today, tomorrow, yesterday
    };
    meaning what = meaning::unknown;
    int value = 0;
};
date_time_word find_date_time_word(std::string_view word);

/// Takes the decimal digits (with a sign, if any) at the front; false when there are none.
/// Saturates far outside of every field's range.
bool take_number(std::string_view& rest, std::int64_t& value);
/// Reads `.25`, or a point alone, as microseconds, rounded half to even; the text must be nothing
/// else.
bool read_fraction(std::string_view text, std::int64_t& usecs);

}  // namespace pgduet::protocol::codec
