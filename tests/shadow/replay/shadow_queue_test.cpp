#include "shadow/replay/shadow_queue.hpp"

#include <gtest/gtest.h>

namespace pgduet::replay {
namespace {

shadow::unit make(shadow::token position, bool writes, std::uint64_t session) {
    shadow::unit one;
    one.position = position;
    one.writes = writes;
    one.session = session;
    return one;
}

TEST(ShadowQueue, GivesUnitsInThePrimarysOrderUpToTheWatermark) {
    shadow_queue queue(1 << 20);
    queue.add(make(30, true, 3));
    queue.add(make(10, false, 2));
    queue.add(make(10, true, 1));
    queue.add(make(20, true, 4));
    std::vector<std::uint64_t> seen;
    while (const auto next = queue.next(20))
        seen.push_back(next->session);
    EXPECT_THAT(seen, testing::ElementsAre(1, 2, 4)) << "a read sorts behind the unit it saw";
    EXPECT_EQ(queue.size(), 1u);
    EXPECT_EQ(queue.next(29), std::nullopt);
    EXPECT_EQ(queue.next(30)->session, 3u);
    EXPECT_EQ(queue.bytes(), 0u);
}

TEST(ShadowQueue, RefusesReadsAtHalfOfTheBoundAndWritesAtTheBound) {
    const std::size_t each = make(1, true, 1).bytes();
    shadow_queue queue(each * 4);
    EXPECT_EQ(queue.add(make(1, false, 1)), shadow_queue::added::queued);
    EXPECT_EQ(queue.add(make(1, false, 1)), shadow_queue::added::queued);
    EXPECT_EQ(queue.add(make(1, false, 1)), shadow_queue::added::full);
    EXPECT_EQ(queue.add(make(1, true, 1)), shadow_queue::added::queued);
    EXPECT_EQ(queue.add(make(1, true, 1)), shadow_queue::added::queued);
    EXPECT_EQ(queue.add(make(1, true, 1)), shadow_queue::added::full);
}

}  // namespace
}  // namespace pgduet::replay
