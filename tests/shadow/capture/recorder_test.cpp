#include "shadow/capture/recorder.hpp"

#include <gtest/gtest.h>

#include "tests/shadow/capture/kept_duet.hpp"

namespace pgduet::capture {
namespace {

class Recorder : public testing::Test {
protected:
    /// Runs a statement to its end as a driver would.
    void run(recorder& r, const std::string& text, const std::string& sqlstate = "") {
        shadow::exchange e;
        e.statement = sql::parse(text)->statements.front();
        e.plain_relations = true;
        const auto since = r.sent(e);
        if (!sqlstate.empty())
            e.primary.error = protocol::make_error(sqlstate, "no");
        r.completed(std::move(e), since);
    }

    std::vector<std::string> texts(std::size_t unit) const {
        std::vector<std::string> out;
        for (const shadow::exchange& e : duet.units.at(unit).exchanges)
            out.push_back(e.statement->text);
        return out;
    }

    primary_order order;
    kept_duet duet;
    recorder one{duet, order, 1};
    recorder other{duet, order, 2};
};

using testing::ElementsAre;

TEST_F(Recorder, AnAutocommitReadIsAUnitAtTheTokenKnownWhenItWasSent) {
    order.commit_done(order.commit_sent({}), 42);
    run(one, "SELECT * FROM t");
    one.ended(shadow::unit_end::committed, 0, "");
    ASSERT_EQ(duet.units.size(), 1u);
    EXPECT_EQ(duet.units[0].position, 42u);
    EXPECT_FALSE(duet.units[0].writes);
}

TEST_F(Recorder, ReadsBeforeTheFirstWriteStandAloneAndLaterOnesBelongToTheUnit) {
    one.begin_block("");
    run(one, "BEGIN");
    run(one, "SELECT * FROM t");
    run(one, "UPDATE t SET a = 1 WHERE id = 1");
    run(one, "SELECT * FROM t WHERE id = 1");
    one.commit_sent();
    run(one, "COMMIT");
    one.ended(shadow::unit_end::committed, 7, "2026-01-01 00:00:00+00");
    ASSERT_EQ(duet.units.size(), 2u);
    EXPECT_THAT(texts(0), ElementsAre("SELECT * FROM t"));
    EXPECT_THAT(texts(1),
                ElementsAre("UPDATE t SET a = 1 WHERE id = 1", "SELECT * FROM t WHERE id = 1"));
    EXPECT_EQ(duet.units[1].position, 7u);
    EXPECT_TRUE(duet.units[1].writes);
    EXPECT_EQ(duet.skipped["transaction"], 2u);
}

TEST_F(Recorder, AReadThatAConflictingCommitOverlappedIsCountedNotCompared) {
    shadow::exchange read;
    read.statement = sql::parse("SELECT * FROM t")->statements.front();
    read.plain_relations = true;
    const auto since = one.sent(read);
    run(other, "UPDATE t SET a = 1");
    other.commit_sent();
    one.completed(std::move(read), since);
    EXPECT_EQ(duet.skipped["position"], 1u);
    EXPECT_TRUE(duet.units.empty());
    other.ended(shadow::unit_end::committed, 9, "");
    EXPECT_EQ(duet.units.size(), 1u);
}

TEST_F(Recorder, AStatementInAUnitKnowsThatAnotherCommitOverlapped) {
    one.begin_block("");
    run(one, "UPDATE t SET a = 1 WHERE id = 7");
    run(other, "INSERT INTO t (id) VALUES (7)");
    other.commit_sent();
    other.ended(shadow::unit_end::committed, 5, "");
    one.commit_sent();
    one.ended(shadow::unit_end::committed, 6, "");
    ASSERT_EQ(duet.units.size(), 2u);
    EXPECT_TRUE(duet.units[1].exchanges[0].overlapped);
}

TEST_F(Recorder, AFailedStatementIsARolledBackUnitThatIsStillCompared) {
    run(one, "INSERT INTO t (id) VALUES (1)", "23505");
    one.commit_sent();
    one.ended(shadow::unit_end::rolled_back, 0, "");
    ASSERT_EQ(duet.units.size(), 1u);
    EXPECT_FALSE(duet.units[0].writes);
    EXPECT_EQ(duet.units[0].end, shadow::unit_end::rolled_back);
}

TEST_F(Recorder, ACommitInFlightWhenTheConnectionBreaksIsLostByName) {
    run(one, "UPDATE t SET a = 1");
    one.commit_sent();
    one.abandon();
    EXPECT_EQ(duet.lost, 1u);
    EXPECT_THAT(duet.lost_tables, ElementsAre("t"));
    EXPECT_EQ(order.low(), ~shadow::token{0}) << "nothing waits for it any more";
}

TEST_F(Recorder, AnOpenTransactionThatIsAbandonedNeverHappened) {
    run(one, "UPDATE t SET a = 1");
    one.abandon();
    EXPECT_EQ(duet.lost, 0u);
    EXPECT_EQ(duet.skipped["interrupted"], 1u);
}

TEST_F(Recorder, WhatCannotBeComparedIsCountedWithItsReason) {
    run(one, "SELECT random()");
    run(one, "SELECT now()");
    run(one, "SELECT * FROM pg_catalog.pg_class");
    run(one, "SET search_path TO x");
    run(one, "VACUUM");
    run(one, "CREATE TEMP TABLE mine (a int)");
    run(one, "INSERT INTO mine VALUES (1)");
    run(one, "SELECT * FROM t", "57014");
    run(one, "SELECT * FROM t", "0A000");
    EXPECT_TRUE(duet.units.empty());
    EXPECT_EQ(duet.skipped["nondeterministic"], 2u);
    EXPECT_EQ(duet.skipped["catalog"], 1u);
    EXPECT_EQ(duet.skipped["session"], 1u);
    EXPECT_EQ(duet.skipped["maintenance"], 1u);
    EXPECT_EQ(duet.skipped["temporary"], 2u);
    EXPECT_EQ(duet.skipped["cancelled"], 1u);
    EXPECT_EQ(duet.skipped["unsupported"], 1u);
}

TEST_F(Recorder, SavepointsGoAlongWithAUnitThatWrites) {
    one.begin_block("");
    run(one, "SAVEPOINT s");
    run(one, "INSERT INTO t (id) VALUES (1)", "23505");
    run(one, "ROLLBACK TO SAVEPOINT s");
    run(one, "INSERT INTO t (id) VALUES (2)");
    one.commit_sent();
    one.ended(shadow::unit_end::committed, 3, "");
    ASSERT_EQ(duet.units.size(), 1u);
    EXPECT_THAT(texts(0),
                ElementsAre("SAVEPOINT s",
                            "INSERT INTO t (id) VALUES (1)",
                            "ROLLBACK TO SAVEPOINT s",
                            "INSERT INTO t (id) VALUES (2)"));
}

TEST_F(Recorder, HalfOfTheReadsAreSampledOutAtOneHalf) {
    duet.chosen.compare_reads = 0.5;
    for (int i = 0; i < 10; ++i)
        run(one, "SELECT * FROM t");
    EXPECT_EQ(duet.units.size(), 5u);
    EXPECT_EQ(duet.skipped["sampled_out"], 5u);
}

}  // namespace
}  // namespace pgduet::capture
