// A SQLite primary behind a real listener: no PostgreSQL is needed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/proxy/running_proxy.hpp"

namespace pgduet::proxy {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string one_file = R"(
[stores.old]
engine = "sqlite"
path = "old.db"
[duet]
primary = "old"
)";

const std::string two_files = R"(
[stores.old]
engine = "sqlite"
path = "old.db"
[stores.new]
engine = "sqlite"
path = "new.db"
[duet]
primary = "old"
shadow = "new"
stage = "mirror"
)";

TEST(Serve, AnswersQueries) {
    running_proxy proxy{one_file};
    test_client client{proxy.dsn()};
    ASSERT_TRUE(client.connected()) << client.error();
    EXPECT_EQ(client.run("CREATE TABLE t (id integer PRIMARY KEY, name text)"), "CREATE TABLE");
    EXPECT_EQ(client.run("INSERT INTO t VALUES (1, 'a'), (2, 'b')"), "INSERT 0 2");
    EXPECT_EQ(client.run("SELECT id, name FROM t ORDER BY id"), "1|a\n2|b");
    EXPECT_EQ(client.run("SELECT * FROM nowhere"), "ERROR 42P01");
    EXPECT_EQ(client.run("SELEC 1"), "ERROR 42601");
    EXPECT_EQ(client.run("BEGIN"), "BEGIN");
    EXPECT_EQ(client.run("INSERT INTO t VALUES (1, 'again')"), "ERROR 23505");
    EXPECT_EQ(client.run("SELECT 1"), "ERROR 25P02");
    EXPECT_EQ(client.run("COMMIT"), "ROLLBACK");
    EXPECT_EQ(client.run("SELECT count(*) FROM t"), "2");
}

TEST(Serve, TwoWritersTakeTurns) {
    running_proxy proxy{one_file};
    test_client a{proxy.dsn()};
    test_client b{proxy.dsn()};
    a.run("CREATE TABLE t (id integer PRIMARY KEY)");
    EXPECT_EQ(a.run("BEGIN"), "BEGIN");
    EXPECT_EQ(a.run("INSERT INTO t VALUES (1)"), "INSERT 0 1");
    // b waits for the writer until a lets go of it.
    ASSERT_EQ(PQsendQuery(b.get(), "INSERT INTO t VALUES (2)"), 1);
    EXPECT_EQ(a.run("SELECT count(*) FROM t"), "1");
    EXPECT_EQ(a.run("COMMIT"), "COMMIT");
    PGresult* answer = PQgetResult(b.get());
    EXPECT_STREQ(PQcmdStatus(answer), "INSERT 0 1");
    PQclear(answer);
}

TEST(Serve, CancelReachesAWaiterAndARunner) {
    running_proxy proxy{one_file};
    test_client a{proxy.dsn()};
    test_client b{proxy.dsn()};
    a.run("CREATE TABLE t (id integer PRIMARY KEY)");
    a.run("BEGIN");
    a.run("INSERT INTO t VALUES (1)");
    ASSERT_EQ(PQsendQuery(b.get(), "INSERT INTO t VALUES (2)"), 1);
    const std::unique_ptr<PGcancel, decltype(&PQfreeCancel)> cancel{PQgetCancel(b.get()),
                                                                    PQfreeCancel};
    char message[256];
    PGresult* answer = nullptr;
    // The request may overtake the query; it is repeated until it meets it.
    std::thread canceller{[&] {
        for (int i = 0; i < 50; ++i) {
            ::usleep(20'000);
            PQcancel(cancel.get(), message, sizeof message);
        }
    }};
    answer = PQgetResult(b.get());
    EXPECT_STREQ(PQresultErrorField(answer, PG_DIAG_SQLSTATE), "57014");
    PQclear(answer);
    canceller.join();
    EXPECT_EQ(a.run("COMMIT"), "COMMIT");
    EXPECT_EQ(a.run("SELECT count(*) FROM t"), "1");
}

TEST(Serve, UnknownDatabase) {
    running_proxy proxy{one_file, {"stores.old.database=app"}};
    test_client client{proxy.dsn("dbname=nope")};
    EXPECT_FALSE(client.connected());
    EXPECT_THAT(client.error(), HasSubstr("database \"nope\" does not exist"));
    EXPECT_TRUE(test_client{proxy.dsn("dbname=app")}.connected());
}

TEST(Serve, PasswordsOfTheUsersFile) {
    running_proxy* proxy = nullptr;
    test_support::scratch_directory directory;
    const std::string users = directory.file("users.txt");
    FILE* file = std::fopen(users.c_str(), "w");
    std::fputs("\"postgres\" \"right\"\n", file);
    std::fclose(file);
    running_proxy owned{one_file, {"auth.method=scram-sha-256", "auth.users_file=" + users}};
    proxy = &owned;
    EXPECT_TRUE(test_client{proxy->dsn("password=right")}.connected());
    test_client wrong{proxy->dsn("password=wrong")};
    EXPECT_FALSE(wrong.connected());
    EXPECT_THAT(wrong.error(), HasSubstr("password authentication failed for user \"postgres\""));
    test_client nobody{proxy->dsn("user=nobody password=right")};
    EXPECT_THAT(nobody.error(), HasSubstr("password authentication failed for user \"nobody\""));
}

TEST(Listener, SurvivesGarbage) {
    running_proxy proxy{one_file};
    const std::string cases[] = {
        "GET / HTTP/1.1\r\n\r\n",
        std::string(8, '\0'),
        std::string("\xff\xff\xff\xff", 4) + std::string(100, 'x'),
        std::string("\0\0\0\3", 4),
        std::string("\0\0\0\x8\0\2\0\0", 8),         // protocol 2
        std::string("\0\0\0\x8\x4\xd2\x16\x2f", 8),  // SSLRequest, then nothing
        std::string("\0\0\0\x9\0\3\0\0\0", 9),       // no user
    };
    for (const std::string& bytes : cases)
        talk_raw(proxy.port(), bytes);
    EXPECT_TRUE(test_client{proxy.dsn()}.connected());
}

TEST(Listener, RefusesUnknownAndOversizedMessages) {
    running_proxy proxy{one_file, {"listen.message_bytes_max=16KiB"}};
    const std::string startup("\0\0\0\x17\0\3\0\0user\0postgres\0\0", 23);
    EXPECT_THAT(talk_raw(proxy.port(), startup + std::string("?\0\0\0\4", 5)), HasSubstr("08P01"));
    EXPECT_THAT(talk_raw(proxy.port(), startup + std::string("Q\0\0\0\3", 5)), HasSubstr("08P01"));
    EXPECT_THAT(talk_raw(proxy.port(), startup + std::string("Q\0\1\0\0", 5)), HasSubstr("08P01"));
    EXPECT_TRUE(test_client{proxy.dsn()}.connected());
}

TEST(Listener, LimitsClients) {
    running_proxy proxy{one_file, {"listen.max_clients=1"}};
    const test_client first{proxy.dsn()};
    ASSERT_TRUE(first.connected());
    const test_client second{proxy.dsn()};
    EXPECT_THAT(second.error(), HasSubstr("sorry, too many clients already"));
}

TEST(Listener, ClosesSilentClients) {
    running_proxy proxy{one_file, {"listen.client_login_timeout=200ms"}};
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(talk_raw(proxy.port(), ""), "");
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::milliseconds{1500});
}

TEST(Http, AnswersItsRoutes) {
    running_proxy proxy{one_file};
    EXPECT_EQ(proxy.get("/healthz").body, "ok\n");
    EXPECT_EQ(proxy.get("/readyz").status, 200);
    EXPECT_THAT(proxy.get("/metrics").body, HasSubstr("# TYPE pgduet_sessions gauge"));
    EXPECT_THAT(proxy.get("/metrics").body, HasSubstr("pgduet_stage{stage=\"solo\"} 1"));
    EXPECT_THAT(proxy.get("/api/report").body, HasSubstr("\"verdict\""));
    EXPECT_THAT(proxy.get("/").content_type, StartsWith("text/html"));
    EXPECT_EQ(proxy.get("/api/stage").body,
              "{\"stage\":\"solo\",\"primary\":\"old\",\"shadow\":\"\"}\n");
    EXPECT_EQ(proxy.get("/nothing").status, 404);
    EXPECT_EQ(proxy.post("/metrics", "").status, 405);
    EXPECT_EQ(proxy.post("/api/stage", "nonsense").status, 400);
    EXPECT_EQ(proxy.post("/api/stage", R"({"stage":"canary"})").status, 400);
    EXPECT_EQ(proxy.post("/api/stage", R"({"stage":"mirror"})").status, 409);
}

TEST(Http, TakesStagesFromLoopbackOnly) {
    running_proxy proxy{one_file, {"http.address=0.0.0.0"}};
    EXPECT_EQ(proxy.post("/api/stage", R"({"stage":"mirror"})").status, 403);
    running_proxy open{one_file, {"http.address=0.0.0.0", "http.allow_remote_control=true"}};
    EXPECT_EQ(open.post("/api/stage", R"({"stage":"mirror"})").status, 409);
}

TEST(Stage, SwitchesAndGoesBackWithTheClientConnected) {
    running_proxy proxy{two_files};
    test_client client{proxy.dsn()};
    ASSERT_TRUE(client.connected()) << client.error();
    EXPECT_EQ(client.run("CREATE TABLE t (id serial PRIMARY KEY, name text)"), "CREATE TABLE");
    EXPECT_EQ(client.run("INSERT INTO t (name) VALUES ('a')"), "INSERT 0 1");
    PQclear(PQprepare(client.get(), "get", "SELECT name FROM t WHERE id = $1", 0, nullptr));
    const char* values[] = {"1"};
    for (const char* stage : {"switched", "mirror"}) {
        const http_response moved =
            proxy.post("/api/stage", "{\"stage\":\"" + std::string{stage} + "\"}");
        ASSERT_EQ(moved.status, 200) << moved.body;
        EXPECT_EQ(client.run("INSERT INTO t (name) VALUES ('b')"), "INSERT 0 1");
        PGresult* answer = PQexecPrepared(client.get(), "get", 1, values, nullptr, nullptr, 0);
        EXPECT_STREQ(PQgetvalue(answer, 0, 0), "a") << PQresultErrorMessage(answer);
        PQclear(answer);
    }
    EXPECT_EQ(client.run("SELECT count(*), max(id) FROM t"), "3|3");
}

TEST(Stage, RefusesWhileATransactionStaysOpen) {
    running_proxy proxy{two_files, {"duet.switch_deadline=200ms"}};
    test_client client{proxy.dsn()};
    client.run("CREATE TABLE t (id integer PRIMARY KEY)");
    client.run("BEGIN");
    client.run("INSERT INTO t VALUES (1)");
    const http_response refused = proxy.post("/api/stage", R"({"stage":"switched"})");
    EXPECT_EQ(refused.status, 409);
    EXPECT_THAT(refused.body, HasSubstr("did not come to rest in time"));
    EXPECT_THAT(refused.body, HasSubstr("user postgres"));
    // The gate is open again, and the transaction goes on.
    EXPECT_EQ(client.run("INSERT INTO t VALUES (2)"), "INSERT 0 1");
    EXPECT_EQ(client.run("COMMIT"), "COMMIT");
    EXPECT_EQ(proxy.post("/api/stage", R"({"stage":"switched"})").status, 200);
}

TEST(Stop, TellsClientsAndEnds) {
    running_proxy proxy{one_file};
    test_client client{proxy.dsn()};
    ASSERT_TRUE(client.connected());
    proxy.stop();
    // The FATAL came while nothing ran, so libpq gives its text only.
    client.run("SELECT 1");
    EXPECT_THAT(client.error(), HasSubstr("terminating connection due to administrator command"));
}

}  // namespace
}  // namespace pgduet::proxy
