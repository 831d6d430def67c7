#include "shadow/ledger/ledger.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "shadow/ledger/report.hpp"
#include "tests/support/scratch_directory.hpp"

namespace pgduet::ledger {
namespace {

using namespace std::chrono_literals;

difference differing(std::string kind, std::string cause, std::vector<std::string> tables = {}) {
    difference what;
    what.finding_class = std::move(kind);
    what.cause = std::move(cause);
    what.tables = std::move(tables);
    what.sql = "SELECT 1";
    return what;
}

class Ledger : public testing::Test {
protected:
    void open(limits bounds = {}) {
        ledger_.reset();
        auto opened = ledger::open(directory_.path() / "state", bounds);
        ASSERT_TRUE(opened) << opened.error().message;
        ledger_ = std::move(*opened);
    }
    void SetUp() override { open(); }

    test_support::scratch_directory directory_;
    std::unique_ptr<ledger> ledger_;
};

TEST_F(Ledger, CountsEveryFateOnce) {
    ledger_->observed(10);
    for (int i = 0; i < 4; ++i)
        ledger_->equal();
    ledger_->differ(differing("semantic", "a"));
    ledger_->not_compared("session");
    ledger_->not_compared("order", 2);
    ledger_->dropped(2, {"t", "u"});
    const snapshot state = ledger_->read();
    EXPECT_EQ(state.compared(), 5u);
    EXPECT_EQ(state.observed, state.compared() + 3 + state.dropped);
    EXPECT_TRUE(ledger_->is_dirty("t"));
    EXPECT_FALSE(ledger_->is_dirty("v"));
}

TEST_F(Ledger, GroupsDifferencesByCause) {
    ledger_->differ(differing("semantic", "a", {"t"}));
    ledger_->differ(differing("semantic", "a", {"t"}));
    ledger_->differ(differing("semantic", "b", {"t"}));
    ledger_->differ(differing("state", "t", {"t"}));
    ledger_->differ(differing("state", "t,u", {"u", "t"}));  // t is known to differ
    ledger_->differ(differing("state", "u", {"u"}));
    ledger_->differ(differing("state", "v,u", {"v", "u", "u"}));
    ledger_->differ(differing("state", "v", {"v"}));
    ledger_->differ(differing("state", "nothing", {}));
    const snapshot state = ledger_->read();
    EXPECT_EQ(state.differs, 9u);
    std::vector<std::tuple<std::string, std::string, int>> got;
    std::uint64_t sum = 0;
    for (const finding& one : state.findings) {
        got.emplace_back(one.example.finding_class, one.example.cause, int(one.count));
        sum += one.count;
    }
    const std::vector<std::tuple<std::string, std::string, int>> expected = {
        {"semantic", "a", 2},
        {"semantic", "b", 1},
        {"state", "t", 2},
        {"state", "u", 2},
        {"state", "v", 1},
        {"state", "nothing", 1},
    };
    EXPECT_EQ(got, expected);
    EXPECT_EQ(sum, state.differs);
}

TEST_F(Ledger, KeepsNoMoreThanItsLimits) {
    open({.findings_max = 2, .fingerprints_max = 3, .example_bytes_max = 10});
    for (int i = 0; i < 5; ++i) {
        difference what = differing("semantic", std::to_string(i));
        what.primary = std::string(100, 'x');
        ledger_->differ(what);
        ledger_->record_latency(static_cast<std::uint64_t>(i), "s", 5us, 7us);
    }
    const snapshot state = ledger_->read();
    EXPECT_EQ(state.differs, 5u);
    EXPECT_EQ(state.findings.size(), 2u);
    EXPECT_EQ(state.findings_not_kept, 3u);
    EXPECT_EQ(state.latencies.size(), 3u);
    EXPECT_EQ(state.fingerprints_not_kept, 2u);
    EXPECT_EQ(state.findings[0].example.primary, "xxxxxxxxxx\n[90 more bytes not kept]");
    EXPECT_THAT(report_text(state, false), testing::HasSubstr("3 differences of further causes"));
}

TEST_F(Ledger, OutlivesTheProcess) {
    ledger_->observed(100);
    ledger_->equal();
    ledger_->set_roles("mirror", "old", "new");
    ledger_->set_lag(4, 30ms);
    difference what = differing("state", "t", {"t", "it's \"u\""});
    what.fingerprint = 0xffff'ffff'ffff'fff0;
    what.parameters = "[null]";
    ledger_->differ(what);
    ledger_->record_latency(1, "SELECT", 10us, 30us);
    ledger_->record_latency(1, "SELECT", 20us, 10us);
    ledger_->mark_dirty("d", "why");
    ledger_->mark_dirty("e", "why");
    ledger_->not_compared("order", 97);
    ASSERT_FALSE(ledger_->flush());
    ledger_->clear_dirty("e");
    ledger_->not_compared("order");
    const snapshot before = ledger_->read();
    ASSERT_FALSE(ledger_->flush());

    const auto file = read_ledger(directory_.path() / "state");
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->lag_units, 4u);
    EXPECT_EQ(report_json(*file).substr(0, 400), report_json(before).substr(0, 400));

    open();
    const snapshot after = ledger_->read();
    EXPECT_EQ(after.observed, 100u);
    EXPECT_EQ(after.equal, 1u);
    EXPECT_EQ(after.dropped, 0u);
    EXPECT_EQ(after.not_compared, before.not_compared);
    EXPECT_EQ(after.stage, "mirror");
    EXPECT_EQ(after.since, before.since);
    EXPECT_EQ(after.lag_units, 0u);
    ASSERT_EQ(after.findings.size(), 1u);
    EXPECT_EQ(after.findings[0].example.tables, before.findings[0].example.tables);
    EXPECT_EQ(after.findings[0].example.fingerprint, what.fingerprint);
    ASSERT_EQ(after.latencies.size(), 1u);
    EXPECT_EQ(after.latencies[0].shadow_us_sum, 40u);
    EXPECT_EQ(after.latencies[0].shadow_us_max, 30u);
    EXPECT_TRUE(ledger_->is_dirty("d"));
    EXPECT_FALSE(ledger_->is_dirty("e"));
    // Grouping goes on where it was.
    ledger_->differ(what);
    EXPECT_EQ(ledger_->read().findings.at(0).count, 2u);
}

TEST_F(Ledger, WhatWasUnderWayWhenAProcessDiedIsDropped) {
    ledger_->observed(10);
    ledger_->equal();
    ASSERT_FALSE(ledger_->flush());
    open();
    EXPECT_EQ(ledger_->read().dropped, 9u);
    EXPECT_EQ(judge(ledger_->read()), verdict::insufficient);
}

TEST_F(Ledger, ResetForgetsCountersAndFindingsButNotTheRoles) {
    ledger_->observed(1);
    ledger_->differ(differing("state", "t", {"t"}));
    ledger_->mark_dirty("t", "why");
    ledger_->set_roles("mirror", "old", "new");
    ASSERT_FALSE(ledger_->flush());
    ledger_->reset();
    ASSERT_FALSE(ledger_->flush());
    open();
    const snapshot state = ledger_->read();
    EXPECT_EQ(state.observed + state.differs + state.findings.size() + state.dirty.size(), 0u);
    EXPECT_EQ(state.shadow, "new");
}

TEST_F(Ledger, CountsFromManyThreadsWhileFlushing) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 2'000; ++i) {
                ledger_->observed(1);
                if (i % 10 == 0)
                    ledger_->differ(differing("semantic", std::to_string(t)));
                else
                    ledger_->equal();
                ledger_->record_latency(static_cast<std::uint64_t>(i % 50), "s", 1us, 2us);
            }
        });
    for (int i = 0; i < 20; ++i)
        EXPECT_FALSE(ledger_->flush());
    for (std::thread& thread : threads)
        thread.join();
    open();
    const snapshot state = ledger_->read();
    EXPECT_EQ(state.observed, 8'000u);
    EXPECT_EQ(state.equal, 7'200u);
    EXPECT_EQ(state.differs, 800u);
    EXPECT_EQ(state.dropped, 0u);
    for (const finding& one : state.findings)
        EXPECT_EQ(one.count, 200u);
    EXPECT_EQ(state.latencies.size(), 50u);
}

// A limit on the size of files stands in for a full disk: it fails the same write.
TEST_F(Ledger, AFullDiskFailsTheFlushAndLosesNothing) {
    ASSERT_FALSE(ledger_->flush());
    rlimit old{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old), 0);
    const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
    rlimit small = old;
    small.rlim_cur = 64 * 1024;
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    ledger_->observed(200);
    for (int i = 0; i < 200; ++i) {
        difference what = differing("semantic", std::to_string(i));
        what.primary = std::string(4'000, 'x');
        ledger_->differ(what);
    }
    const auto failed = ledger_->flush();
    setrlimit(RLIMIT_FSIZE, &old);
    std::signal(SIGXFSZ, ignored);
    ASSERT_TRUE(failed);
    EXPECT_THAT(failed->sqlstate, testing::AnyOf("53100", "58030")) << failed->message;
    EXPECT_EQ(ledger_->read().findings.size(), 200u);
    EXPECT_EQ(read_ledger(directory_.path() / "state")->findings.size(), 0u);
    ASSERT_FALSE(ledger_->flush());
    EXPECT_EQ(read_ledger(directory_.path() / "state")->findings.size(), 200u);
    EXPECT_EQ(read_ledger(directory_.path() / "state")->observed, 200u);
}

TEST_F(Ledger, NamesWhatIsWrongWithItsFile) {
    const auto missing = read_ledger(directory_.path() / "nowhere");
    EXPECT_EQ(missing.error().sqlstate, "58030");
    EXPECT_THAT(missing.error().message, testing::HasSubstr("nowhere"));

    std::filesystem::create_directories(directory_.path() / "garbage");
    std::ofstream(directory_.path() / "garbage" / "ledger.db") << std::string(5'000, 'g');
    EXPECT_EQ(read_ledger(directory_.path() / "garbage").error().sqlstate, "XX001");
    EXPECT_EQ(ledger::open(directory_.path() / "garbage").error().sqlstate, "XX001");

    std::ofstream(directory_.path() / "file") << "x";
    EXPECT_EQ(ledger::open(directory_.path() / "file" / "below").error().sqlstate, "58030");
}

}  // namespace
}  // namespace pgduet::ledger
