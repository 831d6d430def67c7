#include "tests/shadow/sql/one_statement.hpp"

namespace pgduet::sql::test {
namespace {

TEST(Relations, AreFoundWhereverTheyStand) {
    const struct {
        const char* text;
        const char* relations;
    } cases[] = {
        {"SELECT 1", ""},
        {"SELECT * FROM t", "t"},
        {"SELECT * FROM s.t AS x", "s.t"},
        {"SELECT * FROM \"Mixed\"", "Mixed"},
        {"SELECT * FROM FOLDED", "folded"},
        {"TABLE t", "t"},
        {"SELECT * FROM a JOIN b ON true LEFT JOIN c USING (x)", "a b c"},
        {"SELECT * FROM a WHERE EXISTS (SELECT 1 FROM b)", "a b"},
        {"SELECT (SELECT max(x) FROM b) FROM a", "b a"},
        {"SELECT * FROM a UNION SELECT * FROM b EXCEPT TABLE c", "a b c"},
        {"SELECT * FROM (SELECT * FROM a) q, LATERAL (SELECT * FROM b) r", "a b"},
        {"SELECT * FROM t TABLESAMPLE SYSTEM (1)", "t"},
        {"SELECT 1 FROM t FOR UPDATE OF t", "t"},
        // WITH names are not relations, unless they are not yet, or no longer, in scope.
        {"WITH c AS (SELECT * FROM t) SELECT * FROM c", "t"},
        {"WITH t AS (SELECT * FROM t) SELECT * FROM t", "t"},
        {"WITH RECURSIVE t AS (SELECT 1 UNION SELECT * FROM t) SELECT * FROM t", ""},
        {"WITH a AS (SELECT 1), b AS (SELECT * FROM a) SELECT * FROM b, c", "c"},
        {"WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a", "b"},
        {"WITH c AS (SELECT 1) SELECT * FROM s.c", "s.c"},
        {"SELECT * FROM (WITH c AS (SELECT 1) SELECT * FROM c) q, c", "c"},
        {"WITH c AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM c", "b! a!"},
        // Writes.
        {"INSERT INTO t SELECT * FROM u", "t! u"},
        {"INSERT INTO t VALUES (1)", "t!"},
        {"UPDATE t SET a = u.a FROM u WHERE t.id = u.id", "t! u"},
        {"UPDATE t SET a = (SELECT 1 FROM t)", "t! t"},
        {"DELETE FROM t USING u WHERE t.id = u.id", "t! u"},
        {"MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE", "t! s"},
        {"COPY t FROM STDIN", "t!"},
        {"COPY t TO STDOUT", "t"},
        {"TRUNCATE a, s.b", "a! s.b!"},
        {"EXPLAIN UPDATE t SET a = 1", "t!"},
        {"PREPARE p AS INSERT INTO t VALUES ($1)", "t!"},
        {"LOCK TABLE a, b", "a b"},
        // Definitions.
        {"CREATE TABLE t (a int REFERENCES r (b))", "t! r"},
        {"CREATE TABLE t (LIKE u)", "t! u"},
        {"CREATE TABLE t AS SELECT * FROM u", "u t!"},
        {"SELECT * INTO t FROM u", "t! u"},
        {"CREATE VIEW v AS SELECT * FROM u", "v! u"},
        {"CREATE MATERIALIZED VIEW v AS SELECT * FROM u", "u v!"},
        {"REFRESH MATERIALIZED VIEW v", "v!"},
        {"CREATE INDEX i ON t (a)", "t!"},
        {"CREATE SEQUENCE s", "s!"},
        {"ALTER SEQUENCE s RESTART", "s!"},
        {"ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES r (b)", "t! r"},
        {"ALTER TABLE t RENAME TO u", "t!"},
        {"ALTER TABLE t RENAME COLUMN a TO b", "t!"},
        {"ALTER TABLE t SET SCHEMA s", "t!"},
        {"ALTER TABLE t ATTACH PARTITION p DEFAULT", "t! p!"},
        {"CREATE TRIGGER g BEFORE INSERT ON t EXECUTE FUNCTION f()", "t!"},
        {"CREATE POLICY p ON t", "t!"},
        {"CREATE RULE r AS ON INSERT TO t DO NOTHING", "t!"},
        {"GRANT SELECT ON a, b TO PUBLIC", "a! b!"},
        {"DROP TABLE a, s.b", "a! s.b!"},
        {"DROP VIEW v", "v!"},
        {"DROP SEQUENCE s", "s!"},
        {"DROP TRIGGER g ON s.t", "s.t!"},
        {"DROP FUNCTION f(int)", ""},
        {"COMMENT ON TABLE t IS 'x'", "t!"},
        {"COMMENT ON COLUMN s.t.c IS 'x'", "s.t!"},
        {"COMMENT ON DATABASE d IS 'x'", ""},
        {"CREATE SCHEMA s", ""},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.text);
        EXPECT_EQ(relations(*one(c.text)), c.relations);
    }
}

}  // namespace
}  // namespace pgduet::sql::test
