#include "tests/shadow/sql/one_statement.hpp"

namespace pgduet::sql::test {
namespace {

TEST(Kinds, TellsEveryStatementApart) {
    const struct {
        const char* text;
        const char* kind;
        bool may_write;
    } cases[] = {
        {"SELECT 1", "select", false},
        {"VALUES (1), (2)", "select", false},
        {"TABLE t", "select", false},
        {"SELECT 1 INTO x", "ddl", true},
        {"INSERT INTO t VALUES (1)", "insert", true},
        {"UPDATE t SET a = 1", "update", true},
        {"DELETE FROM t", "delete", true},
        {"MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE", "merge", true},
        {"COPY t FROM STDIN", "copy_from", true},
        {"COPY t TO STDOUT", "copy_to", false},
        {"COPY (SELECT 1) TO STDOUT", "copy_to", false},
        {"COPY (DELETE FROM t RETURNING a) TO STDOUT", "copy_to", true},
        {"COPY t FROM '/tmp/x'", "copy_file", true},
        {"COPY t TO '/tmp/x'", "copy_file", false},
        {"COPY t FROM PROGRAM 'cat x'", "copy_file", true},
        {"TRUNCATE t", "truncate", true},
        {"CREATE TABLE t (a int)", "ddl", true},
        {"CREATE TABLE t AS SELECT 1", "ddl", true},
        {"CREATE INDEX ON t (a)", "ddl", true},
        {"CREATE INDEX CONCURRENTLY ON t (a)", "ddl_outside_transaction", true},
        {"DROP INDEX i", "ddl", true},
        {"DROP INDEX CONCURRENTLY i", "ddl_outside_transaction", true},
        {"ALTER TABLE t ADD COLUMN b int", "ddl", true},
        {"ALTER TABLE t DETACH PARTITION p", "ddl", true},
        {"ALTER TABLE t DETACH PARTITION p CONCURRENTLY", "ddl_outside_transaction", true},
        {"ALTER TYPE mood ADD VALUE 'x'", "ddl", true},
        {"ALTER SYSTEM SET work_mem = '1MB'", "ddl_outside_transaction", true},
        {"CREATE DATABASE d", "ddl_outside_transaction", true},
        {"DROP DATABASE d", "ddl_outside_transaction", true},
        {"ALTER DATABASE d SET work_mem = '1MB'", "ddl", true},
        {"ALTER DATABASE d SET TABLESPACE s", "ddl_outside_transaction", true},
        {"CREATE TABLESPACE s LOCATION '/x'", "ddl_outside_transaction", true},
        {"DROP TABLESPACE s", "ddl_outside_transaction", true},
        {"CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p", "ddl_outside_transaction", true},
        {"DROP SUBSCRIPTION s", "ddl_outside_transaction", true},
        {"COMMENT ON TABLE t IS 'x'", "ddl", true},
        {"GRANT SELECT ON t TO PUBLIC", "ddl", true},
        {"REFRESH MATERIALIZED VIEW v", "ddl", true},
        {"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "ddl", true},
        {"BEGIN", "begin", false},
        {"START TRANSACTION", "begin", false},
        {"COMMIT", "commit", false},
        {"END", "commit", false},
        {"ROLLBACK", "rollback", false},
        {"ABORT", "rollback", false},
        {"SAVEPOINT s", "savepoint", false},
        {"RELEASE s", "release", false},
        {"ROLLBACK TO s", "rollback_to", false},
        {"PREPARE TRANSACTION 'x'", "prepare_transaction", true},
        {"COMMIT PREPARED 'x'", "prepare_transaction", true},
        {"ROLLBACK PREPARED 'x'", "prepare_transaction", true},
        {"SET a.b = 1", "set", false},
        {"RESET ALL", "set", false},
        {"SET TRANSACTION READ ONLY", "set", false},
        {"SET CONSTRAINTS ALL DEFERRED", "set", false},
        {"SHOW work_mem", "show", false},
        {"DISCARD ALL", "discard", false},
        {"PREPARE p AS DELETE FROM t", "prepare", false},
        {"EXECUTE p", "execute", true},
        {"DEALLOCATE p", "deallocate", false},
        {"DECLARE c CURSOR FOR SELECT 1", "declare_cursor", false},
        {"DECLARE c CURSOR FOR SELECT a FROM t FOR UPDATE", "declare_cursor", true},
        {"FETCH c", "fetch", false},
        {"MOVE c", "fetch", false},
        {"CLOSE c", "close_cursor", false},
        {"LISTEN x", "notify", false},
        {"UNLISTEN x", "notify", false},
        {"NOTIFY x", "notify", false},
        {"EXPLAIN DELETE FROM t", "explain", false},
        {"EXPLAIN ANALYZE DELETE FROM t", "explain", true},
        {"EXPLAIN (ANALYZE true, COSTS off) DELETE FROM t", "explain", true},
        {"EXPLAIN (ANALYZE false) DELETE FROM t", "explain", false},
        {"EXPLAIN ANALYZE SELECT 1", "explain", false},
        {"LOCK TABLE t", "lock", true},
        {"VACUUM", "maintenance", false},
        {"ANALYZE t", "maintenance", false},
        {"CLUSTER t", "maintenance", false},
        {"CHECKPOINT", "maintenance", false},
        {"REINDEX TABLE t", "maintenance", false},
        {"REINDEX TABLE CONCURRENTLY t", "ddl_outside_transaction", true},
        {"REINDEX DATABASE d", "ddl_outside_transaction", true},
        {"CALL p()", "call", true},
        {"DO 'begin end'", "call", true},
        {"LOAD 'x'", "other", false},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.text);
        const auto s = one(c.text);
        EXPECT_EQ(to_string(s->kind), c.kind);
        EXPECT_EQ(s->may_write, c.may_write);
    }
}

TEST(Kinds, EveryKindHasItsOwnName) {
    std::vector<std::string_view> seen;
    for (int i = 0; i <= static_cast<int>(statement_kind::other); ++i) {
        const std::string_view name = to_string(static_cast<statement_kind>(i));
        EXPECT_FALSE(name.empty()) << i;
        EXPECT_EQ(std::count(seen.begin(), seen.end(), name), 0) << name;
        seen.push_back(name);
    }
    EXPECT_EQ(seen.front(), "empty");
    EXPECT_EQ(seen.back(), "other");
}

}  // namespace
}  // namespace pgduet::sql::test
