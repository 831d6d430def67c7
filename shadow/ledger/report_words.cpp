#include "shadow/ledger/report_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace pgduet::ledger {
namespace {

std::string count_of(std::uint64_t number, std::string_view one, std::string_view many) {
    return thousands(number) + ' ' + std::string(number == 1 ? one : many);
}

/// Length of the UTF-8 sequence at the front; 0 if it is not one.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    const std::size_t size = first < 0x80                     ? 1
                             : first >= 0xc2 && first <= 0xdf ? 2
                             : first >= 0xe0 && first <= 0xef ? 3
                             : first >= 0xf0 && first <= 0xf4 ? 4
                                                              : 0;
    if (size == 0 || size > text.size())
        return 0;
    for (std::size_t i = 1; i < size; ++i)
        if ((byte(i) & 0xc0) != 0x80)
            return 0;
    // Overlong forms, surrogates, beyond U+10FFFF; and the two non-characters XML refuses.
    if ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f) ||
        (first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) > 0x8f) ||
        (first == 0xef && byte(1) == 0xbf && byte(2) >= 0xbe))
        return 0;
    return size;
}

}  // namespace

headline summarise(const snapshot& state) {
    const bool switched = state.stage == "switched";
    switch (judge(state)) {
        case verdict::parity:
            return {"The shadow gave the same answer to every one of the " +
                        count_of(state.compared(), "statement", "statements") + " compared.",
                    switched
                        ? "Going back is safe: pgduet stage CONFIG mirror."
                        : "Switching is safe as far as this workload goes: pgduet stage CONFIG "
                          "switched."};
        case verdict::findings: {
            const std::string causes =
                state.findings.empty()
                    ? "No cause was kept"
                    : count_of(state.findings.size(), "cause makes", "causes make");
            return {causes + " " + thousands(state.differs) + " of " +
                        count_of(state.compared(), "compared statement", "compared statements") +
                        " differ on the shadow.",
                    "Do not switch. Fix the first finding below, then run the same load again."};
        }
        case verdict::insufficient:
            break;
    }
    if (state.dropped > 0)
        return {count_of(state.dropped, "statement was", "statements were") +
                    " lost before the shadow could run them, so the shadow's data is incomplete.",
                "Copy the dirty tables to the shadow again, then start over."};
    if (!state.dirty.empty())
        return {count_of(state.dirty.size(), "table is", "tables are") +
                    " known to differ on the shadow and are not compared.",
                "Copy the dirty tables to the shadow again, then run the load again."};
    if (state.lag_units > 0)
        return {"The shadow is " + count_of(state.lag_units, "transaction", "transactions") +
                    " behind; what it has run so far agrees.",
                "Wait until it has caught up, and ask again."};
    if (state.observed == 0)
        return {"Nothing has been observed yet.",
                "Send the application's traffic through pgduet, then ask again."};
    return {"Of " + count_of(state.observed, "statement", "statements") +
                " observed none could be compared.",
            "See the reasons below; the application's own reads and writes are what counts."};
}

std::string heading(const difference& what) {
    if (what.finding_class == "state" && !what.tables.empty())
        return "rows of " + joined(what.tables) + " differ";
    std::vector<std::string> parts(1);
    for (const char c : what.cause) {
        if (c == ':')
            parts.emplace_back();
        else
            parts.back() += c;
    }
    if (parts.size() != 4)
        return what.cause;
    std::replace(parts[1].begin(), parts[1].end(), ' ', '_');
    const std::string& primary = parts[2];
    const std::string& shadow = parts[3];
    if (parts[1] == "error_differs") {
        if (primary == "ok")
            return "works on the primary, fails on the shadow with " + shadow;
        if (shadow == "ok")
            return "fails on the primary with " + primary + ", works on the shadow";
        return "fails on the primary with " + primary + ", on the shadow with " + shadow;
    }
    if (parts[1] == "tag_differs")
        return "touches another number of rows";
    if (parts[1] == "columns_differ")
        return "gives other columns";
    if (parts[1] == "rows_differ")
        return "gives other rows from the same data";
    if (parts[1] == "order_differs")
        return "gives the same rows in another order";
    return what.cause;
}

std::string_view explain(const reason& why) {
    static const std::map<reason, std::string_view> texts = {
        {"transaction", "BEGIN, COMMIT and the like: judged by what they control"},
        {"session", "SET, SHOW, PREPARE, LISTEN, cursors: no data to compare"},
        {"catalog", "system catalogs and system functions: differ between stores"},
        {"maintenance", "VACUUM, ANALYZE and the like"},
        {"nondeterministic", "may answer differently twice on one store (random() and such)"},
        {"temporary", "uses a temporary table, which only the session itself has"},
        {"position", "a conflicting write was under way, so both answers may be right"},
        {"order", "LIMIT without a total ORDER BY: any choice of rows is right"},
        {"dirty", "touches a table already known to differ"},
        {"sampled_out", "not chosen by compare_reads"},
        {"queue_full", "a read shed because the shadow was too far behind"},
        {"unsupported", "cannot be run on the shadow; see the documentation"},
        {"cancelled", "cancelled or timed out on one side"},
        {"too_large", "more rows than are kept, and not equal byte by byte"},
        {"interrupted", "the shadow was away, or pgduet stopped, before the comparison"},
    };
    const auto found = texts.find(why);
    return found == texts.end() ? "" : found->second;
}

std::uint64_t in_flight(const snapshot& state) {
    std::uint64_t known = state.compared() + state.dropped;
    for (const auto& [why, count] : state.not_compared)
        known += count;
    return state.observed > known ? state.observed - known : 0;
}

double coverage(const snapshot& state) {
    std::uint64_t comparable = state.observed;
    for (const char* why : {"transaction", "session", "maintenance"})
        if (const auto found = state.not_compared.find(why); found != state.not_compared.end())
            comparable -= std::min(comparable, found->second);
    if (comparable == 0)
        return 0;
    return std::min(1.0, static_cast<double>(state.compared()) / static_cast<double>(comparable));
}

double mean_us(std::uint64_t sum, std::uint64_t count) {
    return count == 0 ? 0 : static_cast<double>(sum) / static_cast<double>(count);
}

double ratio(const latency& row) {
    return row.primary_us_sum == 0
               ? 0
               : static_cast<double>(row.shadow_us_sum) / static_cast<double>(row.primary_us_sum);
}

std::vector<latency> slowest_first(const snapshot& state) {
    std::vector<latency> rows = state.latencies;
    const auto cost = [](const latency& row) {
        return static_cast<double>(row.shadow_us_sum) - static_cast<double>(row.primary_us_sum);
    };
    std::stable_sort(rows.begin(), rows.end(), [&](const latency& a, const latency& b) {
        return cost(a) > cost(b);
    });
    return rows;
}

std::string thousands(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3;)
        text.insert(at -= 3, ",");
    return text;
}

std::string duration(double microseconds) {
    if (microseconds < 999.5)
        return fmt::format("{:.0f} us", microseconds);
    if (microseconds < 999'500)
        return fmt::format("{:.1f} ms", microseconds / 1e3);
    return fmt::format("{:.1f} s", microseconds / 1e6);
}

std::string one_decimal(double number) {
    return fmt::format("{:.1f}", number);
}

std::string hexadecimal(std::uint64_t number) {
    return fmt::format("{:016x}", number);
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

std::string shortened(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max)
        return std::string(text);
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end;
    return std::string(text.substr(0, end)) + "\n[" + thousands(text.size() - end) +
           " more bytes not kept]";
}

std::string printable(std::string_view text) {
    constexpr std::string_view replacement = "\xef\xbf\xbd";
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t size = sequence_length(text);
        const auto first = static_cast<unsigned char>(text.front());
        const bool control =
            (first < 0x20 && first != '\n' && first != '\t') || first == 0x7f ||
            (size == 2 && first == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0);
        if (size == 0 || control)
            out += replacement;
        else
            out += text.substr(0, size);
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
    return out;
}

}  // namespace pgduet::ledger
