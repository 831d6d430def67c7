#include "shadow/sql/determinise.hpp"

#include "tests/shadow/sql/one_statement.hpp"

namespace pgduet::sql::test {
namespace {

const std::string now = "2026-01-02 03:04:05.678901+00";
constexpr protocol::oid int4 = protocol::type_oid::int4;
constexpr protocol::oid text_type = protocol::type_oid::text;

generated_values made(std::vector<std::string> columns,
                      std::vector<protocol::oid> types,
                      std::vector<std::vector<protocol::cell>> rows,
                      bool overriding = false) {
    return {std::move(columns), std::move(types), std::move(rows), overriding};
}

TEST(Determinise, NowBecomesOneParameter) {
    const struct {
        const char* text;
        const char* expected;
    } cases[] = {
        {"UPDATE t SET a = now()", "UPDATE t SET a = ($1::pg_catalog.timestamptz)"},
        {"UPDATE t SET a = now() - $1::interval, b = CURRENT_DATE WHERE id = $2",
         "UPDATE t SET a = ($3::pg_catalog.timestamptz) - $1::interval, "
         "b = ($3::pg_catalog.timestamptz)::date WHERE id = $2"},
        {"UPDATE t SET a = localtimestamp(0), b = 'now()' /* now() */",
         "UPDATE t SET a = ($1::pg_catalog.timestamptz)::timestamp(0), b = 'now()' /* now() */"},
        {"INSERT INTO t (a, é) VALUES ('ü', pg_catalog . now ( )), (DEFAULT, current_time)",
         "INSERT INTO t (a, é) VALUES ('ü', ($1::pg_catalog.timestamptz)), "
         "(DEFAULT, ($1::pg_catalog.timestamptz)::timetz)"},
        {"UPDATE t SET a = 1", "UPDATE t SET a = 1"},
        // The result keeps its column names.
        {"UPDATE t SET a = 1 RETURNING NOW(), now() AS n, f(1, now()), current_date::text, now() m",
         "UPDATE t SET a = 1 RETURNING ($1::pg_catalog.timestamptz) AS \"now\", "
         "($1::pg_catalog.timestamptz) AS n, f(1, ($1::pg_catalog.timestamptz)), "
         "($1::pg_catalog.timestamptz)::date::text AS \"current_date\", "
         "($1::pg_catalog.timestamptz) m"},
        {"DELETE FROM t RETURNING current_timestamp(0)",
         "DELETE FROM t RETURNING ($1::pg_catalog.timestamptz)::timestamptz(0) "
         "AS \"current_timestamp\""},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.text);
        const auto s = one(c.text);
        const auto done = determinise(*s, now, {}, {});
        ASSERT_TRUE(done);
        EXPECT_EQ(done->text, c.expected);
        if (s->now_calls.empty()) {
            EXPECT_TRUE(done->extra_values.empty());
            continue;
        }
        ASSERT_EQ(done->extra_values.size(), 1U);
        EXPECT_EQ(done->extra_values[0].value, now);
        EXPECT_EQ(done->extra_types, std::vector<protocol::oid>{protocol::type_oid::timestamptz});
        EXPECT_TRUE(parse(done->text));
    }
    EXPECT_EQ(determinise(*one("SELECT now()"), "", {}, {})->text, "SELECT now()");
}

TEST(Determinise, GeneratedColumnsJoinTheInsert) {
    const std::vector<std::string> all = {"id", "a", "b", "at"};
    const struct {
        const char* text;
        generated_values generated;
        const char* expected;
        std::vector<std::string> values;
    } cases[] = {
        {"INSERT INTO t (a) VALUES ($1)",
         made({"id"}, {int4}, {{"7"}}),
         "INSERT INTO t (a, \"id\") VALUES ($1, $2)",
         {"7"}},
        {"INSERT INTO t (a) VALUES (1), (f(2, 3)) RETURNING id",
         made({"id"}, {int4}, {{"7"}, {"8"}}),
         "INSERT INTO t (a, \"id\") VALUES (1, $1), (f(2, 3), $2) RETURNING id",
         {"7", "8"}},
        {"INSERT INTO t (id, a) VALUES (DEFAULT, 1), (5, 2)",
         made({"id"}, {int4}, {{"7"}, {"5"}}),
         "INSERT INTO t (id, a) VALUES ($1, 1), (5, 2)",
         {"7"}},
        {"INSERT INTO t (a, id) VALUES (1, 2)",
         made({"id"}, {int4}, {{"2"}}),
         "INSERT INTO t (a, id) VALUES (1, 2)",
         {}},
        {"INSERT INTO t VALUES (DEFAULT, 'x')",
         made({"id", "at"}, {int4, text_type}, {{"7", "t"}}),
         "INSERT INTO t (\"id\", \"a\", \"at\") VALUES ($1, 'x', $2)",
         {"7", "t"}},
        {"INSERT INTO s.\"T\" AS x VALUES (1, 2, 3) ON CONFLICT DO NOTHING",
         made({"at"}, {text_type}, {{"t"}}),
         "INSERT INTO s.\"T\" AS x (\"id\", \"a\", \"b\", \"at\") VALUES (1, 2, 3, $1) "
         "ON CONFLICT DO NOTHING",
         {"t"}},
        {"INSERT INTO t DEFAULT VALUES RETURNING *",
         made({"id", "at"}, {int4, text_type}, {{"7", "t"}}),
         "INSERT INTO t (\"id\", \"at\") VALUES ($1, $2) RETURNING *",
         {"7", "t"}},
        {"INSERT INTO t DEFAULT VALUES",
         made({"id"}, {int4}, {{"7"}}, true),
         "INSERT INTO t (\"id\") OVERRIDING SYSTEM VALUE VALUES ($1)",
         {"7"}},
        {"INSERT INTO t (a) VALUES (1)",
         made({"id"}, {int4}, {{"7"}}, true),
         "INSERT INTO t (a, \"id\") OVERRIDING SYSTEM VALUE VALUES (1, $1)",
         {"7"}},
        {"INSERT INTO t (a) OVERRIDING SYSTEM VALUE VALUES (1)",
         made({"id"}, {int4}, {{"7"}}, true),
         "INSERT INTO t (a, \"id\") OVERRIDING SYSTEM VALUE VALUES (1, $1)",
         {"7"}},
        {"WITH c AS (INSERT INTO u (z) VALUES (1) RETURNING z) INSERT INTO t (a) VALUES (1)",
         made({"id"}, {int4}, {{"7"}}),
         "WITH c AS (INSERT INTO u (z) VALUES (1) RETURNING z) "
         "INSERT INTO t (a, \"id\") VALUES (1, $1)",
         {"7"}},
        {"INSERT INTO t (a) (VALUES (1 -- one\n))",
         made({"id"}, {int4}, {{"7"}}),
         "INSERT INTO t (a, \"id\") (VALUES (1 -- one\n, $1))",
         {"7"}},
        {"INSERT INTO t (a, b) VALUES (ARRAY[1, 2], (SELECT ')')), ('),(', default)",
         made({"b", "q\"q"}, {int4, int4}, {{"1", "2"}, {"3", "4"}}),
         "INSERT INTO t (a, b, \"q\"\"q\") VALUES (ARRAY[1, 2], (SELECT ')'), $1), ('),(', $2, $3)",
         {"2", "3", "4"}},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.text);
        const auto done = determinise(*one(c.text), now, c.generated, all);
        ASSERT_TRUE(done) << done.error().message;
        EXPECT_EQ(done->text, c.expected);
        std::vector<std::string> values;
        for (const protocol::parameter& p : done->extra_values)
            values.push_back(p.value.value_or("NULL"));
        EXPECT_EQ(values, c.values);
        EXPECT_EQ(done->extra_types.size(), values.size());
        EXPECT_TRUE(parse(done->text));
    }
}

TEST(Determinise, NowAndGeneratedShareTheNumbering) {
    const auto done = determinise(*one("INSERT INTO t (a, at) VALUES ($1, now()), ($2, now())"),
                                  now,
                                  made({"id"}, {int4}, {{"7"}, {std::nullopt}}),
                                  {});
    ASSERT_TRUE(done);
    EXPECT_EQ(done->text,
              "INSERT INTO t (a, at, \"id\") VALUES ($1, ($3::pg_catalog.timestamptz), $4), "
              "($2, ($3::pg_catalog.timestamptz), $5)");
    EXPECT_EQ(done->extra_types,
              (std::vector<protocol::oid>{protocol::type_oid::timestamptz, int4, int4}));
    EXPECT_EQ(done->extra_values[2].value, std::nullopt);
}

TEST(Determinise, TypesOfAnotherServerAreLeftOpen) {
    const auto done = determinise(
        *one("INSERT INTO t (a) VALUES (1)"), "", made({"mood"}, {16400}, {{"sad"}}), {});
    ASSERT_TRUE(done);
    EXPECT_EQ(done->extra_types, std::vector<protocol::oid>{0});
}

TEST(Determinise, RefusesWhatItCannotDo) {
    const struct {
        const char* text;
        generated_values generated;
    } cases[] = {
        {"INSERT INTO t (a) SELECT 1", made({"id"}, {int4}, {{"7"}})},
        {"INSERT INTO t (a) VALUES (1), (2)", made({"id"}, {int4}, {{"7"}})},
        {"INSERT INTO t (a) VALUES (1)", made({"id"}, {int4}, {{"7"}, {"8"}})},
        {"INSERT INTO t (a) VALUES (1), (2) ORDER BY 1", made({"id"}, {int4}, {{"7"}, {"8"}})},
        {"INSERT INTO t (a) OVERRIDING USER VALUE VALUES (1)", made({"id"}, {int4}, {{"7"}})},
        {"INSERT INTO t (a) VALUES (1), (2)", made({"m"}, {16400}, {{"x"}, {"y"}})},
        {"INSERT INTO t VALUES (1, 2, 3)", made({"id"}, {int4}, {{"7"}})},
        {"INSERT INTO t (a) VALUES (1)", made({"id", "x"}, {int4, int4}, {{"7"}})},
        {"UPDATE t SET a = DEFAULT", made({"a"}, {int4}, {{"7"}})},
    };
    const std::vector<std::string> all = {"a", "id"};
    for (const auto& c : cases) {
        const auto done = determinise(*one(c.text), now, c.generated, all);
        ASSERT_FALSE(done) << c.text;
        EXPECT_EQ(done.error().sqlstate, "0A000") << c.text;
    }
}

}  // namespace
}  // namespace pgduet::sql::test
