#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "shadow/ledger/ledger.hpp"
#include "shadow/replay/judge.hpp"
#include "shadow/replay/request_builder.hpp"
#include "shadow/store/store.hpp"
#include "shadow/unit.hpp"

namespace pgduet::replay {

/// Runs one unit after the other on the shadow and judges it.
///
/// A committed unit is first tried as a whole, in one transaction together with the watermark. If
/// any outcome differs the transaction is rolled back and repeated with care: a savepoint before
/// each statement, and where the outcome differs the primary's effects are put in its place, so
/// that one bug stays one finding. What cannot be kept equal makes its table dirty.
///
/// Plain units (`fits_batch`) may be applied many at a time, in one transaction on the shadow: one
/// commit there for many here. If anything differs the batch is rolled back and its units are
/// applied one by one.
///
/// Exactly once: verdicts are booked only when the unit's transaction is known to be committed;
/// when the connection breaks inside, `apply` says so and may be called again with the same unit
/// after a reconnect (it asks the watermark first whether the unit got through).
///
/// One thread owns it.
class applier {
public:
    applier(store::session& shadow, ledger::ledger& results, std::string run);

    enum class result { applied, connection_lost };
    result apply(const shadow::unit& one);

    /// Units of one batch, at most this many and this large together.
    static constexpr std::size_t batch_units_max = 128;
    static constexpr std::size_t batch_bytes_max = 1u << 20;
    static bool fits_batch(const shadow::unit& one);
    /// Applies plain units with equal settings; false: nothing was done, apply them one by one
    /// (after a reconnect if the connection is gone).
    bool apply_batch(const std::vector<shadow::unit>& units);
    /// Once after a reconnect: true if the batch or unit that was being committed got through; it
    /// is booked then. Nothing when the shadow could not be asked.
    std::optional<bool> resolve_commit();

    /// Gives up on a unit that cannot be applied: books it as dropped, its tables as dirty.
    void give_up(const shadow::unit& one, const std::string& why);

private:
    struct booking {
        const shadow::exchange* done;
        verdict judged;
        ledger::difference difference;
    };
    enum class attempt { done, differs, lost };

    bool run_batch(const std::vector<shadow::unit>& units);
    bool all_equal(const std::vector<const shadow::exchange*>& done,
                   const std::vector<store::request>& requests);
    attempt run_whole(const shadow::unit& one, bool commit);
    attempt run_segment(const shadow::unit& one, std::size_t first, std::size_t last, bool lone);
    attempt run_carefully(const shadow::unit& one, bool commit);
    attempt run_exchange(const shadow::unit& one, const shadow::exchange& done);
    attempt run_outside(const shadow::unit& one);
    attempt finish(bool commit);
    attempt settle(const shadow::exchange& done,
                   const protocol::outcome& on_shadow,
                   bool equal,
                   bool inexact);

    /// Runs a control statement; false when the connection is gone.
    bool control(const std::string& sql);
    bool lost() const { return !shadow_.connected(); }
    void judge_one(const shadow::exchange& done, const protocol::outcome& on_shadow);
    surroundings look_around(const sql::statement& statement);
    void keep_dirty(const shadow::exchange& done, const std::string& why);
    void book();

    store::session& shadow_;
    ledger::ledger& ledger_;
    std::string run_;
    std::uint64_t number_ = 0;      ///< of the unit being applied, for the watermark
    bool maybe_committed_ = false;  ///< its COMMIT was sent and not answered
    std::vector<booking> bookings_;
    std::vector<std::pair<std::string, std::string>> dirty_;  ///< table, why; until booked
    std::set<std::string> state_tables_;  ///< tables with a state finding in this run
    bool schema_changed_ = false;
};

}  // namespace pgduet::replay
