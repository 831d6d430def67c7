#include "tests/support/scratch_postgres.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace pgduet::test_support {
namespace {

TEST(ScratchPostgres, StartsStopsKillsAndPauses) {
    PGDUET_REQUIRE_POSTGRES();
    scratch_postgres server(scratch_postgres::settings{{"work_mem", "3MB"}});
    EXPECT_EQ(server.query("SHOW work_mem"), "3MB");
    server.create_database("other");
    server.query("CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'x'), (2, NULL)",
                 "other");
    EXPECT_EQ(server.query("SELECT * FROM t ORDER BY a", "other"), "1|x\n2|NULL");
    const pid_t first = server.pid();
    server.restart();
    EXPECT_NE(server.pid(), first);
    server.kill();
    EXPECT_EQ(server.pid(), 0);
    server.start();
    EXPECT_EQ(server.query("SELECT count(*) FROM t", "other"), "2");
    server.pause();
    server.resume();
    EXPECT_EQ(server.query("SELECT 1"), "1");
    EXPECT_ANY_THROW(server.query("SELECT nonsense"));
}

TEST(ScratchPostgres, StartsInUnderASecondOnceTheTemplateIsThere) {
    PGDUET_REQUIRE_POSTGRES();
    { scratch_postgres first; }
    const auto begin = std::chrono::steady_clock::now();
    scratch_postgres second;
    const auto took = std::chrono::steady_clock::now() - begin;
    // Generous, for busy machines; usually 0.3 s.
    EXPECT_LT(took, std::chrono::seconds(5));
    RecordProperty(
        "start_ms",
        std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
}

}  // namespace
}  // namespace pgduet::test_support
