#include "protocol/frontend_message.hpp"

#include "tests/protocol/wire/codec_harness.hpp"

namespace pgduet::protocol::testing_ {
namespace {

using namespace std::string_view_literals;
using row = codec_case<frontend_message>;

const row rows[] = {
    {"Query", 'Q', "SELECT 1\0"sv, query{"SELECT 1"}},
    {"QueryEmpty", 'Q', "\0"sv, query{""}},
    {"QueryUnterminated", 'Q', "SELECT 1"sv, errc::truncated},
    {"QueryNulInside", 'Q', "SELECT\0 1\0"sv, errc::trailing_bytes},
    {"Parse", 'P', "s1\0SELECT $1\0\0\2\0\0\0\x17\0\0\0\0"sv, parse{"s1", "SELECT $1", {23, 0}}},
    {"ParseUnnamed", 'P', "\0\0\0\0"sv, parse{"", "", {}}},
    {"ParseCountTooLarge", 'P', "\0\0\xff\xff\0\0\0\x17"sv, errc::truncated},
    {"ParseWithoutCount", 'P', "s1\0SELECT 1\0"sv, errc::truncated},
    {"Bind",
     'B',
     "p\0s\0\0\1\0\1\0\3\0\0\0\2ab\xff\xff\xff\xff\0\0\0\0\0\2\0\0\0\1"sv,
     bind{
         "p", "s", {format::binary}, {"ab"sv, std::nullopt, ""sv}, {format::text, format::binary}}},
    {"BindEmpty", 'B', "\0\0\0\0\0\0\0\0"sv, bind{}},
    {"BindUnknownFormat",
     'B',
     "\0\0\0\1\0\7\0\0\0\0"sv,
     bind{"", "", {static_cast<format>(7)}, {}, {}}},
    {"BindNegativeSize", 'B', "\0\0\0\0\0\1\xff\xff\xff\xfe\0\0"sv, errc::bad_length},
    {"BindSizeBeyondEnd", 'B', "\0\0\0\0\0\1\x7f\xff\xff\xff\0\0"sv, errc::truncated},
    {"BindCountBeyondEnd", 'B', "\0\0\0\0\xff\xff\0\0"sv, errc::truncated},
    {"DescribeStatement", 'D', "Ss1\0"sv, describe{describe::target::statement, "s1"}},
    {"DescribePortal", 'D', "P\0"sv, describe{describe::target::portal, ""}},
    {"DescribeOther", 'D', "Xs1\0"sv, errc::bad_field},
    {"DescribeUnterminated", 'D', "Sab"sv, errc::truncated},
    {"DescribeLeftOver", 'D', "S\0x"sv, errc::trailing_bytes},
    {"CloseStatement", 'C', "Ss1\0"sv, close{close::target::statement, "s1"}},
    {"ClosePortal", 'C', "Pp\0"sv, close{close::target::portal, "p"}},
    {"CloseOther", 'C', "\0s1\0"sv, errc::bad_field},
    {"Execute", 'E', "p\0\0\0\0\x0a"sv, execute{"p", 10}},
    {"ExecuteNegative", 'E', "\0\xff\xff\xff\xff"sv, execute{"", -1}},
    {"ExecuteEmpty", 'E', ""sv, errc::truncated},
    {"Sync", 'S', ""sv, sync{}},
    {"Flush", 'H', ""sv, flush{}},
    {"Terminate", 'X', ""sv, terminate{}},
    {"SyncLong", 'S', "x"sv, errc::trailing_bytes},
    {"CopyData", 'd', "1\t2\n"sv, copy_data{"1\t2\n"}, extent::open},
    {"CopyDataNul", 'd', "\0\xff"sv, copy_data{"\0\xff"sv}, extent::open},
    {"CopyDataEmpty", 'd', ""sv, copy_data{""}, extent::open},
    {"CopyDone", 'c', ""sv, copy_done{}},
    {"CopyFail", 'f', "no more\0"sv, copy_fail{"no more"}},
    {"FunctionCall",
     'F',
     "\0\0\1\0\0\1\0\1\0\2\0\0\0\1x\xff\xff\xff\xff\0\1"sv,
     function_call{256, {format::binary}, {"x"sv, std::nullopt}, format::binary}},
    {"FunctionCallShort", 'F', "\0\0\1\0\0\1"sv, errc::truncated},
    {"PasswordData", 'p', "anything"sv, password_data{"anything"}, extent::open},
    {"Unknown", '!', ""sv, errc::unknown_message},
    {"BackendTag", 'Z', "I"sv, errc::unknown_message},
};

class FrontendDecode : public ::testing::TestWithParam<row> {};

TEST_P(FrontendDecode, Row) {
    check_codec(GetParam(), framing::frontend, decode_frontend, [](auto& out, const auto& one) {
        encode(out, one);
    });
}

INSTANTIATE_TEST_SUITE_P(Wire, FrontendDecode, ::testing::ValuesIn(rows), case_name);

/// The three messages behind tag 'p': which one it is follows from the conversation.
template <class Message>
void check_password(const codec_case<Message>& one) {
    check_codec(
        one,
        framing::frontend,
        [](char, std::string_view body) { return Message::decode(byte_reader(body)); },
        [](byte_writer& out, const Message& message) { message.encode(out); });
}

TEST(PasswordMessages, Rows) {
    check_password<password_message>({"", 'p', "secret\0"sv, password_message{"secret"}});
    check_password<password_message>({"", 'p', "secret"sv, errc::truncated});
    check_password<sasl_initial_response>(
        {"", 'p', "SCRAM-SHA-256\0\0\0\0\3n,,"sv, sasl_initial_response{"SCRAM-SHA-256", "n,,"sv}});
    check_password<sasl_initial_response>(
        {"", 'p', "X\0\xff\xff\xff\xff"sv, sasl_initial_response{"X", std::nullopt}});
    check_password<sasl_initial_response>({"", 'p', "X\0\0\0\0\4n,,"sv, errc::truncated});
    check_password<sasl_initial_response>({"", 'p', "X\0\x80\0\0\0"sv, errc::bad_length});
    check_password<sasl_response>({"", 'p', "c=biws"sv, sasl_response{"c=biws"}, extent::open});
}

}  // namespace
}  // namespace pgduet::protocol::testing_
