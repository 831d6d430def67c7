#include "shadow/sql/known_functions.hpp"
#include "tests/shadow/sql/one_statement.hpp"

namespace pgduet::sql::test {
namespace {

TEST(Volatility, FlagsOfStatements) {
    const struct {
        const char* text;
        const char* flags;
    } cases[] = {
        {"SELECT lower(a), count(*), date_trunc('day', b), coalesce(a, b) FROM t GROUP BY 1", ""},
        {"SELECT jsonb_build_object('a', 1), array_length(x, 1), to_char(d, 'YYYY') FROM t", ""},
        {"SELECT extract(year FROM d), position('a' IN b), substring(a FROM 2), trim(a) FROM t",
         ""},
        {"SELECT d AT TIME ZONE 'UTC', a || b, a LIKE 'x%', a ~ 'y' FROM t", ""},
        {"SELECT pg_catalog.lower('A')", ""},
        {"SELECT generate_series(1, 3)", ""},
        // Unknown functions may do anything.
        {"SELECT my_function(1)", "may_write"},
        {"SELECT other.lower('A')", "may_write"},
        {"SELECT * FROM f(1)", "may_write"},
        {"SELECT dblink_exec('x')", "may_write"},
        {"SELECT lo_create(0)", "may_write"},
        {"SELECT set_config('a.b', 'c', false)", "may_write"},
        {"SELECT query_to_xml('delete from t', true, true, '')", "may_write"},
        // Sequences write and answer differently.
        {"SELECT nextval('s')", "may_write nondeterministic"},
        {"SELECT setval('s', 1)", "may_write nondeterministic"},
        {"SELECT currval('s')", "nondeterministic"},
        {"INSERT INTO t VALUES (nextval('s'))", "may_write nondeterministic"},
        // The clock, chance, and what only this server knows.
        {"SELECT random()", "nondeterministic"},
        {"SELECT gen_random_uuid()", "nondeterministic"},
        {"SELECT uuid_generate_v4()", "nondeterministic"},
        {"SELECT clock_timestamp(), statement_timestamp(), timeofday()", "nondeterministic"},
        {"SELECT txid_current()", "nondeterministic"},
        {"SELECT pg_advisory_lock(1)", "nondeterministic"},
        {"SELECT pg_sleep(1)", "nondeterministic"},
        {"SELECT pg_notify('a', 'b')", "nondeterministic"},
        {"SELECT 'now'::timestamptz", "nondeterministic"},
        {"SELECT date 'Today'", "nondeterministic"},
        {"SELECT timestamp 'tomorrow 12:00'", "nondeterministic"},
        {"SELECT * FROM t WHERE d = 'yesterday'", "nondeterministic"},
        {"SELECT * FROM t WHERE d = 'not today'", ""},
        {"SELECT 'now'::text = 'then', date '2020-01-01'", "nondeterministic"},
        {"SELECT age(d) FROM t", "nondeterministic"},
        {"SELECT age(d, e) FROM t", ""},
        {"SELECT ctid FROM t", "nondeterministic"},
        {"SELECT * FROM t TABLESAMPLE BERNOULLI (1)", "nondeterministic"},
        {"DELETE FROM t WHERE CURRENT OF c", "may_write nondeterministic"},
        // Row order inside an aggregate.
        {"SELECT array_agg(a) FROM t", "nondeterministic"},
        {"SELECT array_agg(a ORDER BY a) FROM t", ""},
        {"SELECT string_agg(a, ',') FROM (SELECT a FROM t ORDER BY a) q", ""},
        {"SELECT row_number() OVER () FROM t", "nondeterministic"},
        {"SELECT row_number() OVER (ORDER BY a) FROM t", ""},
        {"SELECT lag(a) OVER w FROM t WINDOW w AS (ORDER BY a)", ""},
        // A choice of rows that nothing orders.
        {"SELECT * FROM t LIMIT 1", ""},
        {"DELETE FROM t WHERE id IN (SELECT id FROM t LIMIT 1)", "may_write nondeterministic"},
        {"DELETE FROM t WHERE id IN (SELECT id FROM t ORDER BY id LIMIT 1)", "may_write"},
        {"SELECT EXISTS (SELECT 1 FROM t LIMIT 1)", ""},
        {"SELECT * FROM (SELECT * FROM t LIMIT ALL) q", ""},
        {"INSERT INTO u SELECT * FROM t LIMIT 3", "may_write nondeterministic"},
        // Catalog, server, session.
        {"SELECT version()", "catalog"},
        {"SELECT current_setting('work_mem')", "catalog"},
        {"SELECT current_user, session_user", "catalog"},
        {"SELECT current_schema()", "catalog"},
        {"SELECT pg_backend_pid()", "catalog"},
        {"SELECT 1 FROM pg_class", "catalog"},
        {"SELECT 1 FROM pg_catalog.pg_class", "catalog"},
        {"SELECT 1 FROM information_schema.tables", "catalog"},
        {"SELECT 't'::regclass", "catalog"},
        {"SELECT pg_table_size('t')", "catalog"},
        // Locks.
        {"SELECT * FROM t FOR UPDATE", "may_write locks_rows"},
        {"SELECT * FROM t FOR KEY SHARE", "may_write locks_rows"},
        {"SELECT * FROM t FOR UPDATE SKIP LOCKED", "may_write locks_rows nondeterministic"},
        // Writing WITH.
        {"WITH c AS (INSERT INTO t VALUES (1) RETURNING a) SELECT * FROM c", "may_write"},
        // What a definition stores does not run now.
        {"CREATE TABLE t (a int DEFAULT nextval('s'), b timestamptz DEFAULT now())", "may_write"},
        {"ALTER TABLE t ALTER a SET DEFAULT random()", "may_write"},
        {"CREATE VIEW v AS SELECT random(), current_user", "may_write"},
        {"CREATE TABLE t AS SELECT random() AS r", "may_write nondeterministic"},
        {"CREATE TABLE t AS SELECT now() AS n", "may_write nondeterministic"},
        {"CREATE TEMP TABLE t (a int)", "may_write temporary"},
        {"CREATE TEMP VIEW v AS SELECT 1", "may_write temporary"},
        {"SELECT 1 AS a INTO TEMP t", "may_write temporary"},
        {"CREATE TEMP TABLE t AS SELECT 1 AS a", "may_write temporary"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.text);
        EXPECT_EQ(flags(*one(c.text)), c.flags);
    }
}

TEST(Volatility, FunctionsAreListedOnceWithTheirSchema) {
    EXPECT_EQ(joined(one("SELECT lower(a), pg_catalog.lower(b), s.f(1), upper(c)")->functions),
              "lower s.f upper");
    EXPECT_EQ(joined(one("SELECT LOWER('A')")->functions), "lower");
}

TEST(Volatility, ListsDoNotOverlapInAWayThatMatters) {
    EXPECT_EQ(effect_of("now"), function_effect::now);
    EXPECT_EQ(effect_of("random"), function_effect::nondeterministic);
    EXPECT_EQ(effect_of("nextval"), function_effect::sequence);
    EXPECT_EQ(effect_of("pg_typeof"), function_effect::harmless);
    EXPECT_EQ(effect_of("pg_get_viewdef"), function_effect::catalog);
    EXPECT_EQ(effect_of("lo_unlink"), function_effect::unknown);
    EXPECT_EQ(effect_of(""), function_effect::unknown);
}

TEST(NowCalls, AreFoundWithTheirPlaceAndType) {
    const struct {
        const char* text;
        const char* calls;  ///< "text>cast" joined by " | "
    } cases[] = {
        {"SELECT now()", "now()>timestamptz"},
        {"SELECT NOW ( /* ) */ )", "NOW ( /* ) */ )>timestamptz"},
        {"SELECT 1; SELECT 'é', now()", "now()>timestamptz"},
        {"SELECT pg_catalog.now(), transaction_timestamp()",
         "pg_catalog.now()>timestamptz | transaction_timestamp()>timestamptz"},
        {"SELECT CURRENT_TIMESTAMP, current_timestamp ( 2 )",
         "CURRENT_TIMESTAMP>timestamptz | current_timestamp ( 2 )>timestamptz(2)"},
        {"SELECT current_timestamp(0)", "current_timestamp(0)>timestamptz(0)"},
        {"SELECT current_date, current_time, current_time(3)",
         "current_date>date | current_time>timetz | current_time(3)>timetz(3)"},
        {"SELECT localtime, localtime(1), localtimestamp, localtimestamp(6)",
         "localtime>time | localtime(1)>time(1) | localtimestamp>timestamp | "
         "localtimestamp(6)>timestamp(6)"},
        {"UPDATE t SET a = now() - interval '1 day' WHERE b < now()",
         "now()>timestamptz | now()>timestamptz"},
        {"INSERT INTO t VALUES (1, now()) ON CONFLICT (a) DO UPDATE SET b = current_date",
         "now()>timestamptz | current_date>date"},
        {"UPDATE t SET (a, b) = (SELECT now(), 1)", "now()>timestamptz"},
        {"SELECT s.now()", ""},
        {"SELECT clock_timestamp()", ""},
        {"SELECT * FROM now()", ""},
        {"CREATE TABLE t (a timestamptz DEFAULT now())", ""},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.text);
        const auto parsed = parse(c.text);
        ASSERT_TRUE(parsed);
        const statement& s = *parsed->statements.back();
        std::string calls;
        for (const now_call& call : s.now_calls)
            calls += (calls.empty() ? "" : " | ") + s.text.substr(call.offset, call.length) + ">" +
                     call.cast;
        EXPECT_EQ(calls, c.calls);
    }
    EXPECT_TRUE(one("SELECT * FROM now()")->nondeterministic);
    EXPECT_TRUE(one("PREPARE p AS SELECT now()")->nondeterministic);
    EXPECT_FALSE(one("SELECT now()")->nondeterministic);
}

TEST(Parameters, TheHighestIsCounted) {
    EXPECT_EQ(one("SELECT 1")->parameter_count, 0);
    EXPECT_EQ(one("SELECT $1, $7::int, $2")->parameter_count, 7);
    EXPECT_EQ(one("INSERT INTO t VALUES ($1, ($3))")->parameter_count, 3);
    EXPECT_EQ(one("SELECT 1 FROM t ORDER BY a LIMIT $2 OFFSET $1")->parameter_count, 2);
}

}  // namespace
}  // namespace pgduet::sql::test
