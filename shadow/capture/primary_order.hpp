#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "shadow/sql/statement.hpp"
#include "shadow/unit.hpp"

namespace pgduet::capture {

/// What a unit may have touched, for the question "could this write have changed what that read
/// saw": relations, and per relation equalities on integer columns that narrow it to some rows.
class footprint {
public:
    enum class part { all, writes };

    /// Adds one statement with its parameters: every relation it names, or only those it writes.
    /// A target that is unknown, or that writes elsewhere (triggers, cascades), and a read of
    /// anything not known to be a plain table count as "everything".
    void add(const shadow::exchange& done, part what);
    /// Touches whatever there is.
    void add_everything() { everything_ = true; }

    bool empty() const { return !everything_ && touches_.empty(); }
    /// True unless the two are provably disjoint.
    bool overlaps(const footprint& other) const;

private:
    struct touch {
        std::string relation;
        std::vector<std::pair<std::string, std::string>> equalities;  ///< column, integer text
        std::vector<std::string> assigned;
        bool disjoint(const touch& other) const;
    };
    std::vector<touch> touches_;
    bool everything_ = false;
};

/// The order in which the primary's transactions took effect, as far as one proxy can know it.
///
/// Commits are intervals [packet sent, answer seen]; a write may have become visible anywhere
/// inside. Reads are intervals [sent, answered]. A read and a conflicting commit whose intervals
/// overlap have no known order (class `position`). Units are released to the shadow by low
/// watermark: a unit may go once no commit is in flight that could still turn out to have a
/// smaller token, i.e. its token <= min over in-flight commits of the largest token known when
/// that commit was sent (consistency: insert-LSN tokens order all dependent transactions).
///
/// Thread-safe; every call takes one short lock.
class primary_order {
public:
    struct mark {
        std::uint64_t event = 0;  ///< logical time
        shadow::token known = 0;  ///< largest token known then
    };
    using ticket = std::uint64_t;
    /// Finished commits remembered; a mark older than the oldest of them conflicts with everything.
    static constexpr std::size_t recent_max = 4096;

    /// Now: taken when a statement is sent.
    mark now();

    /// A packet that may commit `writes` goes to the primary.
    ticket commit_sent(footprint writes);
    /// Its answer came; `position` is its token, 0 when it had none (nothing written, failed).
    void commit_done(ticket sent, shadow::token position);

    /// True when a commit other than `own` that overlaps `touched` was in flight at some moment
    /// since `since` (0 = no own commit).
    bool conflict_since(const mark& since, const footprint& touched, ticket own) const;

    /// Units with a position <= this may be released; all if no commit is in flight.
    shadow::token low() const;

private:
    struct commit {
        ticket id;
        std::uint64_t sent;
        std::uint64_t done;  ///< 0 while in flight
        shadow::token floor;
        footprint writes;
    };
    mutable std::mutex mutex_;
    std::uint64_t event_ = 0;
    shadow::token known_ = 0;
    ticket next_ = 1;
    std::list<commit> in_flight_;
    std::deque<commit> recent_;    ///< done, newest last
    std::uint64_t forgotten_ = 0;  ///< latest `done` that fell out of recent_
};

}  // namespace pgduet::capture
