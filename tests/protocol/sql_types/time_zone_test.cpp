#include "protocol/sql_types/time_zone.hpp"

#include <gtest/gtest.h>

#include "protocol/sql_types/calendar.hpp"

namespace pgduet::protocol {
namespace {

constexpr std::int64_t at(std::int64_t year, int month, int day, int hour, int minute = 0) {
    return codec::days_from_civil(year, month, day) * 86'400 + hour * 3600 + minute * 60;
}

struct local_case {
    const char* zone;
    std::int64_t local;
    std::int32_t offset;
};

class OffsetAtLocal : public testing::TestWithParam<local_case> {};

TEST_P(OffsetAtLocal, IsPostgresqlsChoice) {
    const sql_result<time_zone> zone = time_zone::parse(GetParam().zone);
    ASSERT_TRUE(zone) << GetParam().zone;
    EXPECT_EQ(zone->offset_at_local(GetParam().local), GetParam().offset) << GetParam().zone;
}

const local_case locals[] = {
    {"UTC", at(2024, 1, 1, 0), 0},
    {"Europe/Berlin", at(2024, 1, 1, 0), 3600},
    {"Europe/Berlin", at(2024, 7, 1, 0), 7200},
    {"Europe/Berlin", at(2024, 3, 31, 2, 30), 3600},   // skipped: as before the change
    {"Europe/Berlin", at(2024, 10, 27, 2, 30), 3600},  // twice: as after the change
    {"Europe/Berlin", at(2200, 7, 1, 0), 7200},        // beyond the file: its rule
    {"Europe/Berlin", at(1800, 1, 1, 0), 3208},        // before it: local mean time
    {"america/new_york", at(2024, 3, 10, 2, 30), -18'000},
    {"Asia/Kathmandu", at(2024, 1, 1, 0), 20'700},
    {"+02", at(2024, 1, 1, 0), 7200},
    {"<+02>-02", at(2024, 1, 1, 0), 7200},
    {"EST5EDT,M3.2.0,M11.1.0", at(2024, 7, 1, 0), -14'400},
};
INSTANTIATE_TEST_SUITE_P(TimeZone, OffsetAtLocal, testing::ValuesIn(locals));

TEST(TimeZone, ChangesExactlyAtTheTransition) {
    const time_zone berlin = *time_zone::parse("Europe/Berlin");
    EXPECT_EQ(berlin.offset_at_utc(at(2024, 3, 31, 1) - 1), 3600);
    EXPECT_EQ(berlin.offset_at_utc(at(2024, 3, 31, 1)), 7200);
    EXPECT_EQ(berlin.offset_at_utc(at(2150, 3, 29, 1) - 1), 3600);
    EXPECT_EQ(berlin.offset_at_utc(at(2150, 3, 29, 1)), 7200);
}

TEST(TimeZone, NamesAreShownAsTheDatabaseSpellsThem) {
    EXPECT_EQ(time_zone::parse("utc")->name(), "UTC");
    EXPECT_EQ(time_zone::parse("europe/BERLIN")->name(), "Europe/Berlin");
    EXPECT_EQ(time_zone::parse("+02")->name(), "<+02>-02");
    EXPECT_EQ(time_zone::parse("-3.5")->name(), "<-03:30>+03:30");
}

TEST(TimeZone, RefusesWhatIsNoZone) {
    for (const char* name :
         {"Mars/Base", "", "../etc/passwd", "/etc/localtime", "Europe", "+200"}) {
        const sql_result<time_zone> zone = time_zone::parse(name);
        ASSERT_FALSE(zone) << name;
        EXPECT_EQ(zone.error().sqlstate, "22023");
        EXPECT_EQ(zone.error().message,
                  "invalid value for parameter \"TimeZone\": \"" + std::string(name) + "\"");
    }
}

}  // namespace
}  // namespace pgduet::protocol
