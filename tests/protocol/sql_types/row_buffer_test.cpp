#include "protocol/sql_types/row_buffer.hpp"

#include <gtest/gtest.h>

namespace pgduet::protocol {
namespace {

const std::vector<cell> row_a = {"1", std::nullopt, ""};
const std::vector<cell> row_b = {"2", "x", "yy"};

TEST(RowBuffer, KeepsFieldsNullsAndOrder) {
    row_buffer rows;
    rows.add(row_a);
    rows.add(row_b);
    ASSERT_EQ(rows.rows().size(), 2U);
    EXPECT_EQ(row_buffer::fields(rows.rows()[0]), row_a);
    EXPECT_EQ(row_buffer::fields(rows.rows()[1]), row_b);
    EXPECT_EQ(rows.count(), 2U);
    EXPECT_TRUE(rows.complete());
}

TEST(RowBuffer, LayoutIsThatOfDataRow) {
    row_buffer rows;
    rows.add(std::vector<cell>{"ab", std::nullopt});
    EXPECT_EQ(rows.bytes(), std::string("\0\0\0\x0c\0\2\0\0\0\2ab\xff\xff\xff\xff", 16));
}

TEST(RowBuffer, OneDigestIgnoresOrderTheOtherDoesNot) {
    row_buffer one, other;
    one.add(row_a);
    one.add(row_b);
    other.add(row_b);
    other.add(row_a);
    EXPECT_EQ(one.digest(), other.digest());
    EXPECT_NE(one.ordered_digest(), other.ordered_digest());
    other.add(row_a);
    EXPECT_NE(one.digest(), other.digest());
}

TEST(RowBuffer, BeyondTheBoundRowsAreOnlyCountedAndDigested) {
    row_buffer bounded(20), unbounded;
    for (int i = 0; i < 3; ++i) {
        bounded.add(std::vector<cell>{"ab"});  // 12 bytes with its length
        unbounded.add(std::vector<cell>{"ab"});
    }
    EXPECT_FALSE(bounded.complete());
    EXPECT_EQ(bounded.rows().size(), 1U);
    EXPECT_EQ(bounded.count(), 3U);
    EXPECT_EQ(bounded.digest(), unbounded.digest());
    EXPECT_EQ(bounded.ordered_digest(), unbounded.ordered_digest());
    bounded.add(std::vector<cell>{});
    EXPECT_EQ(bounded.rows().size(), 1U) << "what is kept is a prefix";
}

TEST(RowBuffer, ACutBodyGivesTheFieldsBeforeTheCut) {
    row_buffer rows;
    rows.add(std::vector<cell>{"ab", "cd"});
    const std::string body(rows.rows()[0]);
    for (std::size_t size = 0; size < body.size(); ++size)
        EXPECT_LT(row_buffer::fields(std::string_view(body).substr(0, size)).size(), 2U);
}

}  // namespace
}  // namespace pgduet::protocol
