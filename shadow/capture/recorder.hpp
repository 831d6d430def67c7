#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "shadow/capture/primary_order.hpp"
#include "shadow/duet.hpp"
#include "shadow/unit.hpp"

namespace pgduet::capture {

/// Turns one session's executed statements into units and submits them. Used by the serving side
/// (SQLite primary) directly and by `wire_capture` (PostgreSQL primary) underneath.
///
/// Order of calls, per transaction (implicit or explicit):
///   {sent, completed}*  [commit_sent]  ended
/// Reads completed before the transaction's first write are submitted at once as their own unit.
/// One session, one thread.
class recorder {
public:
    recorder(shadow::duet& target, primary_order& order, std::uint64_t session);

    /// A statement goes to the primary now: keep the mark and give it back with `completed`.
    primary_order::mark sent();
    /// It finished there, with whatever outcome.
    void completed(shadow::exchange done, const primary_order::mark& since);

    /// The packet that may commit the transaction goes out (explicit COMMIT, or the Sync / Query
    /// of an implicit one). No effect if nothing was written.
    void commit_sent();
    /// The transaction is over. `position` and `now` from the token row (0 / empty if none).
    void ended(shadow::unit_end how, shadow::token position, const std::string& now);

    /// BEGIN's isolation level for the transaction that starts, empty for the default.
    void begin_block(const std::string& isolation);
    /// A session setting took effect (from startup parameters, SET, or RESET with no value).
    void setting(const std::string& name, const std::string* value);
    void reset_settings();

    bool writing() const { return writing_; }

private:
    void submit_read(shadow::exchange done, const primary_order::mark& since);
    bool skip(const shadow::exchange& done);

    shadow::duet& target_;
    primary_order& order_;
    std::uint64_t session_;
    std::shared_ptr<const std::vector<std::pair<std::string, std::string>>> settings_;
    std::vector<std::pair<std::string, std::string>> startup_settings_;

    shadow::unit open_;
    std::vector<std::pair<primary_order::mark, footprint>> marks_;  ///< per exchange of open_
    footprint writes_;
    primary_order::mark block_snapshot_;  ///< first statement of a snapshot-isolated block
    bool snapshot_isolation_ = false;
    bool has_snapshot_ = false;
    bool writing_ = false;
    primary_order::ticket ticket_ = 0;
    std::vector<std::string> temporary_;
    std::uint64_t sampler_ = 0;
};

}  // namespace pgduet::capture
