#pragma once

#include <cstdint>
#include <memory>
#include <set>
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
    ~recorder() { abandon(); }  ///< a transaction still open is given up
    recorder(const recorder&) = delete;
    recorder& operator=(const recorder&) = delete;

    /// A statement goes to the primary now (its statement and parameters are filled in): keep the
    /// mark and give it back with `completed`.
    primary_order::mark sent(const shadow::exchange& about_to_run);
    /// It finished there, with whatever outcome.
    void completed(shadow::exchange done, const primary_order::mark& since);

    /// The packet that may commit the transaction goes out (explicit COMMIT, or the Sync / Query
    /// of an implicit one). No effect if nothing was written.
    void commit_sent();
    /// The transaction is over. `position` and `now` from the token row (0 / empty if none).
    void ended(shadow::unit_end how, shadow::token position, const std::string& now);

    /// The session broke off with a transaction open: rolled back by the primary, unless the commit
    /// was already on its way, which leaves the unit in doubt: counted as dropped, tables dirty.
    void abandon();

    /// BEGIN's isolation level for the transaction that starts, empty for the default.
    void begin_block(const std::string& isolation);
    /// A session setting took effect (from startup parameters, SET, or RESET with no value).
    void setting(const std::string& name, const std::string* value);
    /// Settings of the startup message: what RESET goes back to.
    void start_settings(std::vector<std::pair<std::string, std::string>> settings);

    bool writing() const { return writing_; }

private:
    struct pending {
        primary_order::mark since;
        footprint touched;
    };

    /// Reason for which the statement is not run on the shadow, or empty.
    std::string skip_reason(const shadow::exchange& done) const;
    bool uses_temporary(const sql::statement& statement) const;
    void note_temporary(const sql::statement& statement);
    void submit_read(shadow::exchange done, const primary_order::mark& since);
    void keep(shadow::exchange done, const primary_order::mark& since);
    void clear();

    shadow::duet& target_;
    primary_order& order_;
    std::uint64_t session_;
    std::shared_ptr<const std::vector<std::pair<std::string, std::string>>> settings_;

    shadow::unit open_;
    std::vector<pending> pending_;  ///< one per exchange of open_
    footprint writes_;              ///< of everything sent in the open transaction
    primary_order::mark snapshot_;  ///< first statement of a snapshot-isolated block
    bool snapshot_isolation_ = false;
    bool has_snapshot_ = false;
    bool writing_ = false;  ///< something that may write was sent
    bool commit_in_flight_ = false;
    primary_order::ticket ticket_ = 0;
    std::set<std::string> written_tables_;  ///< by what was sent in the open transaction
    std::set<std::string> temporary_;
    double sampled_ = 0;
};

}  // namespace pgduet::capture
