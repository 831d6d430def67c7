#pragma once

#include <cstdint>
#include <string>

/// The proleptic Gregorian calendar with astronomical years (0 is 1 BC), and civil time.
namespace pgduet::protocol::codec {

inline constexpr std::int64_t seconds_per_day = 86'400;
inline constexpr std::int64_t usecs_per_second = 1'000'000;
inline constexpr std::int64_t usecs_per_day = seconds_per_day * usecs_per_second;
/// 2000-01-01, PostgreSQL's epoch, in days after 1970-01-01.
inline constexpr std::int64_t epoch_2000 = 10'957;

struct civil_date {
    std::int64_t year;
    int month;  ///< 1-12
    int day;    ///< 1-31
};

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}

constexpr bool is_leap(std::int64_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr int days_in_month(std::int64_t year, int month) {
    constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/// Days after 1970-01-01. Counts years from March, so that the leap day is a year's last.
constexpr std::int64_t days_from_civil(std::int64_t year, int month, int day) {
    if (month <= 2)
        --year;
    const std::int64_t era = floor_div(year, 400);
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const std::int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146'097 + day_of_era - 719'468;
}

constexpr civil_date civil_from_days(std::int64_t days) {
    days += 719'468;
    const std::int64_t era = floor_div(days, 146'097);
    const std::int64_t doe = days - era * 146'097;
    const std::int64_t yoe = (doe - doe / 1460 + doe / 36'524 - doe / 146'096) / 365;
    const std::int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const std::int64_t shifted = (5 * doy + 2) / 153;
    const int day = static_cast<int>(doy - (153 * shifted + 2) / 5 + 1);
    const int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
    return {yoe + era * 400 + (month <= 2), month, day};
}

/// 0 is Sunday.
constexpr int weekday(std::int64_t days) {
    return static_cast<int>(((days + 4) % 7 + 7) % 7);
}

/// `+02`, `-03:30`, `+00:53:28`: an offset in seconds east of UTC as timestamptz prints it.
inline std::string print_offset(std::int32_t seconds) {
    std::string out(1, seconds < 0 ? '-' : '+');
    const std::int32_t size = seconds < 0 ? -seconds : seconds;
    const auto two = [&](std::int32_t n) {
        out.push_back(static_cast<char>('0' + n / 10));
        out.push_back(static_cast<char>('0' + n % 10));
    };
    two(size / 3600);
    if (size % 3600 != 0) {
        out.push_back(':');
        two(size / 60 % 60);
    }
    if (size % 60 != 0) {
        out.push_back(':');
        two(size % 60);
    }
    return out;
}

}  // namespace pgduet::protocol::codec
