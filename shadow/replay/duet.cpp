#include "shadow/duet.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "shadow/replay/applier.hpp"
#include "shadow/replay/shadow_queue.hpp"

namespace pgduet::replay {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

namespace {

/// Attempts on one unit that each end with a broken connection before it is given up: a statement
/// that crashes the shadow must not stop everything behind it.
constexpr int broken_attempts_max = 5;
constexpr auto ledger_interval = 100ms;

std::vector<std::string> written_tables(const shadow::unit& one) {
    std::set<std::string> names;
    for (const shadow::exchange& done : one.exchanges) {
        for (const sql::relation_ref& relation : done.statement->relations) {
            if (relation.written)
                names.insert(relation.name);
        }
    }
    return {names.begin(), names.end()};
}

/// The duet's two threads: the applier, which alone talks to the shadow, and the ledger's writer,
/// which must go on when the applier is stuck in a stopped shadow.
class running_duet final : public shadow::duet {
public:
    running_duet(std::unique_ptr<store::session> shadow,
                 capture::primary_order& order,
                 ledger::ledger& results,
                 shadow::duet_options options)
        : shadow_(std::move(shadow)),
          order_(order),
          ledger_(results),
          options_(std::move(options)),
          queue_(options_.queue_bytes_max),
          applier_(*shadow_, results, options_.run) {
        applying_ = std::thread([this] { apply_all(); });
        writing_ = std::thread([this] { write_ledger(); });
    }

    ~running_duet() override { stop(); }
    running_duet(const running_duet&) = delete;
    running_duet& operator=(const running_duet&) = delete;

    void submit(shadow::unit finished) override {
        const std::size_t exchanges = finished.exchanges.size();
        const bool writes = finished.writes;
        std::vector<std::string> tables;
        if (writes)
            tables = written_tables(finished);
        {
            const std::lock_guard lock(mutex_);
            if (!stopping_ && queue_.add(std::move(finished)) == shadow_queue::added::queued) {
                if (queue_.size() + busy_ == 1)
                    ledger_.set_lag(1,
                                    0ms);  // seen at once; how far behind, by the ledger's thread
                if (waiting_)
                    changed_.notify_one();
                return;
            }
        }
        if (writes)
            lose(exchanges, tables, "the shadow's queue was full (queue_bytes_max)");
        else
            skip("queue_full", exchanges);
    }

    void skip(const ledger::reason& why, std::uint64_t exchanges) override {
        ledger_.observed(exchanges);
        ledger_.not_compared(why, exchanges);
    }

    void lose(std::uint64_t exchanges,
              const std::vector<std::string>& tables,
              const std::string& why) override {
        ledger_.observed(exchanges);
        ledger_.dropped(exchanges, tables);
        for (const std::string& table : tables)
            ledger_.mark_dirty(table, why);
    }

    void wake() override {
        const std::lock_guard lock(mutex_);
        if (waiting_)
            changed_.notify_one();
    }

    bool drain(clock::time_point deadline, std::uint64_t units_left) override {
        std::unique_lock lock(mutex_);
        const auto drained = [&] { return queue_.size() + busy_ <= units_left; };
        idle_.wait_until(lock, deadline, [&] { return stopping_ || drained(); });
        const bool done = drained();
        lock.unlock();
        const shadow::duet_status now = status();
        ledger_.set_lag(now.queue_units, now.lag);
        ledger_.flush();
        return done;
    }

    void stop() override {
        {
            const std::lock_guard lock(mutex_);
            if (stopping_)
                return;
            stopping_ = true;
        }
        shadow_->interrupt();
        changed_.notify_all();
        idle_.notify_all();
        ledger_tick_.notify_all();
        applying_.join();
        writing_.join();
        while (auto left = queue_.next())
            abandon(*left);
        ledger_.set_lag(0, 0ms);
        ledger_.flush();
    }

    shadow::duet_status status() const override {
        const std::lock_guard lock(mutex_);
        shadow::duet_status now;
        now.connected = connected_;
        now.last_error = last_error_;
        now.queue_units = queue_.size() + busy_;
        now.queue_bytes = queue_.bytes();
        now.applied_units = applied_;
        const auto since = busy_ != 0 ? std::optional(busy_since_) : queue_.oldest();
        if (since)
            now.lag = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - *since);
        return now;
    }

    const shadow::duet_options& options() const override { return options_; }

private:
    void abandon(const shadow::unit& one) {
        if (one.writes)
            applier_.give_up(one, "pgduet stopped before the shadow had it");
        else
            skip("interrupted", one.exchanges.size());
    }

    void apply_all() {
        while (ensure_connected(), !is_stopping()) {
            const std::vector<shadow::unit> next = take();
            if (next.empty())
                continue;
            apply_some(next);
            const std::lock_guard lock(mutex_);
            busy_ = 0;
            applied_ += next.size();
            idle_.notify_all();
        }
    }

    void apply_some(const std::vector<shadow::unit>& units) {
        if (units.size() > 1) {
            if (applier_.apply_batch(units))
                return;
            std::optional<bool> committed = false;
            do {
                ensure_connected();
                committed = applier_.resolve_commit();
            } while (!committed && !is_stopping());
            if (committed.value_or(false))
                return;
        }
        for (const shadow::unit& one : units) {
            if (!apply_one(one))
                abandon(one);
        }
    }

    /// False when stopped before the unit was through.
    bool apply_one(const shadow::unit& one) {
        for (int broken = 0; broken < broken_attempts_max; ++broken) {
            if (applier_.apply(one) == applier::result::applied)
                return true;
            ensure_connected();
            if (is_stopping())
                return false;
        }
        applier_.give_up(one, "the shadow's connection broke whenever this unit was tried");
        return true;
    }

    /// The next unit, and with it those behind it that may share its transaction; empty when
    /// nothing was released for a while.
    std::vector<shadow::unit> take() {
        std::vector<shadow::unit> units;
        std::unique_lock lock(mutex_);
        if (stopping_)
            return units;
        const shadow::token low = order_.low();
        std::size_t bytes = 0;
        while (const shadow::unit* next = queue_.peek(low)) {
            const bool plain = applier::fits_batch(*next);
            if (!units.empty() &&
                (!plain || units.size() >= applier::batch_units_max ||
                 bytes > applier::batch_bytes_max || *next->settings != *units.front().settings))
                break;
            bytes += next->bytes();
            units.push_back(*queue_.next(low));
            if (!plain)
                break;
        }
        if (units.empty()) {
            waiting_ = true;
            changed_.wait_for(lock, queue_.empty() ? 1000ms : 20ms);
            waiting_ = false;
            return units;
        }
        busy_ = units.size();
        busy_since_ = units.front().finished;
        return units;
    }

    /// Connects, retrying for ever with a growing pause; returns early only when stopping.
    void ensure_connected() {
        auto pause = 20ms;
        while (!is_stopping()) {
            if (shadow_->connected() && ready_)
                return;
            ready_ = false;
            std::optional<protocol::sql_error> failed = shadow_->connect();
            if (!failed) {
                // Creates the place for the watermark, and says so early if rights are missing.
                if (const auto mark = shadow_->read_watermark(); !mark)
                    failed = mark.error();
            }
            std::unique_lock lock(mutex_);
            connected_ = !failed;
            last_error_ = failed ? failed->message : std::string();
            ready_ = !failed;
            if (ready_)
                return;
            changed_.wait_for(lock, pause, [&] { return stopping_; });
            pause = std::min<std::chrono::milliseconds>(pause * 2, options_.reconnect_delay_max);
        }
    }

    void write_ledger() {
        std::unique_lock lock(mutex_);
        while (!stopping_) {
            ledger_tick_.wait_for(lock, ledger_interval);
            lock.unlock();
            const shadow::duet_status now = status();
            ledger_.set_lag(now.queue_units, now.lag);
            ledger_.flush();
            lock.lock();
        }
    }

    bool is_stopping() const {
        const std::lock_guard lock(mutex_);
        return stopping_;
    }

    std::unique_ptr<store::session> shadow_;
    capture::primary_order& order_;
    ledger::ledger& ledger_;
    const shadow::duet_options options_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::condition_variable idle_;
    std::condition_variable ledger_tick_;
    shadow_queue queue_;
    bool stopping_ = false;
    bool waiting_ = false;
    std::size_t busy_ = 0;  ///< units taken from the queue and not through
    clock::time_point busy_since_;
    bool connected_ = false;
    std::string last_error_;
    std::uint64_t applied_ = 0;
    bool ready_ = false;  ///< connected with a watermark; applier thread only

    applier applier_;  ///< applier thread only, after stop() the stopper's
    std::thread applying_;
    std::thread writing_;
};

}  // namespace

}  // namespace pgduet::replay

namespace pgduet::shadow {

std::unique_ptr<duet> duet::start(std::unique_ptr<store::session> shadow,
                                  capture::primary_order& order,
                                  ledger::ledger& results,
                                  duet_options options) {
    return std::make_unique<replay::running_duet>(
        std::move(shadow), order, results, std::move(options));
}

}  // namespace pgduet::shadow
