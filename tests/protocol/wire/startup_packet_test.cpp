#include "protocol/frontend/startup.hpp"
#include "protocol/trace.hpp"
#include "tests/protocol/wire/codec_harness.hpp"

namespace pgduet::protocol {
// The harness prints what it compares.
std::ostream& operator<<(std::ostream& out, const startup_packet& packet) {
    return out << trace(packet);
}
}  // namespace pgduet::protocol

namespace pgduet::protocol::testing_ {
namespace {

using namespace std::string_view_literals;
using row = codec_case<startup_packet>;

const row rows[] = {
    {"Startup",
     0,
     "\0\3\0\0user\0alice\0database\0shop\0\0"sv,
     startup_message{protocol_3_0, {{"user", "alice"}, {"database", "shop"}}}},
    {"StartupNoParameters", 0, "\0\3\0\0\0"sv, startup_message{}},
    {"StartupMinor", 0, "\0\3\0\2\0"sv, startup_message{protocol_3_0 | 2, {}}},
    {"StartupEmptyValue", 0, "\0\3\0\0user\0\0\0"sv, startup_message{protocol_3_0, {{"user", ""}}}},
    {"StartupUnterminated", 0, "\0\3\0\0user\0alice\0"sv, errc::truncated},
    {"StartupTrailing", 0, "\0\3\0\0\0x"sv, errc::trailing_bytes},
    {"SslRequest", 0, "\x04\xd2\x16\x2f"sv, ssl_request{}},
    {"SslRequestLong", 0, "\x04\xd2\x16\x2fx"sv, errc::trailing_bytes},
    {"GssencRequest", 0, "\x04\xd2\x16\x30"sv, gssenc_request{}},
    {"CancelRequest",
     0,
     "\x04\xd2\x16\x2e\0\0\0\7\1\2\3\4"sv,
     cancel_request{7, "\1\2\3\4"},
     extent::open},
    {"CancelRequestShort", 0, "\x04\xd2\x16\x2e\0\0\0\7\1\2\3"sv, errc::truncated},
    {"TooShort", 0, "\0\3\0"sv, errc::truncated},
};

class StartupDecode : public ::testing::TestWithParam<row> {};

TEST_P(StartupDecode, Row) {
    check_codec(
        GetParam(),
        framing::startup,
        [](char, std::string_view body) { return decode_startup(body); },
        [](byte_writer& out, const startup_packet& packet) {
            std::visit([&out](const auto& one) { one.encode(out); }, packet);
        });
}

INSTANTIATE_TEST_SUITE_P(Wire, StartupDecode, ::testing::ValuesIn(rows), case_name);

TEST(StartupDecode, ForeignMajorVersionIsNotReadFurther) {
    const auto packet = decode_startup("\0\2\0\0whatever"sv);
    ASSERT_TRUE(packet);
    EXPECT_EQ(std::get<startup_message>(*packet), (startup_message{2 << 16, {}}));
}

TEST(StartupDecode, CancelSecretIsBounded) {
    const std::string body = std::string("\x04\xd2\x16\x2e\0\0\0\7"sv) + std::string(257, 'x');
    const auto packet = decode_startup(body);
    ASSERT_FALSE(packet);
    EXPECT_EQ(packet.error(), errc::bad_length);
}

}  // namespace
}  // namespace pgduet::protocol::testing_
