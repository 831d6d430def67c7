#include "shadow/compare/canonical.hpp"

#include <gtest/gtest.h>

#include "tests/shadow/compare/outcomes.hpp"

namespace pgduet::compare::test {
namespace {

struct pair_case {
    const char* name;
    oid a_type;
    std::string a;
    oid b_type;
    std::string b;
    bool equal;
};

class Canonical : public testing::TestWithParam<pair_case> {};

/// Each value is given in text, and where it can be read also in binary.
TEST_P(Canonical, EqualExactlyWhenTheValuesAre) {
    const pair_case& given = GetParam();
    ASSERT_TRUE(alike(given.a_type, given.b_type));
    const protocol::value_settings settings;
    const auto forms = [&](oid type, const std::string& text) {
        std::vector<std::string> out = {canonical(type, format::text, text, settings)};
        if (const auto binary = protocol::text_to_binary(type, text, settings))
            out.push_back(canonical(type, format::binary, *binary, settings));
        return out;
    };
    for (const std::string& a : forms(given.a_type, given.a))
        for (const std::string& b : forms(given.b_type, given.b))
            EXPECT_EQ(a == b, given.equal) << a << " and " << b;
}

const pair_case pairs[] = {
    {"int_widths", type_oid::int2, "7", type_oid::int8, "7", true},
    {"int_values", type_oid::int4, "7", type_oid::int8, "8", false},
    {"varchar_text", type_oid::varchar, "a", type_oid::text, "a", true},
    {"text_is_exact", type_oid::text, "a", type_oid::text, "a ", false},
    {"float_widths", type_oid::float4, "0.1", type_oid::float8, "0.1", true},
    {"float_sign_of_zero", type_oid::float8, "0", type_oid::float8, "-0", false},
    {"float_nan", type_oid::float8, "NaN", type_oid::float8, "NaN", true},
    {"float_spelling", type_oid::float8, "1e3", type_oid::float8, "1000", true},
    {"numeric_scale", type_oid::numeric, "1.50", type_oid::numeric, "1.5", true},
    {"numeric_whole", type_oid::numeric, "100.00", type_oid::numeric, "100", true},
    {"numeric_hundred", type_oid::numeric, "100", type_oid::numeric, "1", false},
    {"numeric_value", type_oid::numeric, "1.50", type_oid::numeric, "1.51", false},
    {"instants",
     type_oid::timestamptz,
     "2024-01-01 10:00+02",
     type_oid::timestamptz,
     "2024-01-01 08:00+00",
     true},
    {"uuid_case",
     type_oid::uuid,
     "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
     type_oid::uuid,
     "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
     true},
    {"bool", type_oid::boolean, "t", type_oid::boolean, "true", true},
    {"json_jsonb",
     type_oid::json,
     R"({"b":1,"a":2})",
     type_oid::jsonb,
     R"({"a": 2, "b": 1})",
     true},
    {"json_value", type_oid::json, "[1]", type_oid::jsonb, "[2]", false},
    {"bytea", type_oid::bytea, "\\x6162", type_oid::bytea, "ab", true},
    {"int_arrays", type_oid::int4_array, "{1,NULL}", type_oid::int8_array, "{1,NULL}", true},
    {"numeric_arrays",
     type_oid::numeric_array,
     "{1.0,2}",
     type_oid::numeric_array,
     "{1,2.00}",
     true},
    {"null_and_text", type_oid::text_array, "{NULL}", type_oid::text_array, "{\"NULL\"}", false},
    {"unreadable", type_oid::int4, "x", type_oid::int4, "y", false},
    {"unreadable_alike", type_oid::int4, "x", type_oid::int4, "x", true},
};
INSTANTIATE_TEST_SUITE_P(Values, Canonical, testing::ValuesIn(pairs), [](const auto& one) {
    return one.param.name;
});

TEST(Alike, OnlyWithinAFamily) {
    EXPECT_TRUE(alike(type_oid::int2, type_oid::int8));
    EXPECT_TRUE(alike(type_oid::bpchar, type_oid::name));
    EXPECT_TRUE(alike(type_oid::int4_array, type_oid::int8_array));
    EXPECT_FALSE(alike(type_oid::numeric, type_oid::int4));
    EXPECT_FALSE(alike(type_oid::numeric, type_oid::float8));
    EXPECT_FALSE(alike(type_oid::timestamp, type_oid::timestamptz));
    EXPECT_FALSE(alike(type_oid::uuid, type_oid::text));
    EXPECT_FALSE(alike(type_oid::int4_array, type_oid::int4));
    EXPECT_TRUE(alike(99'999, 99'999)) << "a type without a codec is alike itself";
}

}  // namespace
}  // namespace pgduet::compare::test
