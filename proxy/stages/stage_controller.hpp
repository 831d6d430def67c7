#pragma once

#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proxy/config/config.hpp"
#include "proxy/metrics.hpp"
#include "proxy/stages/gate.hpp"
#include "proxy/stages/stage_file.hpp"
#include "shadow/capture/primary_order.hpp"
#include "shadow/capture/relation_cache.hpp"
#include "shadow/capture/wire_capture.hpp"
#include "shadow/duet.hpp"
#include "shadow/ledger/ledger.hpp"
#include "shadow/store/store.hpp"

namespace pgduet::proxy {

/// What a change of stage did, or would do.
struct move_report {
    bool done = false;
    std::string refusal;                ///< why not; empty if done, or if a dry run would succeed
    std::vector<std::string> steps;     ///< in order
    std::vector<std::string> warnings;  ///< what a person should look at first
    milliseconds pause{0};              ///< how long transactions had to wait
};

/// Knows who is primary and who is shadow, and changes it: close the gate, wait until every
/// session is out, drain the shadow, copy the sequences' positions, write the new roles down, start
/// the duet the other way round, open the gate. Refuses, with nothing changed, if a step cannot be
/// done before its deadline. Loop thread only, but for `duet_status()`.
class stage_controller {
public:
    struct services {
        loop_executor loop;
        const config& configuration;
        asio::thread_pool& helpers;
        ledger::ledger& results;
        metrics& counts;
        std::function<std::unique_ptr<store::session>(const store_options&)> open_session;
        /// Tells every session to go out (true) or to stay (false).
        std::function<void(bool leave)> order_sessions;
        /// Who is still inside and why, for the refusal.
        std::function<std::vector<std::string>()> blockers;
    };

    explicit stage_controller(services s);
    ~stage_controller();

    /// Takes the roles at start: `forced`, else the stage file, else the configuration. Starts the
    /// duet. The error text if the file contradicts the configuration.
    std::optional<std::string> start(std::optional<stage> forced);

    const stage_state& state() const { return state_; }
    const store_options& primary() const;
    gate& door() { return gate_; }
    /// Grows with every change: a session whose backend is older opens a new one.
    std::uint64_t epoch() const { return epoch_; }

    /// For the sessions of the current epoch; `duet` is null while nothing is shadowed.
    capture::wire_capture::shared capture_context();

    task<move_report> move(stage target, bool dry_run);

    /// Drains the shadow until the deadline, then stops it.
    task<> stop(milliseconds drain_deadline);

    /// Any thread: the shadow's figures, if there is one.
    std::optional<shadow::duet_status> duet_status() const;

private:
    struct feed;

    std::optional<std::string> refusal(stage target) const;
    move_report plan(stage target) const;
    task<bool> empty_the_room(std::chrono::steady_clock::time_point deadline);
    task<std::optional<std::string>> drain(std::chrono::steady_clock::time_point deadline,
                                           std::uint64_t units_left = 0);
    task<std::optional<std::string>> carry_sequences(const stage_state& next);
    void take_roles(const stage_state& next);
    task<move_report> move_through_gate(stage target, move_report report);
    task<> stop_feed();
    void start_feed();

    services services_;
    stage_file file_;
    gate gate_;
    stage_state state_;
    std::uint64_t epoch_ = 1;
    bool moving_ = false;
    mutable std::mutex feed_mutex_;
    std::shared_ptr<feed> feed_;
};

}  // namespace pgduet::proxy
