#include "proxy/config/units.hpp"

#include <gtest/gtest.h>

namespace pgduet::proxy {
namespace {

using std::chrono::milliseconds;

TEST(Units, Durations) {
    EXPECT_EQ(parse_duration("250ms"), milliseconds{250});
    EXPECT_EQ(parse_duration("10s"), milliseconds{10'000});
    EXPECT_EQ(parse_duration("2 min"), milliseconds{120'000});
    EXPECT_EQ(parse_duration("1h"), milliseconds{3'600'000});
    for (const char* bad : {"",
                            "5",
                            "ms",
                            "-1s",
                            "1.5s",
                            "5 parsecs",
                            "99999999999999999999s",
                            "9223372036854775807s"})
        EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
    EXPECT_EQ(print_duration(milliseconds{1'500}), "1500ms");
    EXPECT_EQ(print_duration(milliseconds{2'000}), "2s");
}

TEST(Units, Sizes) {
    EXPECT_EQ(parse_size("64MiB"), 64u << 20);
    EXPECT_EQ(parse_size("1kB"), 1000u);
    EXPECT_EQ(parse_size("0B"), 0u);
    for (const char* bad : {"", "64", "64M", "1mb", "-1B"})
        EXPECT_EQ(parse_size(bad), std::nullopt) << bad;
}

std::optional<std::string> lookup(const std::string& name) {
    if (name == "A")
        return "x";
    return name == "E" ? std::optional<std::string>{""} : std::nullopt;
}

TEST(Units, Substitution) {
    struct {
        const char* text;
        const char* result;
        const char* error;
    } const cases[] = {
        {"plain $A", "plain $A", ""},
        {"${A}${A}b", "xxb", ""},
        {"${E}", "", ""},
        {"${E:-d}", "d", ""},
        {"${N:-d:-e}", "d:-e", ""},
        {"${N:-}", "", ""},
        {"${N}", "", "environment variable N is not set"},
        {"a${", "a", "\"${\" without \"}\""},
    };
    for (const auto& one : cases) {
        const substitution got = substitute_environment(one.text, lookup);
        EXPECT_EQ(got.text, one.result) << one.text;
        EXPECT_EQ(got.error, one.error) << one.text;
    }
}

TEST(Units, NearestName) {
    EXPECT_EQ(nearest_name("prot", {"address", "port"}), "port");
    EXPECT_EQ(nearest_name("adress", {"address", "port"}), "address");
    EXPECT_EQ(nearest_name("frobnicate", {"address", "port"}), "");
}

}  // namespace
}  // namespace pgduet::proxy
