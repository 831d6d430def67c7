#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <vector>

#include "shadow/ledger/markup.hpp"
#include "shadow/ledger/report.hpp"
#include "shadow/ledger/report_html_style.hpp"
#include "shadow/ledger/report_words.hpp"

namespace pgduet::ledger {
namespace {

constexpr std::size_t findings_shown = 200;
constexpr std::size_t latencies_shown = 50;

/// Appends markup; every value handed to it must be escaped or a number.
class page {
public:
    template <class... Values>
    void put(fmt::format_string<const Values&...> form, const Values&... values) {
        fmt::format_to(std::back_inserter(out_), form, values...);
    }
    std::string take() { return std::move(out_); }

private:
    std::string out_;
};

std::string_view icon(verdict v) {
    switch (v) {
        case verdict::parity:
            return R"(<path d="M14 25l7 7 14-15"/>)";
        case verdict::findings:
            return R"(<path d="M16 16l16 16M32 16L16 32"/>)";
        case verdict::insufficient:
            break;
    }
    return R"(<path d="M24 13v14M24 34v.5"/>)";
}

std::string_view title(verdict v) {
    switch (v) {
        case verdict::parity:
            return "Parity holds";
        case verdict::findings:
            return "The shadow differs";
        case verdict::insufficient:
            break;
    }
    return "Not enough evidence yet";
}

/// 2026-11-21T08:00:00Z as people write it.
std::string moment(const std::string& text) {
    std::string out = escaped(text);
    if (out.size() == 20) {
        out[10] = ' ';
        out.pop_back();
    }
    return out;
}

void put_verdict(page& out, const snapshot& state) {
    const verdict v = judge(state);
    const headline words = summarise(state);
    out.put(
        R"(<section class="card verdict {}"><svg viewBox="0 0 48 48"
fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round"
stroke-linejoin="round" aria-hidden="true"><circle cx="24" cy="24" r="21" stroke-width="3"/>{}</svg>
<div><h1>{}</h1><p>{}</p><p>{}</p></div></section>
)",
        to_string(v),
        icon(v),
        title(v),
        escaped(words.sentence),
        escaped(words.next));
    out.put(R"(<div class="card route">)");
    if (!state.primary.empty())
        out.put(
            R"(<span class="store">{}<small>primary</small></span>
<svg width="36" height="12" viewBox="0 0 36 12" fill="none"
stroke="currentColor" stroke-width="1.8" aria-hidden="true"><path
d="M1 6h32M28 1l5 5-5 5" opacity=".55"/></svg>
<span class="store">{}<small>shadow</small></span>)",
            escaped(state.primary),
            escaped(state.shadow));
    out.put(
        R"(<span>stage <b>{}</b></span><span class="push">{} to {}</span></div>
)",
        escaped(state.stage.empty() ? "unknown" : state.stage),
        moment(state.since),
        moment(state.updated));
}

void put_number(page& out, std::string_view kind, const std::string& value, std::string_view name) {
    out.put(
        R"(<div class="card number {}"><b>{}</b><span>{}</span></div>
)",
        kind,
        value,
        name);
}

struct share {
    std::string_view name;
    std::string_view colour;
    std::uint64_t count;
};

/// One bar of all that was observed, and what its colours mean.
void put_stack(page& out, const snapshot& state, std::uint64_t skipped) {
    const share shares[] = {
        {"equal", "var(--good)", state.equal},
        {"differ", "var(--bad)", state.differs},
        {"not compared", "var(--skip)", skipped},
        {"dropped", "var(--warn)", state.dropped},
        {"under way", "var(--accent)", in_flight(state)},
    };
    double total = 0;
    for (const share& one : shares)
        total += static_cast<double>(one.count);
    if (total == 0)
        return;
    out.put(
        R"(<div class="card stack"><svg viewBox="0 0 1000 18" preserveAspectRatio="none"
role="img" aria-label="shares of the statements observed">)");
    // The smallest share is drawn wide enough to be seen: one difference must not vanish.
    constexpr double least = 6;
    double visible = 1000;
    double scaled = total;
    for (const share& one : shares)
        if (one.count > 0 && static_cast<double>(one.count) / total * 1000 < least) {
            visible -= least;
            scaled -= static_cast<double>(one.count);
        }
    double at = 0;
    for (const share& one : shares) {
        if (one.count == 0)
            continue;
        const double part = static_cast<double>(one.count);
        const double wide = part / total * 1000 < least ? least : part / scaled * visible;
        out.put(R"(<rect x="{:.2f}" width="{:.2f}" height="18" style="fill:{}"/>)",
                at,
                wide,
                one.colour);
        at += wide;
    }
    out.put(R"(</svg><div class="legend">)");
    for (const share& one : shares)
        if (one.count > 0)
            out.put(R"(<span><i style="background:{}"></i>{} {} ({:.1f} %)</span>)",
                    one.colour,
                    thousands(one.count),
                    one.name,
                    static_cast<double>(one.count) / total * 100);
    out.put("</div></div>\n");
}

void put_totals(page& out, const snapshot& state) {
    std::uint64_t skipped = 0;
    for (const auto& [why, count] : state.not_compared)
        skipped += count;
    out.put(R"(<h2>Totals</h2><div class="numbers">
)");
    put_number(out, "", thousands(state.observed), "statements observed");
    put_number(out, "", thousands(state.compared()), "compared");
    put_number(out, state.differs ? "bad" : "", thousands(state.differs), "differ");
    put_number(
        out, "", fmt::format("{:.1f} %", coverage(state) * 100), "of the comparable compared");
    put_number(out, state.dropped ? "warn" : "", thousands(state.dropped), "dropped");
    put_number(
        out, state.lag_units ? "warn" : "", thousands(state.lag_units), "transactions behind");
    out.put("</div>\n");
    put_stack(out, state, skipped);
    if (skipped == 0)
        return;
    std::vector<std::pair<reason, std::uint64_t>> reasons(state.not_compared.begin(),
                                                          state.not_compared.end());
    std::stable_sort(reasons.begin(), reasons.end(), [](const auto& a, const auto& b) {
        return a.second > b.second;
    });
    out.put(R"(<h2>Not compared, and why</h2><div class="card scroll"><table>
<tr><th>reason</th><th class="n">statements</th><th class="n">share</th><th>meaning</th></tr>
)");
    for (const auto& [why, count] : reasons)
        if (count > 0)
            out.put(
                "<tr><td><code>{}</code></td><td class=\"n\">{}</td><td class=\"n\">{:.1f} %</td>"
                "<td>{}</td></tr>\n",
                escaped(why),
                thousands(count),
                state.observed
                    ? static_cast<double>(count) / static_cast<double>(state.observed) * 100
                    : 0.0,
                escaped(explain(why)));
    out.put("</table></div>\n");
}

void put_dirty(page& out, const snapshot& state) {
    if (state.dirty.empty())
        return;
    out.put(R"(<h2>Dirty tables<small>differ on the shadow until they are copied again</small></h2>
<div class="card scroll"><table><tr><th>table</th><th>why</th><th
class="n">times</th><th>since</th></tr>
)");
    for (const dirty_table& one : state.dirty)
        out.put("<tr><td><code>{}</code></td><td>{}</td><td class=\"n\">{}</td><td>{}</td></tr>\n",
                escaped(one.table),
                escaped(one.reason),
                thousands(one.units),
                moment(one.since));
    out.put("</table></div>\n");
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

/// An answer with the lines marked that the other side's answer does not have.
std::string answer(std::string_view text, std::string_view other) {
    if (text.empty())
        return "<span class=\"quiet\">nothing</span>";
    const std::vector<std::string_view> others = lines_of(other);
    const std::set<std::string_view> known(others.begin(), others.end());
    std::string out;
    for (const std::string_view line : lines_of(text)) {
        if (!out.empty())
            out += '\n';
        out += known.contains(line) ? escaped(line) : "<mark>" + escaped(line) + "</mark>";
    }
    return out;
}

void put_finding(page& out, const finding& one) {
    const difference& what = one.example;
    out.put(
        R"(<article class="card finding"
id="finding-{0}"><header><h3>#{0} {1}</h3><span class="tag">{2}</span><span>{3} {4}</span></header>
)",
        one.id,
        escaped(heading(what)),
        escaped(what.finding_class),
        thousands(one.count),
        one.count == 1 ? "time" : "times");
    out.put(R"(<div class="label">Statement</div><pre>{}</pre>
)",
            escaped(what.statement));
    if (what.sql != what.statement)
        out.put(R"(<div class="label">Example</div><pre>{}</pre>
)",
                escaped(what.sql));
    if (!what.parameters.empty() && what.parameters != "[]")
        out.put(R"(<div class="label">Parameters</div><pre>{}</pre>
)",
                escaped(what.parameters));
    out.put(
        R"(<div class="sides"><div class="p"><div
class="label">Primary answered</div><pre>{}</pre></div><div class="s"><div
class="label">Shadow answered</div><pre>{}</pre></div></div>
)",
        answer(what.primary, what.shadow),
        answer(what.shadow, what.primary));
    out.put(
        R"(<p class="meta">{}{}first seen {}, last seen {}, fingerprint
<code>{}</code></p></article>
)",
        what.tables.empty() ? "" : "tables: " + escaped(joined(what.tables)),
        what.tables.empty() ? "" : " &middot; ",
        moment(one.first_seen),
        moment(one.last_seen),
        hexadecimal(what.fingerprint));
}

void put_findings(page& out, const snapshot& state) {
    if (state.findings.empty() && state.findings_not_kept == 0)
        return;
    out.put(
        R"(<h2>Findings<small>each cause once, with the first example seen</small></h2>
)");
    for (std::size_t i = 0; i < state.findings.size() && i < findings_shown; ++i)
        put_finding(out, state.findings[i]);
    if (state.findings.size() > findings_shown)
        out.put("<p class=\"meta\">{} more findings are in the JSON report.</p>\n",
                thousands(state.findings.size() - findings_shown));
    if (state.findings_not_kept > 0)
        out.put(
            "<p class=\"meta\">{} differences of further causes are counted but not described: the"
            " ledger was full.</p>\n",
            thousands(state.findings_not_kept));
}

void put_latencies(page& out, const snapshot& state) {
    if (state.latencies.empty())
        return;
    const std::vector<latency> rows = slowest_first(state);
    const std::size_t shown = std::min(rows.size(), latencies_shown);
    out.put(
        R"(<h2>Response times<small>mean per statement, the slowest on the shadow first</small></h2>
<div class="card scroll"><table><tr><th>statement</th><th
class="n">count</th><th>mean (max)</th><th class="bars"></th><th class="n">ratio</th></tr>
)");
    for (std::size_t i = 0; i < shown; ++i) {
        const latency& row = rows[i];
        const double primary = mean_us(row.primary_us_sum, row.count);
        const double shadow = mean_us(row.shadow_us_sum, row.count);
        const double longest = std::max({1.0, primary, shadow});
        out.put(
            R"(<tr><td><code>{}</code></td><td class="n">{}</td><td class="times"><i
class="p"></i>{} <span class="quiet">({})</span><br><i class="s"></i>{} <span
class="quiet">({})</span></td>)",
            escaped(shortened(row.statement, 400)),
            thousands(row.count),
            duration(primary),
            duration(static_cast<double>(row.primary_us_max)),
            duration(shadow),
            duration(static_cast<double>(row.shadow_us_max)));
        out.put(
            R"(<td class="bars"><svg viewBox="0 0 200 20"
preserveAspectRatio="none" aria-hidden="true"><rect y="2" width="{:.1f}" height="7"
rx="1" class="p"/><rect y="11" width="{:.1f}" height="7" rx="1"
class="s"/></svg></td><td class="n{}">{}x</td></tr>
)",
            std::max(1.0, primary / longest * 200),
            std::max(1.0, shadow / longest * 200),
            ratio(row) >= 2 ? " slow" : "",
            one_decimal(ratio(row)));
    }
    out.put("</table></div>\n");
    if (rows.size() > shown || state.fingerprints_not_kept > 0)
        out.put(
            "<p class=\"meta\">{} more statements are in the JSON report; {} executions of others"
            " were not timed.</p>\n",
            thousands(rows.size() - shown),
            thousands(state.fingerprints_not_kept));
}

}  // namespace

std::string report_html(const snapshot& state) {
    page out;
    out.put(
        R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta
name="viewport" content="width=device-width, initial-scale=1">
<title>pgduet: {}</title><style>{}</style></head><body><main>
<header><b>pgduet parity report</b>
<span>two stores, one workload, every answer compared</span></header>
)",
        title(judge(state)),
        html_style);
    put_verdict(out, state);
    put_findings(out, state);
    put_totals(out, state);
    put_dirty(out, state);
    put_latencies(out, state);
    out.put("<footer>Written by pgduet. Times are UTC.</footer></main></body></html>\n");
    return out.take();
}

}  // namespace pgduet::ledger
