#include "shadow/capture/primary_order.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace pgduet::capture {
namespace {

constexpr shadow::token everything = std::numeric_limits<shadow::token>::max();

shadow::exchange run(const std::string& text, bool plain = true) {
    shadow::exchange e;
    e.statement = sql::parse(text)->statements.front();
    e.plain_relations = plain;
    return e;
}

footprint all(const std::string& text, bool plain = true) {
    footprint f;
    f.add(run(text, plain), footprint::part::all);
    return f;
}

footprint writes(const std::string& text, bool plain = true) {
    footprint f;
    f.add(run(text, plain), footprint::part::writes);
    return f;
}

struct overlap_case {
    const char* read;
    const char* write;
    bool overlaps;
};

class Overlap : public testing::TestWithParam<overlap_case> {};

TEST_P(Overlap, IsProvenDisjointOrAssumed) {
    const overlap_case& c = GetParam();
    EXPECT_EQ(all(c.read).overlaps(writes(c.write)), c.overlaps) << c.read << " | " << c.write;
}

INSTANTIATE_TEST_SUITE_P(
    Statements,
    Overlap,
    testing::Values(
        overlap_case{"SELECT * FROM a", "UPDATE b SET x = 1", false},
        overlap_case{"SELECT * FROM a", "UPDATE a SET x = 1", true},
        overlap_case{"SELECT * FROM a WHERE id = 1", "UPDATE a SET x = 1 WHERE id = 2", false},
        overlap_case{"SELECT * FROM a WHERE id = 1", "UPDATE a SET x = 1 WHERE id = 1", true},
        overlap_case{"SELECT * FROM a WHERE id = 1", "UPDATE a SET id = 1 WHERE id = 2", true},
        overlap_case{"SELECT * FROM a WHERE id = 1", "DELETE FROM a WHERE k = 2", true},
        overlap_case{"SELECT * FROM a WHERE id = 1", "INSERT INTO a (id, k) VALUES (2, 2)", false},
        overlap_case{"SELECT * FROM a WHERE id = 1", "INSERT INTO a (k) VALUES (2)", true},
        overlap_case{"SELECT * FROM a WHERE t = 'x'", "DELETE FROM a WHERE t = 'y'", true},
        overlap_case{"SELECT * FROM a, b WHERE a.id = 1", "DELETE FROM b WHERE id = 2", true},
        overlap_case{"SELECT * FROM a WHERE id = 1", "TRUNCATE a", true},
        overlap_case{"SELECT 1", "TRUNCATE a", false}));

TEST(Footprint, WhatIsNotAPlainTableOverlapsWithEveryWrite) {
    EXPECT_TRUE(all("SELECT * FROM v", false).overlaps(writes("UPDATE b SET x = 1")));
}

TEST(Footprint, AFunctionThatMayWriteTouchesEverything) {
    EXPECT_TRUE(all("SELECT * FROM a").overlaps(writes("SELECT some_function()")));
}

TEST(PrimaryOrder, HoldsUnitsBackWhileASmallerTokenMayStillCome) {
    primary_order order;
    EXPECT_EQ(order.low(), everything);
    const auto first = order.commit_sent(writes("UPDATE a SET x = 1"));
    EXPECT_EQ(order.low(), 0u);  // nothing known when it was sent
    const auto second = order.commit_sent(writes("UPDATE b SET x = 1"));
    order.commit_done(second, 200);
    EXPECT_EQ(order.low(), 0u);  // the first may turn out smaller than 200
    const auto third = order.commit_sent(writes("UPDATE b SET x = 1"));
    order.commit_done(first, 100);
    EXPECT_EQ(order.low(), 200u);  // whatever the third gets, it is larger than 200
    order.commit_done(third, 300);
    EXPECT_EQ(order.low(), everything);
}

TEST(PrimaryOrder, ConflictsAreCommitsThatWereInFlightSinceTheMark) {
    primary_order order;
    const auto before = order.commit_sent(writes("UPDATE a SET x = 1"));
    order.commit_done(before, 10);
    const auto mark = order.now();
    EXPECT_EQ(mark.known, 10u);
    EXPECT_FALSE(order.conflict_since(mark, all("SELECT * FROM a"), 0));

    const auto during = order.commit_sent(writes("UPDATE a SET x = 1"));
    EXPECT_TRUE(order.conflict_since(mark, all("SELECT * FROM a"), 0));
    EXPECT_FALSE(order.conflict_since(mark, all("SELECT * FROM a"), during)) << "its own commit";
    EXPECT_FALSE(order.conflict_since(mark, all("SELECT * FROM b"), 0));
    order.commit_done(during, 20);
    EXPECT_TRUE(order.conflict_since(mark, all("SELECT * FROM a"), 0)) << "ended after the mark";
    EXPECT_FALSE(order.conflict_since(order.now(), all("SELECT * FROM a"), 0));
}

TEST(PrimaryOrder, AMarkOlderThanWhatIsRememberedConflicts) {
    primary_order order;
    const auto mark = order.now();
    for (std::size_t i = 0; i <= primary_order::recent_max; ++i)
        order.commit_done(order.commit_sent(writes("UPDATE b SET x = 1")), i + 1);
    EXPECT_TRUE(order.conflict_since(mark, all("SELECT * FROM a"), 0));
    EXPECT_FALSE(order.conflict_since(order.now(), all("SELECT * FROM a"), 0));
}

}  // namespace
}  // namespace pgduet::capture
