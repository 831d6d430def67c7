#include "shadow/ledger/report.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>

#include "shadow/ledger/report_words.hpp"
#include "tests/shadow/ledger/sample.hpp"

namespace pgduet::ledger {
namespace {

namespace json = boost::json;

struct judge_case {
    const char* name;
    std::function<void(snapshot&)> change;
    verdict expected;
    int code;
    const char* words;
};

class Judge : public testing::TestWithParam<judge_case> {};

TEST_P(Judge, GivesTheVerdict) {
    snapshot state;
    state.observed = 10;
    state.equal = 10;
    GetParam().change(state);
    EXPECT_EQ(judge(state), GetParam().expected);
    EXPECT_EQ(exit_code(judge(state)), GetParam().code);
    const headline words = summarise(state);
    EXPECT_THAT(words.sentence, testing::HasSubstr(GetParam().words));
    EXPECT_NE(words.next, "");
    // The reports say the same.
    EXPECT_EQ(json::parse(report_json(state)).at("verdict").as_string(),
              to_string(GetParam().expected));
    EXPECT_THAT(report_text(state, false), testing::HasSubstr(words.next.substr(0, 30)));
    EXPECT_EQ(report_junit(state).find("<failure") == std::string::npos,
              GetParam().expected == verdict::parity);
}

const judge_case judge_cases[] = {
    {"equal", [](snapshot&) {}, verdict::parity, 0, "every one of the 10 statements"},
    {"nothing", [](snapshot& s) { s = {}; }, verdict::insufficient, 2, "Nothing has been observed"},
    {"none_compared",
     [](snapshot& s) {
         s.equal = 0;
         s.not_compared["session"] = 10;
     },
     verdict::insufficient,
     2,
     "none could be compared"},
    {"differs", [](snapshot& s) { s.differs = 1; }, verdict::findings, 1, "1 of 11 compared"},
    {"finding",
     [](snapshot& s) {
         s.findings.emplace_back();
         s.differs = 2;
         s.dropped = 3;
     },
     verdict::findings,
     1,
     "1 cause makes 2 of"},
    {"dropped",
     [](snapshot& s) { s.dropped = 1; },
     verdict::insufficient,
     2,
     "1 statement was lost"},
    {"dirty",
     [](snapshot& s) {
         s.dirty.emplace_back();
         s.dirty.emplace_back();
     },
     verdict::insufficient,
     2,
     "2 tables are known"},
    {"lag",
     [](snapshot& s) { s.lag_units = 1'500; },
     verdict::insufficient,
     2,
     "1,500 transactions"},
    {"switched", [](snapshot& s) { s.stage = "switched"; }, verdict::parity, 0, "every one"},
};
INSTANTIATE_TEST_SUITE_P(Table, Judge, testing::ValuesIn(judge_cases), [](const auto& one) {
    return std::string(one.param.name);
});

TEST(Report, JsonHasTheSchemaAndAddsUp) {
    const snapshot state = sample_snapshot();
    const json::value report = json::parse(report_json(state));
    const json::object& totals = report.at("totals").as_object();
    const auto number = [](const json::value& value) { return value.to_number<std::uint64_t>(); };
    std::uint64_t skipped = 0;
    for (const auto& [why, count] : totals.at("not_compared").as_object())
        skipped += number(count);
    EXPECT_EQ(number(totals.at("observed")),
              number(totals.at("compared")) + skipped + number(totals.at("dropped")) +
                  number(report.at("in_flight")));
    EXPECT_EQ(number(totals.at("compared")),
              number(totals.at("equal")) + number(totals.at("differs")));
    EXPECT_EQ(report.at("in_flight"), 0);
    const json::object& finding = report.at("findings").at(0).as_object();
    EXPECT_EQ(finding.at("id"), 1);
    EXPECT_EQ(finding.at("class"), "state");
    EXPECT_EQ(finding.at("fingerprint"), "9f3a77c10042aa10");
    EXPECT_EQ(finding.at("count"), 411);
    EXPECT_EQ(finding.at("tables"), json::parse(R"(["orders"])"));
    EXPECT_EQ(finding.at("example").at("parameters"), json::parse(R"(["4711"])"));
    EXPECT_THAT(std::string(finding.at("example").at("shadow").as_string()),
                testing::HasSubstr("128.90"));
    EXPECT_EQ(report.at("dirty").at(0).at("table"), "inventory");
    EXPECT_EQ(report.at("lag").at("units"), 0);
    EXPECT_NEAR(report.at("coverage").as_double(), 152'395.0 / 153'859.0, 1e-9);
    const json::object& slow = report.at("latency").at(0).as_object();
    EXPECT_EQ(slow.at("primary_mean_us").to_number<double>(), 61);
    EXPECT_NEAR(slow.at("ratio").to_number<double>(), 140.0 / 61, 1e-9);
}

TEST(Report, TextStaysWithinAHundredColumnsAndControlsNothing) {
    snapshot state = sample_snapshot();
    state.findings[0].example.statement = std::string(500, 'w');
    state.findings[1].example.sql = "SELECT\t1,\n  " + std::string(300, 'x');
    const std::string text = report_text(state, false);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::size_t columns = 0;
        for (const char c : line)
            columns += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
        EXPECT_LE(columns, 100u) << line;
    }
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find('\xff'), std::string::npos);
    EXPECT_EQ(text.substr(0, 9), "FINDINGS\n");
    EXPECT_THAT(text, testing::HasSubstr("184,302"));
    EXPECT_NE(report_text(state, true).find("\x1b[1;31m"), std::string::npos);
}

TEST(Report, HtmlEscapesEverythingAndNeedsNothingFromOutside) {
    const std::string html = report_html(sample_snapshot());
    EXPECT_EQ(html.find("<script"), std::string::npos);
    EXPECT_THAT(html, testing::HasSubstr("&lt;script&gt;alert(&#39;x&#39;)"));
    EXPECT_THAT(html, testing::HasSubstr("old &lt;sqlite&gt;"));
    EXPECT_THAT(html, testing::HasSubstr("J\xc3\xb6rg &lt;b&gt;&amp;amp;"));
    for (const char* outside : {"http://", "https://", "url(", "@import", "src="})
        EXPECT_EQ(html.find(outside), std::string::npos) << outside;
    // For looking at: PGDUET_KEEP_REPORTS names a directory.
    if (const char* directory = std::getenv("PGDUET_KEEP_REPORTS")) {
        snapshot good = sample_snapshot();
        good.findings.clear();
        good.dirty.clear();
        good.equal += good.differs;
        good.differs = 0;
        const std::string base = directory;
        std::ofstream(base + "/findings.html") << html;
        std::ofstream(base + "/findings.txt") << report_text(sample_snapshot(), false);
        std::ofstream(base + "/findings.xml") << report_junit(sample_snapshot());
        std::ofstream(base + "/parity.html") << report_html(good);
        std::ofstream(base + "/parity.txt") << report_text(good, false);
        std::ofstream(base + "/empty.html") << report_html({});
    }
}

TEST(Report, JunitFailsTheStatementsWithFindings) {
    const std::string xml = report_junit(sample_snapshot());
    const auto count = [&](const std::string& what) {
        std::size_t found = 0;
        for (std::size_t at = 0; (at = xml.find(what, at)) != std::string::npos; ++at)
            ++found;
        return found;
    };
    // Five statements, five reasons, one verdict; two statements and the verdict fail.
    EXPECT_EQ(count("<testcase "), 11u);
    EXPECT_EQ(count("<failure "), 3u);
    EXPECT_EQ(count("<skipped "), 5u);
    EXPECT_THAT(xml,
                testing::HasSubstr(
                    "<testsuites name=\"pgduet\" tests=\"11\" failures=\"3\" errors=\"0\">"));
    EXPECT_EQ(xml.find('\x1b'), std::string::npos);
    EXPECT_EQ(xml.find('\xff'), std::string::npos);
}

struct text_case {
    const char* name;
    std::string got;
    std::string expected;
};
class Words : public testing::TestWithParam<text_case> {};
TEST_P(Words, AreAsExpected) {
    EXPECT_EQ(GetParam().got, GetParam().expected);
}
const text_case text_cases[] = {
    {"title_state",
     heading({"state", "t,u", 1, "", {"t", "u"}, "", "", "", ""}),
     "rows of t, u differ"},
    {"title_shadow",
     heading({"semantic", "12:error_differs:ok:22001", 1, "", {}, "", "", "", ""}),
     "works on the primary, fails on the shadow with 22001"},
    {"title_both",
     heading({"semantic", "12:error differs:23505:22001", 1, "", {}, "", "", "", ""}),
     "fails on the primary with 23505, on the shadow with 22001"},
    {"title_rows",
     heading({"semantic", "12:rows_differ:ok:ok", 1, "", {}, "", "", "", ""}),
     "gives other rows from the same data"},
    {"title_other", heading({"semantic", "who: knows", 1, "", {}, "", "", "", ""}), "who: knows"},
    {"zero", thousands(0), "0"},
    {"three", thousands(999), "999"},
    {"four", thousands(1'000), "1,000"},
    {"seven", thousands(1'234'567), "1,234,567"},
    {"micro", duration(870.4), "870 us"},
    {"milli", duration(999.6), "1.0 ms"},
    {"second", duration(3'400'000), "3.4 s"},
    {"short_", shortened("abc", 3), "abc"},
    {"cut", shortened("abcd", 3), "abc\n[1 more bytes not kept]"},
    {"cut_utf8", shortened("a\xc3\xb6z", 2), "a\n[3 more bytes not kept]"},
    {"escape", printable("a\x1b[0m\tb\n"), "a\xef\xbf\xbd[0m\tb\n"},
    {"invalid",
     printable("\xc3(\xf0\x9f\x98\x80\xed\xa0\x80"),
     "\xef\xbf\xbd(\xf0\x9f\x98\x80\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"c1",
     printable("\xc2\x9b"
               "1m"),
     "\xef\xbf\xbd"
     "1m"},
};
INSTANTIATE_TEST_SUITE_P(Table, Words, testing::ValuesIn(text_cases), [](const auto& one) {
    return std::string(one.param.name);
});

}  // namespace
}  // namespace pgduet::ledger
