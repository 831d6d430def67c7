// A PostgreSQL primary behind a real listener.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/proxy/running_proxy.hpp"
#include "tests/support/scratch_postgres.hpp"

namespace pgduet::proxy {
namespace {

using testing::HasSubstr;

class Relay : public testing::Test {
protected:
    void SetUp() override {
        PGDUET_REQUIRE_POSTGRES();
        server_ = std::make_unique<test_support::scratch_postgres>();
    }
    /// The DSN names the server only: user and database are the client's.
    std::string one_server() const {
        return "[stores.a]\nengine = \"postgres\"\ndsn = \"host=127.0.0.1 port=" +
               std::to_string(server_->port()) + "\"\n[duet]\nprimary = \"a\"\n";
    }
    std::unique_ptr<test_support::scratch_postgres> server_;
};

TEST_F(Relay, SimpleExtendedCopyAndErrors) {
    running_proxy proxy{one_server()};
    test_client client{proxy.dsn()};
    ASSERT_TRUE(client.connected()) << client.error();
    EXPECT_EQ(client.run("CREATE TABLE t (id int PRIMARY KEY, name text)"), "CREATE TABLE");
    const char* values[] = {"1", "a"};
    PQclear(PQexecParams(
        client.get(), "INSERT INTO t VALUES ($1, $2)", 2, nullptr, values, nullptr, nullptr, 0));
    EXPECT_EQ(client.run("SELECT * FROM t"), "1|a");
    EXPECT_EQ(client.run("SELECT * FROM nowhere"), "ERROR 42P01");

    PQclear(PQexec(client.get(), "COPY t FROM STDIN"));
    PQputCopyData(client.get(), "2\tb\n", 4);
    PQputCopyEnd(client.get(), nullptr);
    while (PGresult* answer = PQgetResult(client.get()))
        PQclear(answer);
    EXPECT_EQ(client.run("SELECT count(*) FROM t"), "2");

    EXPECT_EQ(client.run("SELECT length(repeat('x', 3000000))"), "3000000");
    EXPECT_EQ(client.run("SELECT repeat('x', 3000000)").size(), 3000000u);
}

TEST_F(Relay, ClientsParametersReachTheServer) {
    running_proxy proxy{one_server()};
    test_client client{
        proxy.dsn("application_name='my app' options='-c work_mem=5MB -c TimeZone=Europe/Berlin'")};
    ASSERT_TRUE(client.connected()) << client.error();
    EXPECT_EQ(client.run("SHOW application_name"), "my app");
    EXPECT_EQ(client.run("SHOW work_mem"), "5MB");
    EXPECT_STREQ(PQparameterStatus(client.get(), "TimeZone"), "Europe/Berlin");
    EXPECT_EQ(client.run("SELECT current_user, current_database()"), "postgres|postgres");
}

TEST_F(Relay, ServersOwnErrorsAtLogin) {
    running_proxy proxy{one_server()};
    test_client client{proxy.dsn("dbname=nope")};
    EXPECT_FALSE(client.connected());
    EXPECT_THAT(client.error(), HasSubstr("FATAL:  database \"nope\" does not exist"));
}

TEST_F(Relay, CancelsARunningQuery) {
    running_proxy proxy{one_server()};
    test_client client{proxy.dsn()};
    ASSERT_EQ(PQsendQuery(client.get(), "SELECT pg_sleep(30)"), 1);
    const std::unique_ptr<PGcancel, decltype(&PQfreeCancel)> cancel{PQgetCancel(client.get()),
                                                                    PQfreeCancel};
    char message[256];
    ::usleep(200'000);
    EXPECT_EQ(PQcancel(cancel.get(), message, sizeof message), 1);
    PGresult* answer = PQgetResult(client.get());
    EXPECT_STREQ(PQresultErrorField(answer, PG_DIAG_SQLSTATE), "57014");
    PQclear(answer);
}

TEST_F(Relay, AVanishedClientsQueryIsCancelled) {
    running_proxy proxy{one_server()};
    {
        test_client client{proxy.dsn()};
        ASSERT_EQ(PQsendQuery(client.get(), "SELECT pg_sleep(30)"), 1);
        PQflush(client.get());
        ::usleep(200'000);
    }
    std::string running;
    for (int i = 0; i < 50; ++i) {
        running = server_->query(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' "
            "AND state = 'active'");
        if (running == "0")
            break;
        ::usleep(100'000);
    }
    EXPECT_EQ(running, "0");
}

TEST_F(Relay, TellsWhenTheServerIsGone) {
    running_proxy proxy{one_server()};
    test_client client{proxy.dsn()};
    ASSERT_TRUE(client.connected());
    EXPECT_EQ(proxy.get("/readyz").status, 200);
    server_->kill();
    // The FATAL came while nothing ran, so libpq gives its text only.
    client.run("SELECT 1");
    // When its own query met the closed socket first, the kernel may have dropped even that.
    EXPECT_THAT(client.error(),
                testing::AnyOf(HasSubstr("connection to store \"a\" was lost"),
                               HasSubstr("server closed the connection unexpectedly")));
    const test_client next{proxy.dsn()};
    EXPECT_THAT(next.error(), HasSubstr("Connection refused"));
    int status = 0;
    for (int i = 0; i < 150 && status != 503; ++i) {
        ::usleep(100'000);
        status = proxy.get("/readyz").status;
    }
    EXPECT_EQ(status, 503);
}

}  // namespace
}  // namespace pgduet::proxy
