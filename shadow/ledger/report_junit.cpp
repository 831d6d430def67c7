#include <fmt/format.h>

#include <iterator>
#include <map>
#include <set>

#include "shadow/ledger/markup.hpp"
#include "shadow/ledger/report.hpp"
#include "shadow/ledger/report_words.hpp"

namespace pgduet::ledger {
namespace {

/// A case's name: the statement on one line, short enough for a list.
std::string name_of(std::string_view statement, std::uint64_t fingerprint) {
    std::string name;
    for (const char c : printable(statement)) {
        const bool space = c == ' ' || c == '\n' || c == '\t';
        if (!space || (!name.empty() && name.back() != ' '))
            name += space ? ' ' : c;
    }
    if (name.size() > 200) {
        std::size_t end = 200;
        while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80)
            --end;
        name = name.substr(0, end) + "...";
    }
    return escaped(name + " [" + hexadecimal(fingerprint) + "]");
}

void put_failure(std::string& out, const finding& one) {
    const difference& what = one.example;
    fmt::format_to(
        std::back_inserter(out),
        "      <failure type=\"{}\" message=\"finding {}: {} ({} times)\">\n"
        "SQL: {}\nparameters: {}\nprimary:\n{}\nshadow:\n{}\ntables: {}\nseen: {} to {}\n"
        "      </failure>\n",
        escaped(what.finding_class),
        one.id,
        escaped(heading(what)),
        one.count,
        escaped(what.sql),
        escaped(what.parameters),
        escaped(what.primary),
        escaped(what.shadow),
        escaped(joined(what.tables)),
        one.first_seen,
        one.last_seen);
}

}  // namespace

// Three suites: a case per statement compared (a finding fails it), the verdict itself (so that
// "not enough evidence" fails a build too), and a skipped case per reason for not comparing.
std::string report_junit(const snapshot& state) {
    struct test_case {
        std::string statement;
        double seconds = 0;
        std::vector<const finding*> findings;
    };
    std::map<std::uint64_t, test_case> cases;
    for (const latency& row : state.latencies)
        cases[row.fingerprint] = {row.statement, static_cast<double>(row.shadow_us_sum) / 1e6, {}};
    for (const finding& one : state.findings) {
        test_case& owner = cases[one.example.fingerprint];
        if (owner.statement.empty())
            owner.statement = one.example.statement;
        owner.findings.push_back(&one);
    }
    std::size_t failed = 0;
    for (const auto& [fingerprint, one] : cases)
        failed += !one.findings.empty();
    std::size_t skipped = 0;
    for (const auto& [why, count] : state.not_compared)
        skipped += count > 0;
    const bool holds = judge(state) == verdict::parity;

    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    const auto put = [&](auto form, const auto&... values) {
        fmt::format_to(std::back_inserter(out), fmt::runtime(form), values...);
    };
    put("<testsuites name=\"pgduet\" tests=\"{}\" failures=\"{}\" errors=\"0\">\n",
        cases.size() + skipped + 1,
        failed + !holds);
    put("  <testsuite name=\"statements\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\""
        " timestamp=\"{}\">\n",
        cases.size(),
        failed,
        state.updated.substr(0, 19));
    for (const auto& [fingerprint, one] : cases) {
        put("    <testcase classname=\"pgduet.statements\" name=\"{}\" time=\"{:.6f}\"",
            name_of(one.statement, fingerprint),
            one.seconds);
        if (one.findings.empty()) {
            out += "/>\n";
            continue;
        }
        // One failure per case is what all readers of the format understand.
        out += ">\n";
        put_failure(out, *one.findings.front());
        if (one.findings.size() > 1)
            put("      <system-out>{} further findings of this statement are in the JSON report."
                "</system-out>\n",
                one.findings.size() - 1);
        out += "    </testcase>\n";
    }
    out += "  </testsuite>\n";

    put("  <testsuite name=\"not compared\" tests=\"{}\" failures=\"0\" errors=\"0\""
        " skipped=\"{}\">\n",
        skipped,
        skipped);
    for (const auto& [why, count] : state.not_compared)
        if (count > 0)
            put("    <testcase classname=\"pgduet.not_compared\" name=\"{}\" time=\"0\">"
                "<skipped message=\"{} statements: {}\"/></testcase>\n",
                escaped(why),
                count,
                escaped(explain(why)));
    out += "  </testsuite>\n";

    const headline words = summarise(state);
    put("  <testsuite name=\"verdict\" tests=\"1\" failures=\"{}\" errors=\"0\" skipped=\"0\">\n"
        "    <testcase classname=\"pgduet.verdict\" name=\"parity\" time=\"0\"",
        int{!holds});
    if (holds)
        out += "/>\n";
    else
        put(">\n      <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>\n",
            std::string(to_string(judge(state))),
            escaped(words.sentence),
            escaped(words.next));
    out += "  </testsuite>\n</testsuites>\n";
    return out;
}

}  // namespace pgduet::ledger
