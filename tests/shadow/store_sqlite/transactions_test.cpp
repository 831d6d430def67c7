#include "tests/shadow/store_sqlite/scratch_sqlite.hpp"

namespace pgduet::store::sqlite {
namespace {

class Transactions : public sqlite_test {
protected:
    void SetUp() override {
        sqlite_test::SetUp();
        a = std::make_unique<client>(*store);
        ASSERT_EQ(a->show("CREATE TABLE t(id int PRIMARY KEY, v text)"), "CREATE TABLE");
        ASSERT_EQ(a->show("INSERT INTO t VALUES (1,'one')"), "INSERT 0 1");
    }
    void TearDown() override { a.reset(); }
    std::unique_ptr<client> a;
};

TEST_F(Transactions, AutocommitGivesTheWriterBack) {
    EXPECT_EQ(a->session.status(), 'I');
    EXPECT_FALSE(a->session.holds_writer());
    client b(*store);
    EXPECT_EQ(b.show("UPDATE t SET v='b' WHERE id=1"), "UPDATE 1");
    EXPECT_EQ(a->show("SELECT id, v FROM t"), "SELECT 1: 1|b");
}

TEST_F(Transactions, ErrorAbortsTheBlock) {
    EXPECT_EQ(a->show("BEGIN"), "BEGIN");
    EXPECT_EQ(a->show("INSERT INTO t VALUES (2,'two')"), "INSERT 0 1");
    EXPECT_EQ(a->session.status(), 'T');
    EXPECT_EQ(a->run("INSERT INTO t VALUES (1,'again')").error->sqlstate, "23505");
    EXPECT_EQ(a->session.status(), 'E');
    EXPECT_FALSE(a->session.holds_writer());
    EXPECT_EQ(a->run("SELECT 1").error->sqlstate, "25P02");
    EXPECT_EQ(a->show("COMMIT"), "ROLLBACK");
    EXPECT_EQ(a->session.status(), 'I');
    EXPECT_EQ(a->show("SELECT count(*) FROM t"), "SELECT 1: 1");
}

TEST_F(Transactions, ReadCommittedSeesOtherCommits) {
    client b(*store);
    a->show("BEGIN");
    EXPECT_EQ(a->show("SELECT v FROM t"), "SELECT 1: one");
    b.show("UPDATE t SET v='changed'");
    EXPECT_EQ(a->show("SELECT v FROM t"), "SELECT 1: changed");
    a->show("UPDATE t SET v='mine'");
    EXPECT_EQ(b.show("SELECT v FROM t"), "SELECT 1: changed");
    a->show("COMMIT");
    EXPECT_EQ(b.show("SELECT v FROM t"), "SELECT 1: mine");
}

TEST_F(Transactions, ReadOnlySnapshotStays) {
    client b(*store);
    a->show("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    EXPECT_EQ(a->show("SELECT v FROM t"), "SELECT 1: one");
    b.show("UPDATE t SET v='changed'");
    EXPECT_EQ(a->show("SELECT v FROM t"), "SELECT 1: one");
    EXPECT_EQ(a->run("DELETE FROM t").error->sqlstate, "25006");
    a->show("ROLLBACK");
    EXPECT_EQ(a->show("SELECT v FROM t"), "SELECT 1: changed");
}

TEST_F(Transactions, SavepointsBeforeAndAfterTheWriter) {
    a->show("BEGIN");
    EXPECT_EQ(a->show("SAVEPOINT early"), "SAVEPOINT");
    a->show("INSERT INTO t VALUES (2,'two')");
    a->show("SAVEPOINT late");
    a->show("INSERT INTO t VALUES (3,'three')");
    EXPECT_EQ(a->run("INSERT INTO t VALUES (3,'again')").error->sqlstate, "23505");
    EXPECT_EQ(a->session.status(), 'E');
    EXPECT_EQ(a->show("ROLLBACK TO late"), "ROLLBACK");
    EXPECT_EQ(a->session.status(), 'T');
    EXPECT_EQ(a->show("SELECT count(*) FROM t"), "SELECT 1: 2");
    EXPECT_EQ(a->show("ROLLBACK TO early"), "ROLLBACK");
    EXPECT_EQ(a->show("SELECT count(*) FROM t"), "SELECT 1: 1");
    EXPECT_EQ(a->run("ROLLBACK TO nowhere").error->sqlstate, "3B001");
    a->show("ROLLBACK");
    EXPECT_EQ(a->run("SAVEPOINT s").error->sqlstate, "25P01");
}

TEST_F(Transactions, WarningsOfNestedBeginAndStrayCommit) {
    a->show("BEGIN");
    const auto again = a->run("BEGIN");
    ASSERT_EQ(again.last.notices.size(), 1u);
    EXPECT_EQ(again.last.notices[0].sqlstate, "25001");
    a->show("COMMIT");
    const auto stray = a->run("COMMIT");
    ASSERT_EQ(stray.last.notices.size(), 1u);
    EXPECT_EQ(stray.last.notices[0].sqlstate, "25P01");
    EXPECT_EQ(stray.tag, "COMMIT");
}

TEST_F(Transactions, SeveralStatementsAreOneTransaction) {
    EXPECT_EQ(a->run("INSERT INTO t VALUES (5,'x'); INSERT INTO t VALUES (1,'y')").error->sqlstate,
              "23505");
    EXPECT_EQ(a->session.status(), 'I');
    EXPECT_EQ(a->show("SELECT count(*) FROM t"), "SELECT 1: 1");
}

TEST_F(Transactions, SettingsFollowTheTransaction) {
    EXPECT_EQ(a->show("SET application_name = 'first'"), "SET");
    a->show("BEGIN");
    a->show("SET application_name = 'second'");
    a->show("SET LOCAL TimeZone = 'Europe/Berlin'");
    EXPECT_EQ(a->show("SHOW application_name"), "SHOW: second");
    EXPECT_EQ(a->show("SHOW timezone"), "SHOW: Europe/Berlin");
    a->show("ROLLBACK");
    EXPECT_EQ(a->show("SHOW application_name"), "SHOW: first");
    EXPECT_EQ(a->show("SHOW timezone"), "SHOW: UTC");
    EXPECT_EQ(a->run("SET no_such_thing = 1").error->sqlstate, "42704");
    EXPECT_EQ(a->run("SHOW no_such_thing").error->sqlstate, "42704");
}

TEST_F(Transactions, CommitsAreNumbered) {
    const auto before = store->commit_sequence();
    a->show("UPDATE t SET v='x'");
    EXPECT_EQ(a->session.last_commit(), before + 1);
    a->show("SELECT * FROM t");
    a->show("UPDATE t SET v='x' WHERE id=99");
    EXPECT_EQ(store->commit_sequence(), before + 1);
}

TEST_F(Transactions, SchemaChangesRollBack) {
    a->show("BEGIN");
    EXPECT_EQ(a->show("CREATE TABLE u(x int)"), "CREATE TABLE");
    EXPECT_EQ(a->show("INSERT INTO u VALUES (7)"), "INSERT 0 1");
    EXPECT_EQ(a->show("SELECT x FROM u"), "SELECT 1: 7");
    client b(*store);
    EXPECT_EQ(b.run("SELECT x FROM u").error->sqlstate, "42P01");
    a->show("ROLLBACK");
    EXPECT_EQ(a->run("SELECT x FROM u").error->sqlstate, "42P01");
}

TEST_F(Transactions, PortalsSuspendAndGoOn) {
    a->show("INSERT INTO t VALUES (2,'two'),(3,'three')");
    auto parsed = sql::parse("SELECT id FROM t ORDER BY id");
    auto plan = a->session.prepare(parsed->statements.front(), {});
    auto bound = a->session.bind(*plan, {}, {});
    a->lease_for(**bound);
    collected_rows rows;
    EXPECT_EQ(a->session.execute(**bound, 2, 0, rows).at, progress::state::suspended);
    EXPECT_EQ(rows.shown(), "1, 2");
    const progress rest = a->session.execute(**bound, 2, 0, rows);
    EXPECT_EQ(rest.at, progress::state::done);
    EXPECT_EQ(rest.tag, "SELECT 3");
    EXPECT_FALSE(a->session.sync());
}

TEST_F(Transactions, CursorsFetch) {
    a->show("INSERT INTO t VALUES (2,'two'),(3,'three')");
    EXPECT_EQ(a->run("DECLARE c CURSOR FOR SELECT id FROM t").error->sqlstate, "25P01");
    a->show("BEGIN");
    EXPECT_EQ(a->show("DECLARE c CURSOR FOR SELECT id FROM t ORDER BY id"), "DECLARE CURSOR");
    EXPECT_EQ(a->show("FETCH 2 FROM c"), "FETCH 2: 1, 2");
    a->show("DELETE FROM t WHERE id = 3");
    EXPECT_EQ(a->show("FETCH ALL FROM c"), "FETCH 1: 3");
    EXPECT_EQ(a->show("FETCH c"), "FETCH 0");
    EXPECT_EQ(a->show("CLOSE c"), "CLOSE CURSOR");
    EXPECT_EQ(a->run("FETCH c").error->sqlstate, "34000");
    a->show("ROLLBACK");
}

TEST_F(Transactions, CursorsSeeTheirDeclaration) {
    client b(*store);
    a->show("BEGIN");
    a->show("DECLARE c SCROLL CURSOR FOR SELECT v FROM t");
    a->show("DECLARE d CURSOR FOR SELECT v FROM t");
    b.show("UPDATE t SET v='later'");
    EXPECT_EQ(a->show("FETCH c"), "FETCH 1: one");
    EXPECT_EQ(a->show("FETCH PRIOR FROM c"), "FETCH 0");
    EXPECT_EQ(a->show("FETCH FIRST FROM c"), "FETCH 1: one");
    EXPECT_EQ(a->show("FETCH d"), "FETCH 1: one");
    EXPECT_EQ(a->show("MOVE c"), "MOVE 0");
    a->show("COMMIT");
}

TEST_F(Transactions, DeferredForeignKeyFailsTheCommit) {
    ASSERT_EQ(a->show("CREATE TABLE c(id int PRIMARY KEY, tid int REFERENCES t(id) DEFERRABLE "
                      "INITIALLY DEFERRED)"),
              "CREATE TABLE");
    a->show("BEGIN");
    EXPECT_EQ(a->show("INSERT INTO c VALUES (1, 77)"), "INSERT 0 1");
    EXPECT_EQ(a->run("COMMIT").error->sqlstate, "23503");
    EXPECT_EQ(a->session.status(), 'I');
    EXPECT_FALSE(a->session.holds_writer());
    EXPECT_EQ(a->show("SELECT count(*) FROM c"), "SELECT 1: 0");
}

/// What poolers and drivers send when a connection starts or is given back.
TEST_F(Transactions, HousekeepingOfDrivers) {
    const char* const statements[] = {
        "SET extra_float_digits = 3",
        "SET application_name = 'PostgreSQL JDBC Driver'",
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED",
        "SHOW TRANSACTION ISOLATION LEVEL",
        "SHOW standard_conforming_strings",
        "select version()",
        "SELECT current_schema()",
        "SELECT current_database(), current_user, pg_backend_pid()",
        "SELECT pg_advisory_unlock_all(); CLOSE ALL; UNLISTEN *; RESET ALL;",
        "SELECT set_config('application_name', 'x', false)",
        "SELECT pg_is_in_recovery()",
        "UNLISTEN *",
        "RESET ALL",
        "DISCARD ALL",
        "SET DateStyle = 'ISO, MDY'",
        "SET client_encoding TO 'UTF8'",
        "SET statement_timeout = 0",
        "SET TIME ZONE 'UTC'",
        "SET NAMES 'UTF8'",
        "START TRANSACTION READ WRITE",
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "COMMIT AND CHAIN",
        "ROLLBACK",
        "EXPLAIN SELECT * FROM t WHERE id = 1",
    };
    for (const char* const text : statements)
        EXPECT_FALSE(a->run(text).error) << text << " -> " << a->show(text);
}

TEST_F(Transactions, AdvisoryLocks) {
    client b(*store);
    EXPECT_EQ(a->show("SELECT pg_try_advisory_lock(7)"), "SELECT 1: t");
    EXPECT_EQ(b.show("SELECT pg_try_advisory_lock(7)"), "SELECT 1: f");
    EXPECT_EQ(b.run("SELECT pg_advisory_lock(7)").error->sqlstate, "55P03");
    EXPECT_EQ(a->show("SELECT pg_advisory_unlock(7)"), "SELECT 1: t");
    b.show("BEGIN");
    EXPECT_FALSE(b.run("SELECT pg_advisory_xact_lock(7, -1)").error);
    EXPECT_EQ(a->show("SELECT pg_try_advisory_lock(7, -1)"), "SELECT 1: f");
    b.show("COMMIT");
    EXPECT_EQ(a->show("SELECT pg_try_advisory_lock(7, -1) AS got"), "SELECT 1: t");
}

TEST_F(Transactions, PreparedInSql) {
    EXPECT_EQ(a->show("PREPARE p(int) AS SELECT v FROM t WHERE id = $1"), "PREPARE");
    EXPECT_EQ(a->show("EXECUTE p(1)"), "SELECT 1: one");
    EXPECT_EQ(a->show("DEALLOCATE p"), "DEALLOCATE");
    EXPECT_EQ(a->run("EXECUTE p(1)").error->sqlstate, "26000");
}

}  // namespace
}  // namespace pgduet::store::sqlite
