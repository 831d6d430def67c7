#include "protocol/trace.hpp"

#include <gtest/gtest.h>

namespace pgduet::protocol {
namespace {

using namespace std::string_view_literals;

TEST(Trace, OneLineWithoutSecretsOrValues) {
    const bind with_value{"", "s1", {format::binary}, {"hush"sv, std::nullopt}, {}};
    EXPECT_EQ(trace(frontend_message{with_value}),
              "> Bind portal=\"\" statement=\"s1\" parameters=2 formats=[binary]");
    EXPECT_EQ(trace(frontend_message{with_value}, {.values = true}),
              "> Bind portal=\"\" statement=\"s1\" parameters=2 formats=[binary] "
              "values=[\"hush\",NULL]");
    EXPECT_EQ(trace(frontend_message{query{"SELECT '\n\x01'"}}),
              "> Query text=\"SELECT '\\n\\x01'\"");
    EXPECT_EQ(trace(backend_message{data_row{{"hush"sv}}}), "< DataRow fields=1");
    EXPECT_EQ(trace(backend_message{data_row{{"x"sv}}}, {.values = true}),
              "< DataRow fields=1 values=[\"x\"]");
    EXPECT_EQ(trace(backend_message{copy_data{"hush"}}), "< CopyData bytes=4");
    EXPECT_EQ(trace(startup_packet{startup_message{protocol_3_0 | 2, {{"user", "a"}}}}),
              "> StartupMessage version=3.2 user=\"a\"");
}

TEST(Trace, SecretsAreNeverPrinted) {
    const std::string lines[] = {
        trace(frontend_message{password_data{"hush"}}, {.values = true}),
        trace(backend_message{backend_key_data{1, "hush"}}, {.values = true}),
        trace(backend_message{authentication{authentication::request::sasl_final, "hush", {}}},
              {.values = true}),
        trace(backend_message{authentication{authentication::request::sasl_continue, "hush", {}}},
              {.values = true}),
        trace(startup_packet{cancel_request{1, "hush"}}),
    };
    for (const std::string& line : lines) {
        EXPECT_EQ(line.find("hush"), std::string::npos) << line;
        EXPECT_GT(line.size(), 8u);
    }
}

TEST(Trace, TextIsBounded) {
    const std::string text(10'000, 'x');
    EXPECT_LT(trace(frontend_message{query{text}}).size(), 300u);
}

}  // namespace
}  // namespace pgduet::protocol
