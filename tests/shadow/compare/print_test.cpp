#include <gtest/gtest.h>

#include "shadow/compare/compare.hpp"
#include "tests/shadow/compare/outcomes.hpp"

namespace pgduet::compare::test {
namespace {

TEST(Print, AlignsATable) {
    const outcome rows = make_rows(
        {make_column("id", type_oid::int4, format::binary), make_column("näme", type_oid::text)},
        {{std::string("\0\0\0\7", 4), "é"}, {std::string("\0\0\1\0", 4), std::nullopt}});
    EXPECT_EQ(print(rows, 1000, {}),
              " id  | näme\n"
              "-----+------\n"
              " 7   | é\n"
              " 256 | NULL\n"
              "(2 rows)\n"
              "SELECT 2");
}

TEST(Print, TagsErrorsAndNothing) {
    EXPECT_EQ(print(make_tag("UPDATE 3"), 100, {}), "UPDATE 3");
    EXPECT_EQ(print(make_tag(""), 100, {}), "(no statement)");
    outcome failed = make_failure("23505", "duplicate key");
    failed.error->detail = "Key (id)=(1) already exists.";
    failed.error->constraint = "t_pkey";
    EXPECT_EQ(
        print(failed, 1000, {}),
        "ERROR 23505: duplicate key\nDETAIL: Key (id)=(1) already exists.\nCONSTRAINT: t_pkey");
}

TEST(Print, IsBoundedAndNeverCutsACharacter) {
    std::vector<std::vector<cell>> many(1000, {std::string(500, 'x') + "\n"});
    const outcome rows = make_rows({make_column("ä", type_oid::text)}, many);
    const std::string whole = print(rows, 100'000, {});
    EXPECT_NE(whole.find("(1000 rows, the first 20 shown)"), whole.npos);
    EXPECT_LT(whole.size(), 2000U);
    for (std::size_t size = 0; size < 60; ++size) {
        const std::string cut = print(make_failure("22021", "äöüäöüäöüäöüäöüäöüäöüäöü"), size, {});
        EXPECT_LE(cut.size(), size);
        EXPECT_TRUE(protocol::normalise_text(type_oid::text, -1, cut, {})) << cut;
    }
}

}  // namespace
}  // namespace pgduet::compare::test
