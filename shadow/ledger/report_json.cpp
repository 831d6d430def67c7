#include <boost/json.hpp>

#include "shadow/ledger/report.hpp"
#include "shadow/ledger/report_words.hpp"

namespace pgduet::ledger {
namespace json = boost::json;

namespace {

json::array names(const std::vector<std::string>& all) {
    json::array out;
    for (const std::string& name : all)
        out.emplace_back(printable(name));
    return out;
}

/// The recorded parameters are JSON text already; if cut short, they stay a string.
json::value parameters(const std::string& text) {
    if (text.empty())
        return json::array();
    boost::system::error_code failed;
    json::value parsed = json::parse(printable(text), failed);
    return failed ? json::value(printable(text)) : parsed;
}

json::object describe(const finding& one) {
    const difference& what = one.example;
    return {
        {"id", one.id},
        {"class", what.finding_class},
        {"title", printable(heading(what))},
        {"cause", printable(what.cause)},
        {"fingerprint", hexadecimal(what.fingerprint)},
        {"statement", printable(what.statement)},
        {"tables", names(what.tables)},
        {"count", one.count},
        {"first_seen", one.first_seen},
        {"last_seen", one.last_seen},
        {"example",
         {{"sql", printable(what.sql)},
          {"parameters", parameters(what.parameters)},
          {"primary", printable(what.primary)},
          {"shadow", printable(what.shadow)}}},
    };
}

json::object describe(const latency& one) {
    return {
        {"fingerprint", hexadecimal(one.fingerprint)},
        {"statement", printable(one.statement)},
        {"count", one.count},
        {"primary_mean_us", mean_us(one.primary_us_sum, one.count)},
        {"primary_max_us", one.primary_us_max},
        {"shadow_mean_us", mean_us(one.shadow_us_sum, one.count)},
        {"shadow_max_us", one.shadow_us_max},
        {"ratio", ratio(one)},
    };
}

}  // namespace

std::string report_json(const snapshot& state) {
    json::object not_compared;
    for (const auto& [why, count] : state.not_compared)
        not_compared[why] = count;
    json::array dirty;
    for (const dirty_table& one : state.dirty)
        dirty.push_back(json::object{
            {"table", printable(one.table)},
            {"reason", printable(one.reason)},
            {"units", one.units},
            {"since", one.since},
        });
    json::array findings;
    for (const finding& one : state.findings)
        findings.push_back(describe(one));
    json::array latencies;
    for (const latency& one : slowest_first(state))
        latencies.push_back(describe(one));
    const headline words = summarise(state);
    const json::object report = {
        {"verdict", to_string(judge(state))},
        {"summary", words.sentence},
        {"next", words.next},
        {"stage", state.stage},
        {"primary", state.primary},
        {"shadow", state.shadow},
        {"since", state.since},
        {"updated", state.updated},
        {"totals",
         {{"observed", state.observed},
          {"compared", state.compared()},
          {"equal", state.equal},
          {"differs", state.differs},
          {"not_compared", not_compared},
          {"dropped", state.dropped}}},
        {"coverage", coverage(state)},
        {"in_flight", in_flight(state)},
        {"lag", {{"units", state.lag_units}, {"ms", state.lag_ms}}},
        {"dirty", dirty},
        {"findings", findings},
        {"findings_not_kept", state.findings_not_kept},
        {"latency", latencies},
        {"fingerprints_not_kept", state.fingerprints_not_kept},
    };
    return json::serialize(report) + "\n";
}

}  // namespace pgduet::ledger
