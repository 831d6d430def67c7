#include "tests/shadow/store_sqlite/scratch_sqlite.hpp"

namespace pgduet::store::sqlite {
namespace {

class Tables : public sqlite_test {
protected:
    void SetUp() override {
        database_options options;
        options.capture_effects = true;
        open(options);
        a = std::make_unique<client>(*store);
    }
    void TearDown() override { a.reset(); }
    std::unique_ptr<client> a;
};

TEST_F(Tables, ConstraintErrorsHavePostgresFields) {
    ASSERT_EQ(a->show("CREATE TABLE p(id int PRIMARY KEY, u text UNIQUE, n int NOT NULL)"),
              "CREATE TABLE");
    ASSERT_EQ(a->show("CREATE TABLE c(id int PRIMARY KEY, pid int REFERENCES p(id))"),
              "CREATE TABLE");
    a->show("INSERT INTO p VALUES (1,'a',1)");
    a->show("INSERT INTO c VALUES (1,1)");

    auto error = a->run("INSERT INTO p(id,u,n) VALUES (1,'b',1)").error;
    ASSERT_TRUE(error);
    EXPECT_EQ(error->sqlstate, "23505");
    EXPECT_EQ(error->message, "duplicate key value violates unique constraint \"p_pkey\"");
    EXPECT_EQ(error->detail, "Key (id)=(1) already exists.");
    EXPECT_EQ(error->table, "p");
    EXPECT_EQ(error->constraint, "p_pkey");

    error = a->run("INSERT INTO p VALUES (2,'a',1)").error;
    ASSERT_TRUE(error);
    EXPECT_EQ(error->constraint, "p_u_key");

    error = a->run("INSERT INTO p(id,u) VALUES (2,'c')").error;
    ASSERT_TRUE(error);
    EXPECT_EQ(error->sqlstate, "23502");
    EXPECT_EQ(error->message,
              "null value in column \"n\" of relation \"p\" violates not-null constraint");
    EXPECT_EQ(error->column, "n");

    error = a->run("INSERT INTO c VALUES (2,99)").error;
    ASSERT_TRUE(error);
    EXPECT_EQ(error->sqlstate, "23503");
    EXPECT_EQ(error->message,
              "insert or update on table \"c\" violates foreign key constraint \"c_pid_fkey\"");
    EXPECT_EQ(error->detail, "Key (pid)=(99) is not present in table \"p\".");

    error = a->run("DELETE FROM p WHERE id=1").error;
    ASSERT_TRUE(error);
    EXPECT_EQ(error->message,
              "update or delete on table \"p\" violates foreign key constraint \"c_pid_fkey\" on "
              "table \"c\"");
    EXPECT_EQ(error->detail, "Key (id)=(1) is still referenced from table \"c\".");
    EXPECT_EQ(a->show("SELECT count(*) FROM p"), "SELECT 1: 1");
}

TEST_F(Tables, CheckConstraint) {
    ASSERT_EQ(a->show("CREATE TABLE k(v int CONSTRAINT positive CHECK (v > 0))"), "CREATE TABLE");
    const auto error = a->run("INSERT INTO k VALUES (-1)").error;
    ASSERT_TRUE(error);
    EXPECT_EQ(error->sqlstate, "23514");
    EXPECT_EQ(error->message, "new row for relation \"k\" violates check constraint \"positive\"");
    EXPECT_EQ(error->constraint, "positive");
}

TEST_F(Tables, EffectsAndGeneratedValues) {
    ASSERT_EQ(a->show("CREATE TABLE g(id serial PRIMARY KEY, v numeric(10,2))"), "CREATE TABLE");
    auto inserted = a->run("INSERT INTO g(v) VALUES (1.5),(2)");
    ASSERT_FALSE(inserted.error) << inserted.shown();
    ASSERT_TRUE(inserted.last.has_effects);
    ASSERT_EQ(inserted.last.effects.size(), 2u);
    EXPECT_EQ(inserted.last.effects[0].after, (std::vector<protocol::cell>{"1", "1.50"}));
    ASSERT_EQ(inserted.last.generated.columns, std::vector<std::string>{"id"});
    ASSERT_EQ(inserted.last.generated.rows.size(), 2u);
    EXPECT_EQ(inserted.last.generated.rows[1][0], "2");

    auto updated = a->run("UPDATE g SET v = 7 WHERE id = 2");
    ASSERT_EQ(updated.last.effects.size(), 1u);
    EXPECT_EQ(updated.last.effects[0].what, shadow::row_change::kind::update);
    EXPECT_EQ(updated.last.effects[0].before[1], "2.00");
    EXPECT_EQ(updated.last.effects[0].after[1], "7.00");
    EXPECT_EQ(a->run("DELETE FROM g").last.effects.size(), 2u);
}

TEST_F(Tables, ReturningGivesRowsAndEffects) {
    a->show("CREATE TABLE r(id serial PRIMARY KEY, v text)");
    const auto out = a->run("INSERT INTO r(v) VALUES ('x') RETURNING id, v");
    EXPECT_EQ(out.shown(), "INSERT 0 1: 1|x");
    EXPECT_EQ(out.last.effects.size(), 1u);
}

TEST_F(Tables, PgbenchStatements) {
    const char* const set_up[] = {
        "drop table if exists pgbench_accounts, pgbench_branches, pgbench_history, pgbench_tellers",
        "create table pgbench_history(tid int,bid int,aid int,delta int,mtime timestamp,filler "
        "char(22))",
        "create table pgbench_tellers(tid int not null,bid int,tbalance int,filler char(84)) with "
        "(fillfactor=100)",
        "create table pgbench_accounts(aid int not null,bid int,abalance int,filler char(84)) "
        "with (fillfactor=100)",
        "create table pgbench_branches(bid int not null,bbalance int,filler char(88)) with "
        "(fillfactor=100)",
    };
    for (const char* const text : set_up)
        ASSERT_FALSE(a->run(text).error) << text << " -> " << a->show(text);
    ASSERT_EQ(a->show("begin"), "BEGIN");
    ASSERT_EQ(a->show("truncate table pgbench_accounts, pgbench_branches, pgbench_history, "
                      "pgbench_tellers"),
              "TRUNCATE TABLE");
    ASSERT_EQ(a->show("insert into pgbench_branches(bid,bbalance) values(1,0)"), "INSERT 0 1");
    ASSERT_EQ(a->show("insert into pgbench_tellers(tid,bid,tbalance) values (1,1,0)"),
              "INSERT 0 1");
    a->copy_input = "1\t1\t0\t\n2\t1\t0\t\n";
    ASSERT_EQ(a->show("copy pgbench_accounts from stdin with (freeze on)"), "COPY 2");
    ASSERT_EQ(a->show("commit"), "COMMIT");
    ASSERT_EQ(a->show("vacuum analyze pgbench_accounts"), "VACUUM");
    for (const char* const text : {"alter table pgbench_branches add primary key (bid)",
                                   "alter table pgbench_tellers add primary key (tid)",
                                   "alter table pgbench_accounts add primary key (aid)"})
        ASSERT_EQ(a->show(text), "ALTER TABLE") << text;
    EXPECT_TRUE(store->find_relation("", "pgbench_accounts")->has_primary_key);

    a->show("BEGIN");
    EXPECT_EQ(a->show("UPDATE pgbench_accounts SET abalance = abalance + 5 WHERE aid = 1"),
              "UPDATE 1");
    EXPECT_EQ(a->show("SELECT abalance FROM pgbench_accounts WHERE aid = 1"), "SELECT 1: 5");
    EXPECT_EQ(a->show("UPDATE pgbench_tellers SET tbalance = tbalance + 5 WHERE tid = 1"),
              "UPDATE 1");
    EXPECT_EQ(a->show("INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (1, 1, 1, "
                      "5, CURRENT_TIMESTAMP)"),
              "INSERT 0 1");
    EXPECT_EQ(a->show("END"), "COMMIT");
    const auto filler = a->run("SELECT filler FROM pgbench_accounts WHERE aid = 1");
    EXPECT_EQ(filler.rows, std::string(84, ' '));
    EXPECT_EQ(a->run("INSERT INTO pgbench_accounts VALUES (1,1,1,'')").error->constraint,
              "pgbench_accounts_pkey");
}

TEST_F(Tables, CopyTextAndCsv) {
    a->show("CREATE TABLE k(id int, v text)");
    a->copy_input = "1\ta\\tb\n2\t\\N\n\\.\n";
    EXPECT_EQ(a->show("COPY k FROM STDIN"), "COPY 2");
    EXPECT_EQ(a->show("SELECT id, v FROM k ORDER BY id"), "SELECT 2: 1|a\tb, 2|∅");
    a->copy_input = "id,v\n3,\"x,\"\"y\"\"\n\"\n4,\n";
    EXPECT_EQ(a->show("COPY k FROM STDIN (FORMAT csv, HEADER)"), "COPY 2");
    EXPECT_EQ(a->run("COPY k TO STDOUT (FORMAT csv)").rows,
              "1,a\tb\n2,\n3,\"x,\"\"y\"\"\n\"\n4,\n");
    EXPECT_EQ(a->run("COPY (SELECT v FROM k WHERE id = 1) TO STDOUT").rows, "a\\tb\n");
    a->copy_input = "x\ty\n";
    const auto error = a->run("COPY k FROM STDIN").error;
    ASSERT_TRUE(error);
    EXPECT_EQ(error->sqlstate, "22P02");
    EXPECT_EQ(error->where, "COPY k, line 1, column id");
    a->copy_input = "1\n";
    EXPECT_EQ(a->run("COPY k FROM STDIN").error->sqlstate, "22P04");
    EXPECT_EQ(a->show("SELECT count(*) FROM k"), "SELECT 1: 4");
}

struct type_case {
    const char* type;
    const char* in;
    const char* out;
};

class TypeRoundTrip : public sqlite_test, public testing::WithParamInterface<type_case> {};

TEST_P(TypeRoundTrip, TextAndBinary) {
    const type_case& what = GetParam();
    client c(*store);
    ASSERT_EQ(c.show("CREATE TABLE x(id int PRIMARY KEY, v " + std::string(what.type) + ")"),
              "CREATE TABLE");
    auto insert = c.run("INSERT INTO x VALUES (1, $1)", {{protocol::format::text, what.in}});
    ASSERT_EQ(insert.shown(), "INSERT 0 1");
    const auto text = c.run("SELECT v FROM x");
    ASSERT_EQ(text.shown(), "SELECT 1: " + std::string(what.out));
    // Out in binary, in again in binary, and the text is the same.
    const auto select = sql::parse("SELECT v FROM x WHERE id = 1")->statements.front();
    const auto binary = c.run_one(select, {}, {protocol::format::binary});
    ASSERT_FALSE(binary.error);
    c.session.sync();
    insert = c.run("INSERT INTO x VALUES (2, $1)", {{protocol::format::binary, binary.rows}});
    ASSERT_EQ(insert.shown(), "INSERT 0 1");
    EXPECT_EQ(c.run("SELECT v FROM x WHERE id = 2").rows, what.out);
}

INSTANTIATE_TEST_SUITE_P(
    Types,
    TypeRoundTrip,
    testing::Values(type_case{"smallint", " 12 ", "12"},
                    type_case{"int", "-2147483648", "-2147483648"},
                    type_case{"bigint", "9223372036854775807", "9223372036854775807"},
                    type_case{"boolean", "yes", "t"},
                    type_case{"real", "0.1", "0.1"},
                    type_case{"double precision", "0.30000000000000004", "0.30000000000000004"},
                    type_case{"numeric(10,2)", "3.456", "3.46"},
                    type_case{"numeric", "1.10", "1.10"},
                    type_case{"text", "Grüße", "Grüße"},
                    type_case{"varchar(5)", "abc", "abc"},
                    type_case{"char(5)", "ab", "ab   "},
                    type_case{"bytea", "\\x00ff", "\\x00ff"},
                    type_case{"date", "2024-01-02", "2024-01-02"},
                    type_case{"time", "03:04:05", "03:04:05"},
                    type_case{"timestamp", "2024-01-02T03:04", "2024-01-02 03:04:00"},
                    type_case{"timestamptz", "2024-01-02 03:04:05+02", "2024-01-02 01:04:05+00"},
                    type_case{"uuid",
                              "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
                              "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
                    type_case{"json", "{\"b\":1,\"a\":2}", "{\"b\":1,\"a\":2}"},
                    type_case{"jsonb", "{\"b\":1,\"a\":2}", "{\"a\": 2, \"b\": 1}"},
                    type_case{"int[]", "{1,NULL,3}", "{1,NULL,3}"}));

TEST_F(Tables, TimeZoneOfTheSession) {
    a->show("CREATE TABLE z(v timestamptz)");
    a->show("SET TimeZone = 'Europe/Berlin'");
    EXPECT_EQ(a->show("INSERT INTO z VALUES ('2024-07-01 12:00')"), "INSERT 0 1");
    EXPECT_EQ(a->show("SELECT v FROM z"), "SELECT 1: 2024-07-01 12:00:00+02");
    a->show("SET TimeZone = 'UTC'");
    EXPECT_EQ(a->show("SELECT v FROM z"), "SELECT 1: 2024-07-01 10:00:00+00");
}

TEST_F(Tables, NowIsStableInATransaction) {
    a->show("BEGIN");
    const auto first = a->run("SELECT now()").rows;
    EXPECT_EQ(a->run("SELECT now()").rows, first);
    a->show("COMMIT");
    a->session.set_now("2020-01-01 00:00:00+00");
    EXPECT_EQ(a->show("SELECT now()"), "SELECT 1: 2020-01-01 00:00:00+00");
}

}  // namespace
}  // namespace pgduet::store::sqlite
