#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pgduet::protocol::codec {

/// A POSIX TZ rule as in `CET-1CEST,M3.5.0,M10.5.0/3`: what holds after the last transition of a
/// TZif file, and a TimeZone setting of its own. Offsets are kept in seconds east of UTC.
class posix_zone {
public:
    /// Parses the whole text; nothing when it is not such a rule.
    static std::optional<posix_zone> parse(std::string_view text);

    bool has_daylight() const { return has_daylight_; }
    std::int32_t standard_offset() const { return standard_; }
    std::int32_t daylight_offset() const { return daylight_; }

    struct change {
        std::int64_t at;  ///< UTC seconds
        std::int32_t before;
        std::int32_t after;
    };
    /// The two changes of a calendar year, in order of time. Only with daylight time.
    std::array<change, 2> changes(std::int64_t year) const;

private:
    struct rule {
        enum class kind { month_week_day, julian, day_of_year };
        kind how = kind::month_week_day;
        int month = 3;
        int week = 2;
        int day = 0;
        std::int32_t time = 7200;
    };
    struct parser;
    static std::int64_t local_second(const rule& when, std::int64_t year);

    std::int32_t standard_ = 0;
    std::int32_t daylight_ = 0;
    bool has_daylight_ = false;
    // Without explicit dates: the rule of the USA since 2007, PostgreSQL's default.
    rule start_{rule::kind::month_week_day, 3, 2, 0, 7200};
    rule end_{rule::kind::month_week_day, 11, 1, 0, 7200};
};

}  // namespace pgduet::protocol::codec
