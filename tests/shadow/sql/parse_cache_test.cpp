#include "shadow/sql/parse_cache.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace pgduet::sql {
namespace {

TEST(ParseCache, GivesTheSameAnalysisAgain) {
    parse_cache cache;
    const auto first = cache.parse("SELECT 1");
    const auto second = cache.parse(std::string("SELECT 1"));
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->get(), second->get());
    EXPECT_NE(first->get(), cache.parse("SELECT 2")->get());
    EXPECT_EQ(cache.count().hits, 1U);
    EXPECT_EQ(cache.count().misses, 2U);
    EXPECT_EQ(cache.count().entries, 2U);
}

TEST(ParseCache, ErrorsAreNotKept) {
    parse_cache cache;
    EXPECT_FALSE(cache.parse("SELEC"));
    EXPECT_FALSE(cache.parse("SELEC"));
    EXPECT_EQ(cache.count().misses, 2U);
    EXPECT_EQ(cache.count().entries, 0U);
}

TEST(ParseCache, StaysWithinItsBoundAndForgetsTheOldest) {
    parse_cache cache(20'000);
    for (int i = 0; i < 100; ++i) {
        ASSERT_TRUE(cache.parse("SELECT " + std::to_string(i)));
        ASSERT_TRUE(cache.parse("SELECT 'kept'"));  // used all the time
        EXPECT_LE(cache.count().bytes, 20'000U);
    }
    const auto before = cache.count();
    EXPECT_GT(before.evictions, 0U);
    EXPECT_EQ(before.entries + before.evictions, 101U);
    EXPECT_TRUE(cache.parse("SELECT 'kept'"));
    EXPECT_EQ(cache.count().hits, before.hits + 1);
    EXPECT_TRUE(cache.parse("SELECT 0"));  // long gone
    EXPECT_EQ(cache.count().misses, before.misses + 1);
}

TEST(ParseCache, LongTextsAreNotKept) {
    parse_cache cache;
    const std::string text = "SELECT '" + std::string(parse_cache::text_bytes_max, 'x') + "'";
    EXPECT_TRUE(cache.parse(text));
    EXPECT_TRUE(cache.parse(text));
    EXPECT_EQ(cache.count().entries, 0U);
    EXPECT_EQ(cache.count().hits, 0U);
}

TEST(ParseCache, IsSharedByThreads) {
    parse_cache cache(20'000);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&cache, t] {
            for (int i = 0; i < 300; ++i) {
                const std::string text = "SELECT " + std::to_string((i * (t + 1)) % 40);
                const auto parsed = cache.parse(text);
                ASSERT_TRUE(parsed);
                ASSERT_EQ((*parsed)->statements.at(0)->text, text);
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(cache.count().hits + cache.count().misses, 1200U);
}

}  // namespace
}  // namespace pgduet::sql
