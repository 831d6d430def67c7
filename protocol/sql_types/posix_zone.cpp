#include "protocol/sql_types/posix_zone.hpp"

#include <algorithm>

#include "protocol/sql_types/calendar.hpp"

namespace pgduet::protocol::codec {

/// Recursive descent over the text; every step answers whether it could.
struct posix_zone::parser {
    std::string_view rest;

    bool take(char c) {
        if (!rest.starts_with(c))
            return false;
        rest.remove_prefix(1);
        return true;
    }

    /// Letters, or anything between angle brackets. May be empty, as PostgreSQL allows.
    bool name() {
        if (take('<')) {
            const std::size_t end = rest.find('>');
            if (end == rest.npos)
                return false;
            rest.remove_prefix(end + 1);
            return true;
        }
        while (!rest.empty() && std::string_view("0123456789,+-").find(rest[0]) == rest.npos)
            rest.remove_prefix(1);
        return true;
    }

    bool number(int& value, int least, int most) {
        if (rest.empty() || rest[0] < '0' || rest[0] > '9')
            return false;
        value = 0;
        while (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') {
            value = value * 10 + (rest[0] - '0');
            if (value > most)
                return false;
            rest.remove_prefix(1);
        }
        return value >= least;
    }

    /// [+-]hh[:mm[:ss]]; hours up to a week, as RFC 8536 extends POSIX.
    bool seconds(std::int32_t& value) {
        const bool negative = take('-');
        if (!negative)
            take('+');
        int hours = 0, minutes = 0, rest_seconds = 0;
        if (!number(hours, 0, 24 * 7 - 1))
            return false;
        if (take(':')) {
            if (!number(minutes, 0, 59))
                return false;
            if (take(':') && !number(rest_seconds, 0, 60))
                return false;
        }
        value = hours * 3600 + minutes * 60 + rest_seconds;
        if (negative)
            value = -value;
        return true;
    }

    bool date(rule& when) {
        if (take('J')) {
            when.how = rule::kind::julian;
            if (!number(when.day, 1, 365))
                return false;
        } else if (take('M')) {
            when.how = rule::kind::month_week_day;
            if (!number(when.month, 1, 12) || !take('.') || !number(when.week, 1, 5) ||
                !take('.') || !number(when.day, 0, 6))
                return false;
        } else {
            when.how = rule::kind::day_of_year;
            if (!number(when.day, 0, 365))
                return false;
        }
        when.time = 7200;
        return !take('/') || seconds(when.time);
    }
};

std::optional<posix_zone> posix_zone::parse(std::string_view text) {
    posix_zone zone;
    parser in{text};
    std::int32_t west = 0;
    if (!in.name() || !in.seconds(west))
        return std::nullopt;
    zone.standard_ = -west;
    if (in.rest.empty())
        return zone;
    zone.has_daylight_ = true;
    zone.daylight_ = zone.standard_ + 3600;
    const std::size_t before = in.rest.size();
    if (!in.name() || in.rest.size() == before)
        return std::nullopt;
    if (!in.rest.empty() && in.rest[0] != ',') {
        if (!in.seconds(west))
            return std::nullopt;
        zone.daylight_ = -west;
    }
    if (in.rest.empty())
        return zone;
    if (!in.take(',') || !in.date(zone.start_) || !in.take(',') || !in.date(zone.end_) ||
        !in.rest.empty())
        return std::nullopt;
    return zone;
}

std::int64_t posix_zone::local_second(const rule& when, std::int64_t year) {
    std::int64_t day = 0;
    switch (when.how) {
        case rule::kind::julian:  // 1-365, the leap day is never counted
            day = days_from_civil(year, 1, 1) + when.day - 1 + (is_leap(year) && when.day >= 60);
            break;
        case rule::kind::day_of_year:
            day = days_from_civil(year, 1, 1) + when.day;
            break;
        case rule::kind::month_week_day: {
            const std::int64_t first = days_from_civil(year, when.month, 1);
            int of_month = (when.day - weekday(first) + 7) % 7 + (when.week - 1) * 7;
            while (of_month >= days_in_month(year, when.month))
                of_month -= 7;
            day = first + of_month;
            break;
        }
    }
    return day * seconds_per_day + when.time;
}

std::array<posix_zone::change, 2> posix_zone::changes(std::int64_t year) const {
    std::array<change, 2> out = {
        change{local_second(start_, year) - standard_, standard_, daylight_},
        change{local_second(end_, year) - daylight_, daylight_, standard_},
    };
    if (out[1].at < out[0].at)
        std::swap(out[0], out[1]);
    return out;
}

}  // namespace pgduet::protocol::codec
