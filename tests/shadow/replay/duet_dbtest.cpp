// The duet on a real PostgreSQL as the shadow: what stays there, what the ledger says, and that a
// unit is applied exactly once however often the connection breaks.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "shadow/duet.hpp"
#include "shadow/store/postgres/postgres_session.hpp"
#include "tests/support/scratch_directory.hpp"
#include "tests/support/scratch_postgres.hpp"

namespace pgduet::replay {
namespace {

using namespace std::chrono_literals;
using test_support::scratch_directory;
using test_support::scratch_postgres;

/// One statement as the primary ran it.
shadow::exchange ran(const std::string& text,
                     const std::string& tag,
                     const std::string& sqlstate = "") {
    shadow::exchange e;
    e.statement = sql::parse(text)->statements.front();
    e.primary.tag = tag;
    if (!sqlstate.empty())
        e.primary.error = protocol::make_error(sqlstate, "as on the primary");
    return e;
}

shadow::exchange selected(const std::string& text,
                          const std::vector<std::string>& columns,
                          const std::vector<std::vector<protocol::cell>>& rows) {
    shadow::exchange e = ran(text, "SELECT " + std::to_string(rows.size()));
    for (const std::string& name : columns) {
        protocol::column column;
        column.name = name;
        e.primary.columns.push_back(column);
    }
    for (const auto& row : rows)
        e.primary.rows.add(row);
    return e;
}

class Duet : public testing::Test {
protected:
    static void SetUpTestSuite() {
        if (scratch_postgres::missing().empty())
            server = new scratch_postgres();
    }
    static void TearDownTestSuite() {
        delete server;
        server = nullptr;
    }
    void SetUp() override {
        PGDUET_REQUIRE_POSTGRES();
        server->query(
            "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
            "DROP SCHEMA IF EXISTS pgduet CASCADE;"
            "CREATE TABLE t (id int PRIMARY KEY, v text);"
            "INSERT INTO t VALUES (1, 'one'), (2, 'two')");
        results = std::move(*ledger::ledger::open(directory.path()));
    }

    void start(shadow::duet_options options = {}) {
        options.run = "test";
        options.reconnect_delay_max = 50ms;
        duet = shadow::duet::start(
            store::postgres::open_session(server->dsn()), order, *results, options);
    }

    void submit(std::vector<shadow::exchange> exchanges,
                shadow::unit_end end = shadow::unit_end::committed) {
        shadow::unit one;
        one.position = ++position;
        one.end = end;
        one.writes = end == shadow::unit_end::committed;
        one.settings = std::make_shared<std::vector<std::pair<std::string, std::string>>>();
        one.exchanges = std::move(exchanges);
        one.finished = std::chrono::steady_clock::now();
        duet->submit(std::move(one));
    }
    void read(shadow::exchange e) {
        std::vector<shadow::exchange> one;
        one.push_back(std::move(e));
        submit(std::move(one), shadow::unit_end::rolled_back);
    }

    ledger::snapshot drained() {
        EXPECT_TRUE(duet->drain(std::chrono::steady_clock::now() + 30s));
        const ledger::snapshot now = results->read();
        std::uint64_t fates = now.compared() + now.dropped;
        for (const auto& [reason, count] : now.not_compared)
            fates += count;
        EXPECT_EQ(fates, now.observed) << "one counter per fate";
        return now;
    }

    static scratch_postgres* server;
    scratch_directory directory;
    capture::primary_order order;
    std::unique_ptr<ledger::ledger> results;
    std::unique_ptr<shadow::duet> duet;
    shadow::token position = 0;
};

scratch_postgres* Duet::server = nullptr;

TEST_F(Duet, EqualUnitsLeaveEqualDataAndNoFinding) {
    start();
    submit({ran("INSERT INTO t VALUES (3, 'three')", "INSERT 0 1"),
            ran("UPDATE t SET v = 'drei' WHERE id = 3", "UPDATE 1")});
    read(selected("SELECT v FROM t WHERE id = 3", {"v"}, {{"drei"}}));
    read(ran("SELECT nothing FROM t", "", "42703"));
    const auto state = drained();
    EXPECT_EQ(state.equal, 4u);
    EXPECT_TRUE(state.findings.empty());
    EXPECT_EQ(server->query("SELECT v FROM t WHERE id = 3"), "drei");
}

TEST_F(Duet, AChangedRowIsOneStateFindingHoweverOftenItIsRead) {
    start();
    server->query("UPDATE t SET v = 'changed' WHERE id = 1");
    for (int i = 0; i < 5; ++i)
        read(selected("SELECT v FROM t WHERE id = 1", {"v"}, {{"one"}}));
    read(selected("SELECT v FROM t ORDER BY id", {"v"}, {{"one"}, {"two"}}));
    const auto state = drained();
    ASSERT_EQ(state.findings.size(), 1u);
    EXPECT_EQ(state.findings[0].example.finding_class, "state");
    EXPECT_EQ(state.findings[0].count, 6u);
    EXPECT_THAT(state.findings[0].example.shadow, testing::HasSubstr("changed"));
}

TEST_F(Duet, AWriteThePrimaryRefusedIsRolledBackOnTheShadow) {
    start();
    submit({ran("INSERT INTO t VALUES (9, 'dup')", "", "23505")}, shadow::unit_end::rolled_back);
    const auto state = drained();
    ASSERT_EQ(state.findings.size(), 1u);
    EXPECT_EQ(state.findings[0].example.finding_class, "semantic");
    EXPECT_EQ(server->query("SELECT count(*) FROM t"), "2");
    EXPECT_TRUE(state.dirty.empty());
}

TEST_F(Duet, AWriteTheShadowRefusesMakesItsTableDirtyAndTheRestOfTheUnitStays) {
    server->query("ALTER TABLE t ALTER v TYPE varchar(5)");
    start();
    submit({ran("INSERT INTO t VALUES (3, 'fits')", "INSERT 0 1"),
            ran("INSERT INTO t VALUES (4, 'does not fit')", "INSERT 0 1")});
    submit({ran("UPDATE t SET v = 'x' WHERE id = 4", "UPDATE 1")});
    read(selected("SELECT v FROM t WHERE id = 4", {"v"}, {{"does not fit"}}));
    const auto state = drained();
    ASSERT_EQ(state.findings.size(), 1u);
    EXPECT_EQ(state.findings[0].example.finding_class, "semantic");
    ASSERT_EQ(state.dirty.size(), 1u);
    EXPECT_EQ(state.dirty[0].table, "t");
    EXPECT_EQ(state.not_compared.at("dirty"), 2u);
    EXPECT_EQ(server->query("SELECT v FROM t WHERE id = 3"), "fits");
}

TEST_F(Duet, EffectsTakeThePlaceOfWhatDiffers) {
    server->query("ALTER TABLE t ADD CHECK (v <> 'bad')");
    start();
    const auto relation = store::postgres::open_session(server->dsn());
    ASSERT_FALSE(relation->connect());
    shadow::row_change change;
    change.what = shadow::row_change::kind::update;
    change.relation = relation->describe("", "t");
    ASSERT_TRUE(change.relation);
    change.before = {"1", "one"};
    change.after = {"1", "ONE"};
    // The statement finds nothing on the shadow; the primary changed the row.
    shadow::exchange e =
        ran("UPDATE t SET v = upper(v) WHERE v = 'only on the primary'", "UPDATE 1");
    e.effects = {change};
    e.has_effects = true;
    std::vector<shadow::exchange> exchanges;
    exchanges.push_back(std::move(e));
    submit(std::move(exchanges));
    const auto state = drained();
    EXPECT_EQ(state.differs, 1u);
    EXPECT_TRUE(state.dirty.empty());
    EXPECT_EQ(server->query("SELECT v FROM t WHERE id = 1"), "ONE");
}

TEST_F(Duet, AMismatchThatAnotherCommitOverlappedIsCountedAsPosition) {
    start();
    shadow::exchange e = ran("UPDATE t SET v = 'x' WHERE id = 77", "UPDATE 1");
    e.overlapped = true;
    std::vector<shadow::exchange> exchanges;
    exchanges.push_back(std::move(e));
    submit(std::move(exchanges));
    const auto state = drained();
    EXPECT_TRUE(state.findings.empty());
    EXPECT_EQ(state.not_compared.at("position"), 1u);
}

TEST_F(Duet, WhatTheBoundCannotHoldIsNamed) {
    server->pause();
    shadow::duet_options options;
    options.queue_bytes_max = 20'000;
    start(options);
    for (int i = 0; i < 200; ++i)
        submit({ran("UPDATE t SET v = 'x' WHERE id = 1", "UPDATE 1")});
    const auto lost = results->read();
    EXPECT_GT(lost.dropped, 0u);
    ASSERT_EQ(lost.dirty.size(), 1u);
    EXPECT_EQ(lost.dirty[0].table, "t");
    server->resume();
    const auto state = drained();
    EXPECT_EQ(state.dropped + state.equal, 200u);
}

/// Kills the shadow's backends (or the whole server) again and again while units that count are
/// applied: a unit lost or doubled shows in the counter.
class DuetBroken : public Duet, public testing::WithParamInterface<bool> {};

TEST_P(DuetBroken, EachUnitIsAppliedExactlyOnce) {
    constexpr int units = 400;
    server->query("CREATE TABLE counter (n int); INSERT INTO counter VALUES (0)");
    start();
    // The server's life hangs on the thread that starts it, so that is the test's own.
    std::atomic<bool> done{false};
    std::thread application([&] {
        for (int i = 0; i < units; ++i) {
            submit({ran("UPDATE counter SET n = n + 1", "UPDATE 1")});
            std::this_thread::sleep_for(2ms);
        }
        done = true;
    });
    while (!done) {
        std::this_thread::sleep_for(25ms);
        if (GetParam()) {
            server->kill();
            server->start();
            std::this_thread::sleep_for(100ms);
        } else {
            server->query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'pgduet-shadow'");
        }
    }
    application.join();
    const auto state = drained();
    EXPECT_EQ(server->query("SELECT n FROM counter"), std::to_string(units));
    EXPECT_EQ(state.equal, static_cast<std::uint64_t>(units));
    EXPECT_TRUE(state.findings.empty());
}

INSTANTIATE_TEST_SUITE_P(Ways, DuetBroken, testing::Bool(), [](const auto& one) {
    return one.param ? "ServerKilled" : "BackendsTerminated";
});

}  // namespace
}  // namespace pgduet::replay
