#include <thread>

#include "tests/shadow/sql/one_statement.hpp"

namespace pgduet::sql::test {
namespace {

TEST(Parse, SplitsAQueryString) {
    const struct {
        const char* text;
        std::vector<std::string> statements;
    } cases[] = {
        {"", {}},
        {" ;; ", {}},
        {"-- nothing", {}},
        {"SELECT 1", {"SELECT 1"}},
        {"  SELECT 1 ;\n", {"SELECT 1"}},
        {"SELECT 1;SELECT 2", {"SELECT 1", "SELECT 2"}},
        {"BEGIN; ; SELECT ';' ;\n\tCOMMIT", {"BEGIN", "SELECT ';'", "COMMIT"}},
        {"SELECT 'é'; SELECT 'ü' AS \"ö\"", {"SELECT 'é'", "SELECT 'ü' AS \"ö\""}},
        {"SELECT $$;$$; SELECT 1", {"SELECT $$;$$", "SELECT 1"}},
        {"SELECT 1 /* a */; /* b */ SELECT 2", {"SELECT 1 /* a */", "/* b */ SELECT 2"}},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.text);
        const auto parsed = parse(c.text);
        ASSERT_TRUE(parsed);
        std::vector<std::string> found;
        for (const auto& s : parsed->statements)
            found.push_back(s->text);
        EXPECT_EQ(found, c.statements);
    }
}

TEST(Parse, ErrorsAreThoseOfPostgresql) {
    const struct {
        std::string text;
        const char* sqlstate;
        const char* message;
        int position;
    } cases[] = {
        {"SELEC 1", "42601", "syntax error at or near \"SELEC\"", 1},
        {"SELECT 1 1", "42601", "syntax error at or near \"1\"", 10},
        {"SELECT 'é' FRM 1 1", "42601", "syntax error at or near \"1\"", 16},
        {"SELECT 1; SELECT", "", "", 0},
        {"SELECT (", "42601", "syntax error at end of input", 9},
        {"SELECT 'a", "42601", "unterminated quoted string at or near \"'a\"", 8},
        {"SELECT \"\"", "42601", "zero-length delimited identifier at or near \"\"\"\"", 8},
        {"CREATE ASSERTION a CHECK (true)", "0A000", "CREATE ASSERTION is not yet implemented", 0},
        {std::string("SELECT 1\0x", 10),
         "22021",
         "invalid byte sequence for encoding \"UTF8\": 0x00",
         0},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.text);
        const auto parsed = parse(c.text);
        if (*c.sqlstate == '\0') {
            EXPECT_TRUE(parsed);
            continue;
        }
        ASSERT_FALSE(parsed);
        EXPECT_EQ(parsed.error().sqlstate, c.sqlstate);
        EXPECT_EQ(parsed.error().message, c.message);
        EXPECT_EQ(parsed.error().position, c.position);
    }
}

TEST(Parse, DeepNestingIsAnErrorNotACrash) {
    const auto nested = [](std::size_t depth) {
        return "SELECT " + std::string(depth, '(') + "1" + std::string(depth, ')');
    };
    EXPECT_TRUE(parse(nested(100)));
    const auto sum = [](int terms) {
        std::string text = "SELECT 1";
        for (int i = 0; i < terms; ++i)
            text += " + 1";
        return text;
    };
    EXPECT_TRUE(parse(sum(300)));
    const auto refused = parse(sum(20000));
    if (!refused) {
        EXPECT_EQ(refused.error().sqlstate, "54001");
    }
    std::string list = "SELECT * FROM t WHERE a IN (1";
    for (int i = 0; i < 20000; ++i)
        list += ", 1";
    EXPECT_TRUE(parse(list + ")"));
}

TEST(Parse, WorksInManyThreads) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([t] {
            const std::string text = "UPDATE t SET a = now() WHERE id = " + std::to_string(t);
            for (int i = 0; i < 50; ++i) {
                const auto s = one(text);
                EXPECT_EQ(equalities(*s), "t.id=" + std::to_string(t));
                EXPECT_FALSE(parse("SELEC"));
                EXPECT_NE(s->fingerprint(), 0U);
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
}

}  // namespace
}  // namespace pgduet::sql::test
