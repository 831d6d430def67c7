#include <algorithm>

#include "shadow/ledger/report.hpp"
#include "shadow/ledger/report_words.hpp"

namespace pgduet::ledger {
namespace {

constexpr std::size_t width = 100;
constexpr std::size_t findings_shown = 20;
constexpr std::size_t latencies_shown = 10;
constexpr std::size_t answer_lines = 12;

/// Characters, as a terminal counts them for most scripts.
std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    }));
}

/// The longest start of the text with at most so many characters.
std::string_view prefix(std::string_view text, std::size_t columns_max) {
    std::size_t seen = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80 && ++seen > columns_max)
            return text.substr(0, i);
    return text;
}

std::string padded(std::string text, std::size_t to) {
    const std::size_t have = columns(text);
    return have < to ? text + std::string(to - have, ' ') : text;
}

std::string right(const std::string& text, std::size_t to) {
    return text.size() < to ? std::string(to - text.size(), ' ') + text : text;
}

/// Builds the report line by line; no line is wider than `width`.
class page {
public:
    explicit page(bool colour) : colour_(colour) {}

    std::string paint(std::string_view text, const char* code) const {
        if (!colour_)
            return std::string(text);
        return std::string("\x1b[") + code + "m" + std::string(text) + "\x1b[0m";
    }
    void line(std::string_view text = {}) {
        out_.append(text.substr(0, text.find_last_not_of(' ') + 1)).push_back('\n');
    }
    void title(std::string_view text) {
        line();
        line(paint(text, "1"));
    }
    /// Words, wrapped; the first line behind `lead`, the others indented alike.
    void wrapped(std::string_view lead, std::string_view text) {
        const std::size_t indent = columns(lead);
        std::string current(lead);
        bool empty = true;
        while (!text.empty()) {
            const std::size_t end = std::min(text.find(' '), text.size());
            std::string_view word = text.substr(0, end);
            text.remove_prefix(std::min(end + 1, text.size()));
            if (!empty && columns(current) + 1 + columns(word) > width)
                flush(current, indent, empty);
            while (columns(word) > width - indent) {  // a word that fits nowhere is cut
                const std::string_view part = prefix(word, width - indent);
                current += part;
                word.remove_prefix(part.size());
                flush(current, indent, empty);
            }
            if (!empty)
                current += ' ';
            current += word;
            empty = false;
        }
        line(current);
    }
    /// Text whose own lines matter (answers, SQL): indented, cut at the right edge and in number.
    void block(std::string_view lead, std::string_view text, std::size_t lines_max) {
        std::string indent(columns(lead), ' ');
        std::string start(lead);
        std::size_t shown = 0;
        while (!text.empty()) {
            const std::size_t end = std::min(text.find('\n'), text.size());
            std::string one(text.substr(0, end));
            text.remove_prefix(std::min(end + 1, text.size()));
            if (shown++ == lines_max) {
                line(indent + "...");
                return;
            }
            std::replace(one.begin(), one.end(), '\t', ' ');
            if (columns(one) > width - indent.size())
                one = std::string(prefix(one, width - indent.size() - 3)) + "...";
            line(start + one);
            start = indent;
        }
        if (shown == 0)
            line(start + "-");
    }
    std::string take() { return std::move(out_); }

private:
    void flush(std::string& current, std::size_t indent, bool& empty) {
        line(current);
        current.assign(indent, ' ');
        empty = true;
    }

    bool colour_;
    std::string out_;
};

void put_verdict(page& out, const snapshot& state) {
    const verdict v = judge(state);
    const char* colour = v == verdict::parity ? "1;32" : v == verdict::findings ? "1;31" : "1;33";
    std::string name(to_string(v));
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
        return static_cast<char>(std::toupper(c));
    });
    const headline words = summarise(state);
    out.line(out.paint(name, colour));
    out.wrapped("", words.sentence);
    out.wrapped("", words.next);
    out.line();
    out.wrapped("  stage    ", printable(state.stage.empty() ? "-" : state.stage));
    if (!state.primary.empty())
        out.wrapped(
            "  stores   ",
            printable(state.primary) + " (primary), " + printable(state.shadow) + " (shadow)");
    out.line("  since    " + state.since);
    out.line("  updated  " + state.updated);
}

void put_totals(page& out, const snapshot& state) {
    const auto row = [&](const std::string& name, std::uint64_t count, const std::string& note) {
        out.wrapped("  " + padded(name, 18) + right(thousands(count), 15) + "  ", note);
    };
    std::uint64_t skipped = 0;
    for (const auto& [why, count] : state.not_compared)
        skipped += count;
    out.title("Totals");
    row("observed", state.observed, "statements the primary ran");
    row("compared",
        state.compared(),
        one_decimal(coverage(state) * 100) + " % of those with an answer to compare");
    row("  equal", state.equal, "");
    row("  differ", state.differs, "");
    row("not compared", skipped, "reasons below");
    row("dropped", state.dropped, "lost before the shadow could run them");
    if (const std::uint64_t open = in_flight(state))
        row("under way", open, "not decided yet");
    row("lag",
        state.lag_units,
        "transactions behind" +
            (state.lag_units
                 ? ", the oldest by " + duration(static_cast<double>(state.lag_ms) * 1e3)
                 : std::string()));
    if (skipped == 0)
        return;
    out.title("Not compared, and why");
    std::vector<std::pair<reason, std::uint64_t>> reasons(state.not_compared.begin(),
                                                          state.not_compared.end());
    std::stable_sort(reasons.begin(), reasons.end(), [](const auto& a, const auto& b) {
        return a.second > b.second;
    });
    for (const auto& [why, count] : reasons)
        if (count > 0)
            row(printable(why), count, std::string(explain(why)));
}

void put_dirty(page& out, const snapshot& state) {
    if (state.dirty.empty())
        return;
    out.title("Tables that differ on the shadow until they are copied again");
    for (const dirty_table& one : state.dirty)
        out.wrapped(
            "  " + padded(printable(one.table), 24) + " ",
            printable(one.reason) + " (" + thousands(one.units) + "x, since " + one.since + ")");
}

void put_findings(page& out, const snapshot& state) {
    if (state.findings.empty())
        return;
    out.title("Findings");
    std::size_t shown = 0;
    for (const finding& one : state.findings) {
        if (shown++ == findings_shown) {
            out.line();
            out.line("  ... and " + thousands(state.findings.size() - findings_shown) +
                     " more: --format json has all.");
            break;
        }
        const difference& what = one.example;
        out.line();
        std::string head = "  #" + std::to_string(one.id) + "  " + printable(what.finding_class) +
                           ", " + thousands(one.count) + (one.count == 1 ? " time" : " times");
        if (!what.tables.empty())
            head += ", " + printable(joined(what.tables));
        out.line(out.paint(prefix(head, width), "1;31"));
        out.wrapped("      what       ", printable(heading(what)));
        out.wrapped("      statement  ", printable(what.statement));
        out.block("      example    ", printable(what.sql), 8);
        if (!what.parameters.empty() && what.parameters != "[]")
            out.block("      with       ", printable(what.parameters), 2);
        out.block("      primary    ", printable(what.primary), answer_lines);
        out.block("      shadow     ", printable(what.shadow), answer_lines);
        out.line("      seen       " + one.first_seen +
                 (one.count > 1 ? " to " + one.last_seen : ""));
    }
    if (state.findings_not_kept > 0)
        out.wrapped("  ",
                    thousands(state.findings_not_kept) +
                        " differences of further causes are counted but not described: the ledger "
                        "was full.");
}

void put_latencies(page& out, const snapshot& state) {
    if (state.latencies.empty())
        return;
    out.title("Slowest on the shadow");
    out.line("  " + right("primary", 9) + right("shadow", 10) + right("ratio", 8) +
             right("count", 13) + "  statement");
    std::size_t shown = 0;
    for (const latency& row : slowest_first(state)) {
        if (shown++ == latencies_shown)
            break;
        const std::string lead = "  " + right(duration(mean_us(row.primary_us_sum, row.count)), 9) +
                                 right(duration(mean_us(row.shadow_us_sum, row.count)), 10) +
                                 right(one_decimal(ratio(row)) + "x", 8) +
                                 right(thousands(row.count), 13) + "  ";
        std::string text = printable(row.statement);
        std::replace(text.begin(), text.end(), '\n', ' ');
        out.block(lead, text, 1);
    }
}

}  // namespace

std::string report_text(const snapshot& state, bool colour) {
    page out(colour);
    put_verdict(out, state);
    put_totals(out, state);
    put_dirty(out, state);
    put_findings(out, state);
    put_latencies(out, state);
    return out.take();
}

}  // namespace pgduet::ledger
