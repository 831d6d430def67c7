#include <chrono>
#include <csignal>
#include <thread>

#include "tests/shadow/store_postgres/fixture.hpp"

namespace pgduet::store::postgres {
namespace {

using kind = sql::statement_kind;
using namespace std::chrono_literals;

TEST_F(postgres_store, RunsRequestsInOrderInOneGo) {
    server_->query("CREATE TABLE t (id int PRIMARY KEY, v varchar(5))");
    const auto outcomes = session_->run({
        ask("INSERT INTO t VALUES ($1, $2)", {"1", "a"}, kind::insert),
        ask("INSERT INTO t VALUES ($1, $2)", {"2", std::nullopt}, kind::insert),
        ask("UPDATE t SET v = $2 WHERE id = $1", {"1", "b"}, kind::update),
        ask("SELECT * FROM t ORDER BY id"),
        ask("", {}, kind::empty),
    });
    ASSERT_EQ(outcomes.size(), 5u);
    EXPECT_EQ(outcomes[0].tag, "INSERT 0 1");
    EXPECT_EQ(outcomes[2].tag, "UPDATE 1");
    EXPECT_EQ(outcomes[3].tag, "SELECT 2");
    EXPECT_EQ(rows_of(outcomes[3]), "1|b\n2|NULL");
    ASSERT_EQ(outcomes[3].columns.size(), 2u);
    EXPECT_EQ(outcomes[3].columns[1].name, "v");
    EXPECT_EQ(outcomes[3].columns[1].type, protocol::type_oid::varchar);
    EXPECT_EQ(outcomes[3].columns[1].type_modifier, 9);
    EXPECT_EQ(outcomes[3].columns[1].attribute, 2);
    EXPECT_NE(outcomes[3].columns[1].table, 0u);
    EXPECT_EQ(outcomes[4].tag, "");
    EXPECT_TRUE(outcomes[4].succeeded());
}

TEST_F(postgres_store, StopsAtTheFirstFailureAndGoesOnAfterwards) {
    server_->query("CREATE TABLE t (id int CONSTRAINT t_key PRIMARY KEY)");
    for (int round = 0; round < 3; ++round) {  // unnamed, prepared, prepared before
        const auto outcomes = session_->run({
            ask("SELECT 1"),
            ask("INSERT INTO t VALUES (1), (1)", {}, kind::insert),
            ask("SELECT 2"),
        });
        ASSERT_EQ(outcomes.size(), 2u);
        EXPECT_EQ(rows_of(outcomes[0]), "1");
        ASSERT_TRUE(outcomes[1].error);
        EXPECT_EQ(outcomes[1].error->sqlstate, "23505");
        EXPECT_EQ(outcomes[1].error->constraint, "t_key");
        EXPECT_EQ(outcomes[1].error->table, "t");
        EXPECT_EQ(outcomes[1].error->schema, "public");
        EXPECT_NE(outcomes[1].error->detail, "");
        const auto wrong = session_->run({ask("SELECT nonsense")});
        ASSERT_EQ(wrong.size(), 1u);
        EXPECT_EQ(state_of(wrong[0]), "42703");
        EXPECT_EQ(wrong[0].error->position, 8);
        EXPECT_EQ(rows_of(session_->run({ask("SELECT 3")})[0]), "3");
    }
}

TEST_F(postgres_store, KeepsATransactionOverSavepoints) {
    server_->query("CREATE TABLE t (id int PRIMARY KEY)");
    EXPECT_EQ(control("BEGIN"), "ok");
    EXPECT_EQ(control("SAVEPOINT pgduet_s"), "ok");
    EXPECT_EQ(state_of(session_->run({ask("INSERT INTO t VALUES (1)", {}, kind::insert)})[0]),
              "ok");
    EXPECT_EQ(control("RELEASE SAVEPOINT pgduet_s"), "ok");
    EXPECT_EQ(control("SAVEPOINT pgduet_s"), "ok");
    EXPECT_EQ(state_of(session_->run({ask("INSERT INTO t VALUES (1)", {}, kind::insert)})[0]),
              "23505");
    EXPECT_EQ(control("ROLLBACK TO SAVEPOINT pgduet_s"), "ok");
    EXPECT_FALSE(session_->write_watermark({"run", 7}));
    // Nobody has made the place for it: it fails with the COMMIT it rides with.
    EXPECT_EQ(control("COMMIT"), "42P01");
    EXPECT_EQ(control("ROLLBACK"), "ok");
    EXPECT_EQ(server_->query("SELECT count(*) FROM t"), "0");

    EXPECT_EQ(control("BEGIN"), "ok");
    EXPECT_EQ(state_of(session_->run({ask("SELECT 1/0")})[0]), "22012");
    EXPECT_EQ(control("COMMIT"), "25P02");
    EXPECT_EQ(state_of(session_->run({ask("SELECT 1")})[0]), "ok");
}

TEST_F(postgres_store, WritesTheWatermarkInTheTransaction) {
    auto mark = session_->read_watermark();
    ASSERT_TRUE(mark) << mark.error().message;
    EXPECT_EQ(*mark, (watermark{"", 0}));
    server_->query("CREATE TABLE t (id int)");
    EXPECT_EQ(control("BEGIN"), "ok");
    session_->run({ask("INSERT INTO t VALUES (1)", {}, kind::insert)});
    EXPECT_FALSE(session_->write_watermark({"a", 5}));
    EXPECT_EQ(control("ROLLBACK"), "ok");
    EXPECT_EQ(session_->read_watermark()->unit, 0u);
    EXPECT_EQ(control("BEGIN"), "ok");
    session_->run({ask("INSERT INTO t VALUES (1)", {}, kind::insert)});
    EXPECT_FALSE(session_->write_watermark({"a", 6}));
    EXPECT_EQ(control("COMMIT"), "ok");
    EXPECT_EQ(*session_->read_watermark(), (watermark{"a", 6}));
    EXPECT_EQ(server_->query("SELECT run, unit FROM pgduet.watermark"), "a|6");
}

TEST_F(postgres_store, SaysWhatToGrantForTheWatermark) {
    server_->query("CREATE ROLE app LOGIN");
    const auto app = open_session(server_->dsn() + " user=app");
    ASSERT_FALSE(app->connect());
    auto mark = app->read_watermark();
    ASSERT_TRUE(mark.has_error());
    EXPECT_EQ(mark.error().sqlstate, "42501");
    EXPECT_THAT(mark.error().hint,
                testing::HasSubstr("GRANT CREATE ON DATABASE \"postgres\" TO \"app\""));
    // Somebody else made it: then only the rights on it are missing, and they suffice.
    ASSERT_TRUE(session_->read_watermark());
    mark = app->read_watermark();
    ASSERT_TRUE(mark.has_error());
    EXPECT_THAT(mark.error().hint, testing::HasSubstr("GRANT USAGE ON SCHEMA pgduet"));
    server_->query(
        "GRANT USAGE ON SCHEMA pgduet TO app;"
        "GRANT SELECT, INSERT, UPDATE ON pgduet.watermark TO app");
    EXPECT_TRUE(app->read_watermark());
}

TEST_F(postgres_store, CopiesBothWays) {
    server_->query("CREATE TABLE t (id int PRIMARY KEY, v text)");
    request in = ask("COPY t FROM STDIN", {}, kind::copy_from);
    std::string lines;
    for (int i = 0; i < 50'000; ++i)
        lines += std::to_string(i) + "\tvalue\n";
    in.copy_data = std::make_shared<const std::string>(lines);
    EXPECT_EQ(control("BEGIN"), "ok");
    auto outcomes = session_->run({ask("SELECT 1"), in, ask("SELECT count(*) FROM t")});
    ASSERT_EQ(outcomes.size(), 3u);
    EXPECT_EQ(outcomes[1].tag, "COPY 50000");
    EXPECT_EQ(rows_of(outcomes[2]), "50000");
    EXPECT_EQ(control("COMMIT"), "ok");

    outcomes = session_->run(
        {ask("COPY (SELECT * FROM t WHERE id < 2 ORDER BY id) TO STDOUT", {}, kind::copy_to)});
    EXPECT_EQ(outcomes[0].tag, "COPY 2");
    EXPECT_EQ(rows_of(outcomes[0]), "0\tvalue\n\n1\tvalue\n");

    in.copy_data = std::make_shared<const std::string>("x\ty\n");
    EXPECT_EQ(state_of(session_->run({in})[0]), "22P02");
    in.copy_data = nullptr;
    EXPECT_EQ(state_of(session_->run({in})[0]), "57014");
    EXPECT_EQ(rows_of(session_->run({ask("SELECT 4")})[0]), "4");
}

TEST_F(postgres_store, BoundsWhatItKeepsOfAResult) {
    const auto outcomes =
        session_->run({ask("SELECT i, repeat('x', 100) FROM generate_series(1, 20000) i")});
    EXPECT_EQ(outcomes[0].rows.count(), 20'000u);
    EXPECT_FALSE(outcomes[0].rows.complete());
    EXPECT_LE(outcomes[0].rows.bytes().size(), protocol::row_buffer::bytes_max_default);
}

TEST_F(postgres_store, AsksForBinaryWhenAllColumnsAre) {
    request wanted = ask("SELECT 1::int4, 2::int4");
    wanted.result_formats = {protocol::format::binary};
    EXPECT_EQ(rows_of(session_->run({wanted})[0]), std::string("\0\0\0\1|\0\0\0\2", 9));
    wanted.result_formats = {protocol::format::binary, protocol::format::text};
    EXPECT_EQ(rows_of(session_->run({wanted})[0]), "1|2");
}

TEST_F(postgres_store, SettingsAreResetAndApplied) {
    const auto show = [&](const char* name) {
        return rows_of(session_->run({ask(std::string("SHOW ") + name, {}, kind::show)})[0]);
    };
    EXPECT_EQ(show("application_name"), "pgduet-shadow");
    EXPECT_FALSE(session_->apply_settings({
        {"TimeZone", "Europe/Vienna"},
        {"no_such_setting", "1"},
        {"search_path", "a, b"},
        {"statement_timeout", "5"},
        {"application_name", "client"},
        {"user", "client"},
    }));
    EXPECT_EQ(show("timezone"), "Europe/Vienna");
    EXPECT_EQ(show("search_path"), "a, b");
    EXPECT_EQ(show("statement_timeout"), "0");
    EXPECT_EQ(show("application_name"), "pgduet-shadow");
    EXPECT_FALSE(session_->apply_settings({}));
    EXPECT_EQ(show("timezone"), "UTC");
    EXPECT_EQ(show("extra_float_digits"), "1");
}

TEST_F(postgres_store, OutlivesDdlBehindItsPreparedStatements) {
    server_->query("CREATE TABLE t (id int); INSERT INTO t VALUES (1)");
    const request star = ask("SELECT * FROM t");
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(rows_of(session_->run({star})[0]), "1");
    server_->query("ALTER TABLE t ADD COLUMN more text DEFAULT 'x'");
    EXPECT_EQ(rows_of(session_->run({star})[0]), "1|x");
    EXPECT_EQ(rows_of(session_->run({star})[0]), "1|x");
    server_->query("ALTER TABLE t ADD COLUMN again int");
    EXPECT_EQ(control("BEGIN"), "ok");
    EXPECT_EQ(control("SAVEPOINT s"), "ok");
    EXPECT_EQ(rows_of(session_->run({star})[0]), "1|x|NULL");
    EXPECT_EQ(control("COMMIT"), "ok");
    session_->run({ask("DISCARD ALL", {}, kind::discard)});
    EXPECT_EQ(rows_of(session_->run({star})[0]), "1|x|NULL");
}

TEST_F(postgres_store, RefusesMoreParametersThanTheProtocolHas) {
    const std::vector<protocol::cell> many(65'536, protocol::cell("1"));
    const auto outcomes = session_->run({ask("SELECT 1"), ask("SELECT $1::int", many)});
    ASSERT_EQ(outcomes.size(), 2u);
    EXPECT_EQ(state_of(outcomes[1]), "54000");
    EXPECT_EQ(state_of(session_->run({ask("SELECT $1::int", many)})[0]), "54000");
    EXPECT_TRUE(session_->connected());
    EXPECT_EQ(rows_of(session_->run({ask("SELECT 5")})[0]), "5");
}

TEST_F(postgres_store, SurvivesTheDeathOfItsServerProcess) {
    const pid_t backend = std::stoi(rows_of(session_->run({ask("SELECT pg_backend_pid()")})[0]));
    std::thread killer([&] {
        std::this_thread::sleep_for(200ms);
        ::kill(backend, SIGKILL);
    });
    const auto outcomes =
        session_->run({ask("SELECT 1"), ask("SELECT pg_sleep(60)"), ask("SELECT 2")});
    killer.join();
    ASSERT_FALSE(outcomes.empty());
    ASSERT_TRUE(outcomes.back().error);
    EXPECT_THAT(outcomes.back().error->sqlstate, testing::AnyOf("08006", "57P02"));
    EXPECT_FALSE(session_->connected());
    EXPECT_EQ(state_of(session_->run({ask("SELECT 1")})[0]), "08006");
    EXPECT_EQ(control("BEGIN"), "08006");
    // The postmaster restarts all after a crash: connecting is refused for a moment.
    std::optional<protocol::sql_error> trouble;
    for (int i = 0; i < 500 && (trouble = session_->connect()); ++i) {
        EXPECT_EQ(trouble->sqlstate.substr(0, 2), "08") << trouble->message;
        std::this_thread::sleep_for(20ms);
    }
    ASSERT_FALSE(trouble);
    EXPECT_EQ(rows_of(session_->run({ask("SELECT 1")})[0]), "1");
}

TEST_F(postgres_store, InterruptEndsACallOnAStoppedServer) {
    server_->pause();
    std::thread other([&] {
        std::this_thread::sleep_for(200ms);
        session_->interrupt();
    });
    const auto begin = std::chrono::steady_clock::now();
    const auto outcomes = session_->run({ask("SELECT 1")});
    other.join();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
    ASSERT_EQ(outcomes.size(), 1u);
    EXPECT_EQ(state_of(outcomes[0]), "57P01");
    session_->interrupt();  // connecting to a stopped server waits too
    const auto trouble = session_->connect();
    ASSERT_TRUE(trouble);
    EXPECT_EQ(trouble->sqlstate, "57P01");
    server_->resume();
    EXPECT_FALSE(session_->connect());
    EXPECT_EQ(rows_of(session_->run({ask("SELECT 1")})[0]), "1");
}

TEST_F(postgres_store, ReconnectingFencesTheProcessLeftBehind) {
    ASSERT_TRUE(session_->read_watermark());
    EXPECT_EQ(control("BEGIN"), "ok");
    EXPECT_FALSE(session_->write_watermark({"a", 1}));
    std::thread other([&] {
        std::this_thread::sleep_for(200ms);
        session_->interrupt();
    });
    session_->run({ask("SELECT pg_sleep(30)")});  // holds the watermark's row
    other.join();
    const auto begin = std::chrono::steady_clock::now();
    ASSERT_FALSE(session_->connect());
    const auto mark = session_->read_watermark();
    ASSERT_TRUE(mark) << mark.error().message;
    EXPECT_EQ(mark->unit, 0u);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
    EXPECT_EQ(
        server_->query("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%'"
                       " AND pid <> pg_backend_pid()"),
        "0");
}

TEST(PostgresStore, NamesWhatIsWrongWithAConnection) {
    const auto nobody = open_session("host=127.0.0.1 port=1 user=x dbname=y");
    const auto trouble = nobody->connect();
    ASSERT_TRUE(trouble);
    EXPECT_EQ(trouble->sqlstate, "08001");
    EXPECT_THAT(trouble->message, testing::HasSubstr("127.0.0.1"));
    EXPECT_FALSE(nobody->connected());
    const auto nonsense = open_session("this is no dsn");
    EXPECT_EQ(nonsense->connect()->sqlstate, "08001");
    const auto silent = open_session("nonsense=1");
    EXPECT_EQ(silent->connect()->sqlstate, "08001");
}

}  // namespace
}  // namespace pgduet::store::postgres
