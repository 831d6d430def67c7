#include "shadow/ledger/ledger.hpp"

#include <algorithm>
#include <ctime>
#include <mutex>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/ledger/ledger_file.hpp"
#include "shadow/ledger/report_words.hpp"

namespace pgduet::ledger {
namespace {

std::string now_text() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm parts{};
    gmtime_r(&now, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

/// What a snapshot's counters explain of `observed`.
std::uint64_t accounted(const snapshot& state) {
    std::uint64_t sum = state.compared() + state.dropped;
    for (const auto& [why, count] : state.not_compared)
        sum += count;
    return sum;
}

/// The ledger in memory, over its file. `mutex_` guards the state and is never held during I/O;
/// `file_mutex_` serialises flushes. Changed items are remembered by key until they are written.
class file_ledger final : public ledger {
public:
    file_ledger(ledger_file file, snapshot loaded, limits bounds)
        : bounds_(bounds), state_(std::move(loaded)), file_(std::move(file)) {
        for (std::size_t i = 0; i < state_.latencies.size(); ++i)
            latency_index_.emplace(state_.latencies[i].fingerprint, i);
        for (std::size_t i = 0; i < state_.findings.size(); ++i)
            index_finding(i);
        if (state_.since.empty())
            state_.since = now_text();
        state_.lag_units = 0;
        state_.lag_ms = 0;
        // What was waiting when an earlier process died was in nobody's hands any more.
        if (const std::uint64_t known = accounted(state_); known < state_.observed)
            state_.dropped += state_.observed - known;
    }
    ~file_ledger() override { flush(); }

    void observed(std::uint64_t exchanges) override {
        const std::lock_guard lock(mutex_);
        state_.observed += exchanges;
    }
    void equal() override {
        const std::lock_guard lock(mutex_);
        ++state_.equal;
    }
    void not_compared(const reason& why, std::uint64_t exchanges) override {
        const std::lock_guard lock(mutex_);
        state_.not_compared[why] += exchanges;
    }
    void differ(difference what) override;
    void dropped(std::uint64_t exchanges, const std::vector<std::string>& tables) override {
        const std::lock_guard lock(mutex_);
        state_.dropped += exchanges;
        for (const std::string& table : tables)
            mark(table, "units lost: the shadow's queue was at its bound");
    }
    void mark_dirty(const std::string& table, const std::string& why) override {
        const std::lock_guard lock(mutex_);
        mark(table, why);
    }
    bool is_dirty(const std::string& table) const override {
        const std::lock_guard lock(mutex_);
        return find_dirty(table) != state_.dirty.end();
    }
    void clear_dirty(const std::string& table) override {
        const std::lock_guard lock(mutex_);
        if (const auto found = find_dirty(table); found != state_.dirty.end()) {
            state_.dirty.erase(found);
            changed_dirty_.insert(table);
        }
    }
    void record_latency(std::uint64_t fingerprint,
                        const std::string& statement,
                        std::chrono::microseconds primary,
                        std::chrono::microseconds shadow) override;
    void set_lag(std::uint64_t units, std::chrono::milliseconds age) override {
        const std::lock_guard lock(mutex_);
        state_.lag_units = units;
        state_.lag_ms = static_cast<std::uint64_t>(age.count());
    }
    void set_roles(const std::string& stage,
                   const std::string& primary,
                   const std::string& shadow) override {
        const std::lock_guard lock(mutex_);
        state_.stage = stage;
        state_.primary = primary;
        state_.shadow = shadow;
    }
    void reset() override;

    snapshot read() const override {
        const std::lock_guard lock(mutex_);
        snapshot copy = state_;
        copy.updated = now_text();
        return copy;
    }
    std::optional<protocol::sql_error> flush() override;

private:
    std::vector<dirty_table>::const_iterator find_dirty(const std::string& table) const {
        return std::find_if(state_.dirty.begin(), state_.dirty.end(), [&](const dirty_table& one) {
            return one.table == table;
        });
    }
    void mark(const std::string& table, const std::string& why);
    void index_finding(std::size_t place) {
        const difference& what = state_.findings[place].example;
        finding_index_.emplace(std::pair(what.finding_class, what.cause), place);
    }
    finding* find_finding(const difference& what);
    changes collect();
    void give_back(const changes& unwritten);

    const limits bounds_;
    mutable std::mutex mutex_;
    snapshot state_;
    std::map<std::pair<std::string, std::string>, std::size_t> finding_index_;
    std::unordered_map<std::uint64_t, std::size_t> latency_index_;
    std::set<std::size_t> changed_findings_;
    std::unordered_set<std::size_t> changed_latencies_;
    std::set<std::string> changed_dirty_;
    bool changed_everything_ = false;

    std::mutex file_mutex_;
    ledger_file file_;
};

void file_ledger::differ(difference what) {
    std::sort(what.tables.begin(), what.tables.end());
    what.tables.erase(std::unique(what.tables.begin(), what.tables.end()), what.tables.end());
    for (std::string* text :
         {&what.statement, &what.sql, &what.parameters, &what.primary, &what.shadow})
        *text = shortened(*text, bounds_.example_bytes_max);

    const std::lock_guard lock(mutex_);
    ++state_.differs;
    if (finding* known = find_finding(what)) {
        ++known->count;
        known->last_seen = now_text();
        changed_findings_.insert(static_cast<std::size_t>(known - state_.findings.data()));
        return;
    }
    if (state_.findings.size() >= bounds_.findings_max) {
        ++state_.findings_not_kept;
        return;
    }
    finding fresh;
    fresh.id = state_.findings.empty() ? 1 : state_.findings.back().id + 1;
    fresh.example = std::move(what);
    fresh.count = 1;
    fresh.first_seen = fresh.last_seen = now_text();
    state_.findings.push_back(std::move(fresh));
    index_finding(state_.findings.size() - 1);
    changed_findings_.insert(state_.findings.size() - 1);
}

/// Equal class and cause; and a "state" difference also belongs to a finding whose tables are all
/// among its own: a join over a table known to differ tells nothing new.
finding* file_ledger::find_finding(const difference& what) {
    const auto same = finding_index_.find(std::pair(what.finding_class, what.cause));
    if (same != finding_index_.end())
        return &state_.findings[same->second];
    if (what.finding_class != "state" || what.tables.empty())
        return nullptr;
    for (finding& known : state_.findings) {
        const std::vector<std::string>& tables = known.example.tables;
        if (known.example.finding_class == "state" && !tables.empty() &&
            std::includes(what.tables.begin(), what.tables.end(), tables.begin(), tables.end()))
            return &known;
    }
    return nullptr;
}

void file_ledger::mark(const std::string& table, const std::string& why) {
    changed_dirty_.insert(table);
    for (dirty_table& one : state_.dirty)
        if (one.table == table) {
            ++one.units;
            return;
        }
    state_.dirty.push_back({table, why, 1, now_text()});
}

void file_ledger::record_latency(std::uint64_t fingerprint,
                                 const std::string& statement,
                                 std::chrono::microseconds primary,
                                 std::chrono::microseconds shadow) {
    const auto primary_us = static_cast<std::uint64_t>(std::max<std::int64_t>(primary.count(), 0));
    const auto shadow_us = static_cast<std::uint64_t>(std::max<std::int64_t>(shadow.count(), 0));
    const std::lock_guard lock(mutex_);
    auto found = latency_index_.find(fingerprint);
    if (found == latency_index_.end()) {
        if (state_.latencies.size() >= bounds_.fingerprints_max) {
            ++state_.fingerprints_not_kept;
            return;
        }
        found = latency_index_.emplace(fingerprint, state_.latencies.size()).first;
        latency fresh;
        fresh.fingerprint = fingerprint;
        fresh.statement = shortened(statement, bounds_.example_bytes_max);
        state_.latencies.push_back(std::move(fresh));
    }
    latency& row = state_.latencies[found->second];
    ++row.count;
    row.primary_us_sum += primary_us;
    row.shadow_us_sum += shadow_us;
    row.primary_us_max = std::max(row.primary_us_max, primary_us);
    row.shadow_us_max = std::max(row.shadow_us_max, shadow_us);
    changed_latencies_.insert(found->second);
}

void file_ledger::reset() {
    const std::lock_guard lock(mutex_);
    snapshot fresh;
    fresh.stage = state_.stage;
    fresh.primary = state_.primary;
    fresh.shadow = state_.shadow;
    fresh.lag_units = state_.lag_units;
    fresh.lag_ms = state_.lag_ms;
    fresh.since = now_text();
    state_ = std::move(fresh);
    finding_index_.clear();
    latency_index_.clear();
    changed_findings_.clear();
    changed_latencies_.clear();
    changed_dirty_.clear();
    changed_everything_ = true;
}

changes file_ledger::collect() {
    const std::lock_guard lock(mutex_);
    changes out;
    out.everything = std::exchange(changed_everything_, false);
    out.counters = {
        {"observed", state_.observed},
        {"equal", state_.equal},
        {"differs", state_.differs},
        {"dropped", state_.dropped},
        {"lag_units", state_.lag_units},
        {"lag_ms", state_.lag_ms},
        {"findings_not_kept", state_.findings_not_kept},
        {"fingerprints_not_kept", state_.fingerprints_not_kept},
    };
    for (const auto& [why, count] : state_.not_compared)
        out.counters["not_compared." + why] = count;
    out.texts = {
        {"stage", state_.stage},
        {"primary", state_.primary},
        {"shadow", state_.shadow},
        {"since", state_.since},
        {"updated", now_text()},
    };
    for (const std::size_t place : std::exchange(changed_findings_, {}))
        out.findings.push_back(state_.findings[place]);
    for (const std::size_t place : std::exchange(changed_latencies_, {}))
        out.latencies.push_back(state_.latencies[place]);
    for (const std::string& table : std::exchange(changed_dirty_, {})) {
        const auto found = find_dirty(table);
        if (found == state_.dirty.end())
            out.clean.push_back(table);
        else
            out.dirty.push_back(*found);
    }
    return out;
}

/// A flush failed: what it held is changed still, unless a reset has thrown it away meanwhile.
void file_ledger::give_back(const changes& unwritten) {
    const std::lock_guard lock(mutex_);
    if (changed_everything_)
        return;
    changed_everything_ = unwritten.everything;
    for (const finding& one : unwritten.findings)
        changed_findings_.insert(
            finding_index_.at(std::pair(one.example.finding_class, one.example.cause)));
    for (const latency& one : unwritten.latencies)
        changed_latencies_.insert(latency_index_.at(one.fingerprint));
    for (const dirty_table& one : unwritten.dirty)
        changed_dirty_.insert(one.table);
    changed_dirty_.insert(unwritten.clean.begin(), unwritten.clean.end());
}

std::optional<protocol::sql_error> file_ledger::flush() {
    const std::lock_guard one_at_a_time(file_mutex_);
    const changes what = collect();
    std::optional<protocol::sql_error> trouble = file_.store(what);
    if (trouble)
        give_back(what);
    return trouble;
}

}  // namespace

protocol::sql_result<std::unique_ptr<ledger>> ledger::open(const std::filesystem::path& directory,
                                                           limits bounds) {
    std::error_code failed;
    std::filesystem::create_directories(directory, failed);
    if (failed)
        return protocol::make_error(
            failed == std::errc::no_space_on_device ? protocol::sqlstate::disk_full
                                                    : protocol::sqlstate::io_error,
            "cannot create " + directory.string() + ": " + failed.message());
    auto file = ledger_file::open(directory / "ledger.db", true);
    if (!file)
        return file.error();
    snapshot loaded;
    if (auto trouble = file->load(loaded))
        return *trouble;
    std::unique_ptr<ledger> opened =
        std::make_unique<file_ledger>(std::move(*file), std::move(loaded), bounds);
    return opened;
}

protocol::sql_result<snapshot> read_ledger(const std::filesystem::path& directory) {
    const std::filesystem::path path = directory / "ledger.db";
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
        return protocol::make_error(
            protocol::sqlstate::io_error,
            "no ledger at " + path.string() + ": has pgduet run with this state directory?");
    auto file = ledger_file::open(path, false);
    if (!file)
        return file.error();
    snapshot state;
    if (auto trouble = file->load(state))
        return *trouble;
    return state;
}

}  // namespace pgduet::ledger
