#include "tests/shadow/sql/one_statement.hpp"

namespace pgduet::sql::test {
namespace {

TEST(Equalities, HoldForEveryTouchedRow) {
    const struct {
        const char* text;
        const char* equalities;
    } cases[] = {
        {"SELECT * FROM t WHERE id = 5", "t.id=5"},
        {"SELECT * FROM t WHERE 5 = id", "t.id=5"},
        {"SELECT * FROM t WHERE id = -5", "t.id=-5"},
        {"SELECT * FROM t WHERE id = 0", "t.id=0"},
        {"SELECT * FROM t WHERE id = 12345678901234567890", "t.id=12345678901234567890"},
        {"SELECT * FROM t WHERE id = $2", "t.id=$2"},
        {"SELECT * FROM t WHERE id = $2::int8", "t.id=$2"},
        {"SELECT * FROM t WHERE id = '7'::int", "t.id=7"},
        {"SELECT * FROM t WHERE name = 'a''b'", "t.name=a'b"},
        {"SELECT * FROM t WHERE name = 'x'::text AND (id = 1 AND b = true)",
         "t.name=x t.id=1 t.b=true"},
        {"SELECT * FROM t WHERE id OPERATOR(pg_catalog.=) 5", "t.id=5"},
        {"SELECT * FROM t x WHERE x.id = 5", "t.id=5"},
        {"SELECT * FROM s.t WHERE s.t.id = 5", "t.id=5"},
        {"SELECT * FROM t WHERE t.id = 5", "t.id=5"},
        {"SELECT * FROM a JOIN b ON a.x = b.x WHERE a.id = 1 AND b.id = $1", "a.id=1 b.id=$1"},
        {"SELECT * FROM a LEFT JOIN b ON true WHERE b.id = 1", "b.id=1"},
        {"SELECT * FROM t WHERE id = 5 FOR UPDATE", "t.id=5"},
        {"UPDATE t SET a = 1 WHERE id = $1", "t.id=$1"},
        {"UPDATE t AS x SET a = 1 FROM u WHERE x.id = 1 AND u.id = 2", "t.id=1 u.id=2"},
        {"DELETE FROM t WHERE id = 9 AND now() > at", "t.id=9"},
        {"DELETE FROM t USING u WHERE t.id = 9 AND t.k = u.k", "t.id=9"},
        {"INSERT INTO t (id, name) VALUES ($1, 'x')", "t.id=$1 t.name=x"},
        {"INSERT INTO t (id, at) VALUES ($1::int, now())", "t.id=$1"},
        {"INSERT INTO t (id, k) VALUES (5, 6) ON CONFLICT DO NOTHING", "t.id=5 t.k=6"},
        {"INSERT INTO t (id, k) VALUES (5, 6) ON CONFLICT (id) DO UPDATE SET k = 7", "t.id=5"},
        {"EXPLAIN SELECT * FROM t WHERE id = 5", "t.id=5"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.text);
        EXPECT_EQ(equalities(*one(c.text)), c.equalities);
    }
}

TEST(Equalities, AreNotClaimedWhenUncertain) {
    const char* const cases[] = {
        "SELECT * FROM t WHERE id = 5 OR id = 6",
        "SELECT * FROM t WHERE NOT id = 5",
        "SELECT * FROM t WHERE id > 5",
        "SELECT * FROM t WHERE id = 5 + 1",
        "SELECT * FROM t WHERE id = NULL",
        "SELECT * FROM t WHERE id = other",
        "SELECT * FROM t WHERE abs(id) = 5",
        "SELECT * FROM t WHERE id OPERATOR(my.=) 5",
        "SELECT * FROM t WHERE flag = 2::boolean",     // 1::boolean and 2::boolean are one value
        "SELECT * FROM t WHERE c = '12'::varchar(1)",  // so are these, cut off
        "SELECT * FROM t WHERE n = 12::numeric(1,-1)",
        "SELECT * FROM a, b WHERE id = 5",  // whose id?
        "SELECT * FROM t, f() WHERE id = 5",
        "SELECT * FROM t, (SELECT 1 AS id) q WHERE id = 5",
        "SELECT * FROM t AS x (id) WHERE x.id = 5",  // renamed columns
        "SELECT * FROM t x, t y WHERE x.id = 5",     // y.id may be anything
        "SELECT * FROM t WHERE id = 5 AND k IN (SELECT k FROM t)",
        "SELECT * FROM t WHERE id = 5 UNION SELECT * FROM t",
        "WITH t AS (SELECT * FROM t) SELECT * FROM t WHERE id = 5",
        "WITH c AS (SELECT 1 AS id) SELECT * FROM c WHERE id = 5",
        "SELECT * FROM (a JOIN b ON true) AS j WHERE a.id = 5",
        "UPDATE t SET id = 5",
        "UPDATE t SET a = 1 FROM u WHERE id = 1",
        "INSERT INTO t (id) VALUES (1), (2)",
        "INSERT INTO t VALUES (1)",
        "INSERT INTO t (id) SELECT 1",
        "INSERT INTO t (id) VALUES (DEFAULT)",
        "INSERT INTO t (id[1]) VALUES (5)",
        "INSERT INTO t (id) VALUES (5) ON CONFLICT (email) DO UPDATE SET k = 7",
        "INSERT INTO t (id) VALUES (5) ON CONFLICT ON CONSTRAINT c DO UPDATE SET k = 7",
        "MERGE INTO t USING s ON t.id = 5 WHEN MATCHED THEN DELETE",
    };
    for (const char* text : cases)
        EXPECT_EQ(equalities(*one(text)), "") << text;
}

TEST(Assigned, NamesTheColumnsThatChange) {
    const struct {
        const char* text;
        const char* assigned;
    } cases[] = {
        {"UPDATE t SET a = 1, b = 2, a[3] = 4", "a b"},
        {"UPDATE t SET (a, b) = (1, 2)", "a b"},
        {"UPDATE t SET (a, b) = (SELECT 1, 2), c = DEFAULT", "a b c"},
        {"INSERT INTO t (x) VALUES (1)", ""},
        {"INSERT INTO t (x) VALUES (1) ON CONFLICT (x) DO UPDATE SET y = 2", "y"},
        {"MERGE INTO t USING s ON true WHEN MATCHED THEN UPDATE SET z = 1", "z"},
        {"DELETE FROM t", ""},
    };
    for (const auto& c : cases)
        EXPECT_EQ(joined(one(c.text)->assigned), c.assigned) << c.text;
}

TEST(InsertShape, TellsWhatIsWritten) {
    const auto shape = [](const char* text) { return one(text)->insert; };
    EXPECT_EQ(shape("INSERT INTO t (a, \"B\") VALUES (1, 2), (3, DEFAULT)"),
              (insert_shape{{"a", "B"}, true, true, false, 2, false, true}));
    EXPECT_EQ(shape("INSERT INTO t VALUES (1)"),
              (insert_shape{{}, false, true, false, 1, false, false}));
    EXPECT_EQ(shape("INSERT INTO t (VALUES (1))"),
              (insert_shape{{}, false, true, false, 1, false, false}));
    EXPECT_EQ(shape("INSERT INTO t DEFAULT VALUES"),
              (insert_shape{{}, false, true, true, 1, false, false}));
    EXPECT_EQ(shape("INSERT INTO t (a) SELECT 1 ON CONFLICT DO NOTHING"),
              (insert_shape{{"a"}, true, false, false, 0, true, false}));
    EXPECT_FALSE(shape("INSERT INTO t (a) VALUES (1), (2) LIMIT 1").values);
    EXPECT_FALSE(shape("INSERT INTO t (a) VALUES (1), (2) ORDER BY 1").values);
}

}  // namespace
}  // namespace pgduet::sql::test
