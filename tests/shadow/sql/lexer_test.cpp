#include "shadow/sql/lexer.hpp"

#include <gtest/gtest.h>

namespace pgduet::sql {
namespace {

std::string cut(std::string_view text) {
    std::string out;
    for (const token& t : tokens_of(text)) {
        if (t.what == token::kind::end)
            break;
        static constexpr const char* marks[] = {"w", "i", "s", "n", "p", "y"};
        out += (out.empty() ? "" : " ");
        out += marks[static_cast<int>(t.what)];
        out += ":" + std::string(spelled(text, t));
    }
    return out;
}

TEST(Lexer, CutsByPostgresqlsRules) {
    const struct {
        const char* text;
        const char* tokens;
    } cases[] = {
        {"", ""},
        {"  \n\t", ""},
        {"SELECT a1_$ FROM é", "w:SELECT w:a1_$ w:FROM w:é"},
        {"a.\"b \"\" c\"", "w:a y:. i:\"b \"\" c\""},
        {"U&\"d\\0061\" u&'x'", "i:U&\"d\\0061\" s:u&'x'"},
        {"'it''s' 'a\\' b", "s:'it''s' s:'a\\' w:b"},
        {"E'it\\'s' e'a\\\\' N'x' B'01' x'1F'", "s:E'it\\'s' s:e'a\\\\' s:N'x' s:B'01' s:x'1F'"},
        {"$$a'b$$ $q$ $$ $q$ $1 $12", "s:$$a'b$$ s:$q$ $$ $q$ p:$1 p:$12"},
        {"$1$2", "p:$1 p:$2"},
        {"a$b$c", "w:a$b$c"},
        {"1 1.5 .5 1e10 1.5E-3 1e", "n:1 n:1.5 n:.5 n:1e10 n:1.5E-3 n:1 w:e"},
        {"a -- b ' \nc", "w:a w:c"},
        {"a /* x /* y */ ' */ b", "w:a w:b"},
        {"a-1", "w:a y:- n:1"},
        {"a::int[1]", "w:a y:: y:: w:int y:[ n:1 y:]"},
        // Not terminated: reaches to the end.
        {"'abc", "s:'abc"},
        {"\"abc", "i:\"abc"},
        {"$x$abc", "s:$x$abc"},
        {"a /* b", "w:a"},
        {"E'abc\\", "s:E'abc\\"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(cut(c.text), c.tokens) << c.text;
}

TEST(Lexer, EveryPrefixEnds) {
    const std::string text = "SELECT E'\\'', $a$x$a$, \"q\"\"\", /* /* */ */ 1e5, U&'x' -- end";
    for (std::size_t length = 0; length <= text.size(); ++length) {
        const std::string part = text.substr(0, length);
        std::size_t last = 0;
        for (const token& t : tokens_of(part)) {
            EXPECT_LE(last, t.begin);
            EXPECT_LE(t.end, part.size());
            last = t.end;
        }
    }
}

TEST(Lexer, FindsTheEndOfACall) {
    EXPECT_EQ(call_end("now() + 1", 0), 5U);
    EXPECT_EQ(call_end("x now ( /* ) */ ) y", 2), 17U);
    EXPECT_EQ(call_end("a.f((1), ')')", 0), 13U);
    EXPECT_EQ(call_end("now", 0), 0U);
    EXPECT_EQ(call_end("1 + now()", 0), 0U);
}

}  // namespace
}  // namespace pgduet::sql
