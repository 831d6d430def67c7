#include "tests/shadow/sql/one_statement.hpp"

namespace pgduet::sql::test {
namespace {

TEST(ResultShape, OrderedLimitedPlain) {
    const struct {
        const char* text;
        const char* shape;
        const char* order_columns;
    } cases[] = {
        {"SELECT * FROM t", "plain", ""},
        {"SELECT a, t.b AS c FROM t JOIN u USING (x)", "plain", ""},
        {"SELECT a + 1 FROM t", "", ""},
        {"SELECT a FROM t GROUP BY a", "", ""},
        {"SELECT DISTINCT a FROM t", "", ""},
        {"SELECT a FROM t UNION SELECT a FROM t", "", ""},
        {"SELECT a FROM (SELECT 1 AS a) q", "", ""},
        {"WITH c AS (SELECT 1 AS a) SELECT a FROM c", "", ""},
        {"VALUES (1)", "", ""},
        {"SELECT a FROM t LIMIT 1", "limited plain", ""},
        {"SELECT a FROM t LIMIT ALL", "plain", ""},
        {"SELECT a FROM t OFFSET 3", "limited plain", ""},
        {"SELECT a FROM t FETCH FIRST ROW ONLY", "limited plain", ""},
        {"SELECT a FROM (SELECT a FROM t ORDER BY a LIMIT 1) q", "", ""},
        {"SELECT a FROM t ORDER BY a", "ordered plain", "a"},
        {"SELECT a FROM t ORDER BY t.b DESC NULLS LAST, c", "ordered plain", "b c"},
        {"SELECT a, b FROM t ORDER BY 2, lower(a)", "ordered plain", "b"},
        {"SELECT * FROM t ORDER BY 1", "ordered plain", ""},
        // An output name hides the column of that name.
        {"SELECT -id AS id FROM t ORDER BY id", "ordered", ""},
        {"SELECT -id AS id FROM t ORDER BY t.id", "ordered", "id"},
        {"SELECT a AS id FROM t ORDER BY id", "ordered plain", "a"},
        // One row may become several.
        {"SELECT id, unnest(x) FROM t ORDER BY id", "ordered", ""},
        {"SELECT id, f(x) FROM t ORDER BY id", "ordered", ""},
        {"SELECT id, lower(x) FROM t ORDER BY id", "ordered", "id"},
        {"SELECT id FROM t, generate_series(1, 2) ORDER BY id", "ordered", ""},
        {"SELECT a.id FROM a JOIN b USING (x) ORDER BY id", "ordered plain", ""},
        {"SELECT id FROM a UNION ALL SELECT id FROM b ORDER BY id", "ordered", ""},
        {"WITH c AS (SELECT 1 AS id) SELECT id FROM c ORDER BY id", "ordered", ""},
        {"UPDATE t SET a = 1", "", ""},
        {"UPDATE t SET a = 1 RETURNING a", "returning", ""},
        {"INSERT INTO t VALUES (1) RETURNING *", "returning", ""},
        {"DELETE FROM t RETURNING id", "returning", ""},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.text);
        const auto s = one(c.text);
        std::vector<std::string> shape;
        for (const auto& [set, name] : {std::pair(s->returning, "returning"),
                                        std::pair(s->ordered, "ordered"),
                                        std::pair(s->limited, "limited"),
                                        std::pair(s->plain_columns, "plain")})
            if (set)
                shape.emplace_back(name);
        EXPECT_EQ(joined(shape), c.shape);
        EXPECT_EQ(joined(s->order_columns), c.order_columns);
    }
}

TEST(TotalOrder, NeedsAWholeKeyOfTheOnlyTable) {
    const std::vector<std::vector<std::string>> keys = {{"id"}, {"a", "b"}};
    const struct {
        const char* text;
        bool total;
    } cases[] = {
        {"SELECT * FROM t ORDER BY id", true},
        {"SELECT * FROM t ORDER BY x, id", true},
        {"SELECT * FROM t ORDER BY b, a", true},
        {"SELECT * FROM t ORDER BY a", false},
        {"SELECT * FROM t", false},
        {"SELECT * FROM t ORDER BY lower(id)", false},
        {"SELECT * FROM t WHERE id IN (SELECT id FROM u) ORDER BY id", false},
        {"SELECT x.id FROM t x, t y ORDER BY x.id", false},
        {"SELECT -id AS id FROM t ORDER BY id", false},
        {"SELECT id, unnest(c) FROM t ORDER BY id", false},
    };
    for (const auto& c : cases)
        EXPECT_EQ(has_total_order(*one(c.text), keys), c.total) << c.text;
    EXPECT_FALSE(has_total_order(*one("SELECT * FROM t ORDER BY id"), {}));
    EXPECT_FALSE(has_total_order(*one("SELECT * FROM t ORDER BY id"), {{}}));
}

}  // namespace
}  // namespace pgduet::sql::test
