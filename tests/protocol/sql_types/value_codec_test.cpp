#include "protocol/sql_types/value_codec.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace pgduet::protocol {
namespace {

using namespace std::string_literals;

struct text_case {
    oid type;
    std::string in;
    std::string out;
    std::int32_t modifier = -1;
};

class NormaliseText : public testing::TestWithParam<text_case> {};

TEST_P(NormaliseText, PrintsAsPostgresqlDoes) {
    const auto& [type, in, out, modifier] = GetParam();
    const sql_result<std::string> text = normalise_text(type, modifier, in, {});
    ASSERT_TRUE(text) << in << ": " << text.error().message;
    EXPECT_EQ(*text, out);
    // What was printed reads back as itself, and survives the binary format.
    EXPECT_EQ(*normalise_text(type, modifier, *text, {}), out);
    EXPECT_EQ(*binary_to_text(type, *text_to_binary(type, *text, {}), {}), out);
}

const text_case texts[] = {
    {type_oid::int4, " 01", "1"},
    {type_oid::boolean, "yes", "t"},
    {type_oid::boolean, "of", "f"},
    {type_oid::uuid, "{A0EEBC999C0B4EF8BB6D6BB9BD380A11}", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
    {type_oid::timestamp, "2024-1-2T3:04", "2024-01-02 03:04:00"},
    {type_oid::timestamp, "2024-12-31 24:00:00", "2025-01-01 00:00:00"},
    {type_oid::timestamp, "2024-01-02 03:04:05.6785", "2024-01-02 03:04:05.679", 3},
    {type_oid::timestamptz, "2024-01-02 03:04+02", "2024-01-02 01:04:00+00"},
    {type_oid::timestamptz, "2024-07-01 12:00 Europe/Berlin", "2024-07-01 10:00:00+00"},
    {type_oid::date, "March 15, 44 BC", "0044-03-15 BC"},
    {type_oid::date, "infinity", "infinity"},
    {type_oid::time, "24:00", "24:00:00"},
    {type_oid::interval, "1 year -3 days +4:05:06.7", "1 year -3 days +04:05:06.7"},
    {type_oid::interval, "P1Y2M3DT4H5M6S", "1 year 2 mons 3 days 04:05:06"},
    {type_oid::numeric, "0001.500", "1.500"},
    {type_oid::numeric, "1e3", "1000"},
    {type_oid::numeric, "-Infinity", "-Infinity"},
    {type_oid::numeric, "9.995", "10.00", (10 << 16 | 2) + 4},
    {type_oid::float8, "1e15", "1e+15"},
    {type_oid::float8, "100000000000000", "100000000000000"},
    {type_oid::float4, "16777217", "1.6777216e+07"},
    {type_oid::varchar, "abc   ", "abc", 7},
    {type_oid::bpchar, "a", "a    ", 9},
    {type_oid::name, std::string(62, 'a') + "é", std::string(62, 'a')},
    {type_oid::bytea, "\\xDEAD be", "\\xdeadbe"},
    {type_oid::bytea, "a\\\\\\001", "\\x615c01"},
    {type_oid::jsonb, R"({"bb":1, "a":1.50,"a":[1e2,null]})", R"({"a": [100, null], "bb": 1})"},
    {type_oid::json, R"({"b":1,  "a":2})", R"({"b":1,  "a":2})"},
    {type_oid::int4_array, "{ 1 , NULL,03}", "{1,NULL,3}"},
    {type_oid::int4_array, "[0:1][2:2]={{1},{2}}", "[0:1][2:2]={{1},{2}}"},
    {type_oid::text_array, R"({a b,"c,d",""})", R"({"a b","c,d",""})"},
    {type_oid::unknown, "anything", "anything"},
};
INSTANTIATE_TEST_SUITE_P(ValueCodec, NormaliseText, testing::ValuesIn(texts));

struct error_case {
    oid type;
    std::string in;
    const char* sqlstate;
    const char* message;
    std::int32_t modifier = -1;
};

class RefuseText : public testing::TestWithParam<error_case> {};

TEST_P(RefuseText, WithPostgresqlsWords) {
    const auto& [type, in, sqlstate, message, modifier] = GetParam();
    const sql_result<std::string> text = normalise_text(type, modifier, in, {});
    ASSERT_FALSE(text) << *text;
    EXPECT_EQ(text.error().sqlstate, sqlstate);
    EXPECT_EQ(text.error().message, message);
}

const error_case errors[] = {
    {type_oid::int4, "abc", "22P02", "invalid input syntax for type integer: \"abc\""},
    {type_oid::int4,
     "2147483648",
     "22003",
     "value \"2147483648\" is out of range for type integer"},
    {type_oid::varchar, "abcd", "22001", "value too long for type character varying(3)", 7},
    {type_oid::bpchar, "abcd", "22001", "value too long for type character(3)", 7},
    {type_oid::numeric, "1000", "22003", "numeric field overflow", (5 << 16 | 2) + 4},
    {type_oid::date, "2024-13-01", "22008", "date/time field value out of range: \"2024-13-01\""},
    {type_oid::timestamp, "x", "22007", "invalid input syntax for type timestamp: \"x\""},
    {type_oid::timestamptz, "now", "0A000", "date/time input \"now\" needs a clock"},
    {type_oid::text, "a\xff", "22021", "invalid byte sequence for encoding \"UTF8\": 0xff"},
    {type_oid::text, "a\0b"s, "22021", "invalid byte sequence for encoding \"UTF8\": 0x00"},
    {type_oid::int4, "1\0"s, "22021", "invalid byte sequence for encoding \"UTF8\": 0x00"},
    {type_oid::json, "{", "22P02", "invalid input syntax for type json"},
    {type_oid::jsonb, R"("\u0000")", "22P05", "unsupported Unicode escape sequence"},
    {type_oid::int4_array, "{1", "22P02", "malformed array literal: \"{1\""},
    {99'999, "x", "0A000", "no conversion for type with OID 99999"},
};
INSTANTIATE_TEST_SUITE_P(ValueCodec, RefuseText, testing::ValuesIn(errors));

TEST(ValueCodec, JsonTooDeepIsAnErrorNotACrash) {
    const std::string deep(1'000'000, '[');
    EXPECT_EQ(normalise_text(type_oid::jsonb, -1, deep, {}).error().sqlstate, "54001");
}

/// Binary values with every shorter prefix and one byte more; from a heap block of exact size, so
/// that a sanitizer sees any byte read beyond.
TEST(ValueCodec, BinaryOfAWrongLengthIsRefused) {
    const std::pair<oid, const char*> values[] = {
        {type_oid::boolean, "t"},
        {type_oid::int2, "1"},
        {type_oid::int4, "1"},
        {type_oid::int8, "1"},
        {type_oid::oid_, "1"},
        {type_oid::float4, "1.5"},
        {type_oid::float8, "1.5"},
        {type_oid::numeric, "12345.678"},
        {type_oid::date, "2024-01-02"},
        {type_oid::time, "10:00"},
        {type_oid::timetz, "10:00+02"},
        {type_oid::timestamp, "2024-01-02 10:00"},
        {type_oid::timestamptz, "2024-01-02 10:00"},
        {type_oid::interval, "1 day"},
        {type_oid::uuid, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
        {type_oid::int4_array, "{1,NULL,3}"},
    };
    for (const auto& [type, text] : values) {
        const std::string whole = *text_to_binary(type, text, {});
        for (std::size_t size = 0; size <= whole.size() + 1; ++size) {
            if (size == whole.size())
                continue;
            const std::string padded = whole + "x";
            const std::vector<char> exact(padded.begin(),
                                          padded.begin() + static_cast<std::ptrdiff_t>(size));
            const sql_result<std::string> out =
                binary_to_text(type, std::string_view(exact.data(), exact.size()), {});
            ASSERT_FALSE(out) << find_type(type)->name << " of " << size << " bytes";
            EXPECT_EQ(out.error().sqlstate, "22P03");
        }
    }
}

TEST(ValueCodec, BinaryWithFieldsThatCannotBeIsRefused) {
    const auto state = [](oid type, const std::string& bytes) {
        const sql_result<std::string> out = binary_to_text(type, bytes, {});
        return out ? "accepted" : out.error().sqlstate;
    };
    EXPECT_EQ(state(type_oid::numeric, "\0\1\0\0\0\0\0\0\x27\x10"s), "22P03");  // digit 10000
    EXPECT_EQ(state(type_oid::numeric, "\0\0\0\0\x12\x34\0\0"s), "22P03");      // sign
    EXPECT_EQ(state(type_oid::int4_array, "\0\0\0\x7\0\0\0\0\0\0\0\x17"s), "22P03");
    EXPECT_EQ(state(type_oid::int4_array, "\0\0\0\1\0\0\0\0\0\0\0\x17\x07\xff\xff\xff\0\0\0\1"s),
              "22P03");  // a count that the bytes cannot hold
    EXPECT_EQ(state(type_oid::int4_array, "\0\0\0\0\0\0\0\0\0\0\0\x19"s), "42804");
    EXPECT_EQ(state(type_oid::text, "\xff"), "22021");
    EXPECT_EQ(state(type_oid::time, "\x7f\0\0\0\0\0\0\0"s), "22008");
}

TEST(PrintFloat, ShortestInPostgresqlsNotation) {
    EXPECT_EQ(print_float8(0.1), "0.1");
    EXPECT_EQ(print_float8(-0.0), "-0");
    EXPECT_EQ(print_float8(1e15), "1e+15");
    EXPECT_EQ(print_float8(1e-5), "1e-05");
    EXPECT_EQ(print_float8(123456.789), "123456.789");
    EXPECT_EQ(print_float8(std::numeric_limits<double>::denorm_min()), "5e-324");
    EXPECT_EQ(print_float8(std::numeric_limits<double>::infinity()), "Infinity");
    EXPECT_EQ(print_float8(std::numeric_limits<double>::quiet_NaN()), "NaN");
    EXPECT_EQ(print_float4(0.1F), "0.1");
    EXPECT_EQ(print_float4(1e6F), "1e+06");
    EXPECT_EQ(print_float4(3.4028235e38F), "3.4028235e+38");
}

}  // namespace
}  // namespace pgduet::protocol
