#include "proxy/auth/users.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgduet::proxy {
namespace {

TEST(Users, ReadsNamesAndSecrets) {
    const auto loaded = user_table::parse(
        "# people\n"
        "\n"
        "; more\n"
        "\"alice\" \"SCRAM-SHA-256$4096:c2FsdA==$a:b\"\n"
        "  \"bo\"\"b\"\t\"pa ss\"  \r\n"
        "\"empty\" \"\"",
        "u");
    EXPECT_THAT(loaded.problems, testing::IsEmpty());
    ASSERT_EQ(loaded.users.size(), 3u);
    EXPECT_EQ(*loaded.users.find("alice"), "SCRAM-SHA-256$4096:c2FsdA==$a:b");
    EXPECT_EQ(*loaded.users.find("bo\"b"), "pa ss");
    EXPECT_EQ(*loaded.users.find("empty"), "");
    EXPECT_EQ(loaded.users.find("carol"), nullptr);
}

TEST(Users, NamesBadLines) {
    struct {
        const char* line;
        const char* problem;
    } const cases[] = {
        {"alice secret", "u:1: must be written \"name\" \"secret\""},
        {"\"alice\"", "u:1: must be written \"name\" \"secret\""},
        {"\"alice\" \"open", "u:1: must be written \"name\" \"secret\""},
        {"\"alice\" \"a\" \"b\"", "u:1: must be written \"name\" \"secret\""},
        {"\"a\" \"x\"\n\"a\" \"y\"", "u:2: user \"a\" is there twice"},
    };
    for (const auto& one : cases)
        EXPECT_THAT(user_table::parse(one.line, "u").problems, testing::ElementsAre(one.problem))
            << one.line;
}

TEST(Users, MissingFileIsNamed) {
    const auto loaded = user_table::load("/nonexistent/users.txt");
    ASSERT_EQ(loaded.problems.size(), 1u);
    EXPECT_EQ(loaded.problems[0].rfind("users.txt: cannot be read", 0), 0u);
}

}  // namespace
}  // namespace pgduet::proxy
