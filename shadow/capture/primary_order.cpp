#include "shadow/capture/primary_order.hpp"

#include <algorithm>
#include <limits>

#include "shadow/capture/integer_text.hpp"

namespace pgduet::capture {

bool footprint::touch::disjoint(const touch& other) const {
    const auto is_assigned = [](const touch& t, const std::string& column) {
        return std::find(t.assigned.begin(), t.assigned.end(), column) != t.assigned.end();
    };
    for (const auto& [column, value] : equalities) {
        for (const auto& [other_column, other_value] : other.equalities) {
            if (column == other_column && value != other_value && !is_assigned(*this, column) &&
                !is_assigned(other, column))
                return true;
        }
    }
    return false;
}

void footprint::add(const shadow::exchange& done, part what) {
    const sql::statement& statement = *done.statement;
    const bool writes_elsewhere =
        statement.may_write && done.target && done.target->writes_elsewhere;
    bool names_target = false;
    for (const sql::relation_ref& relation : statement.relations) {
        names_target = names_target || relation.written;
        if (what == part::writes && !relation.written && !statement.locks_rows)
            continue;
        touch one;
        one.relation = relation.name;
        one.assigned = statement.assigned;
        for (const sql::equality& eq : statement.equalities) {
            if (eq.table != relation.name)
                continue;
            if (const auto value = integer_text(eq, done))
                one.equalities.emplace_back(eq.column, *value);
        }
        touches_.push_back(std::move(one));
    }
    // A write that names no target (a function, CALL, DO), one whose target fires triggers or
    // cascades, and a read through something that is not a plain table may touch anything.
    if (writes_elsewhere || (statement.may_write && !names_target && !statement.locks_rows) ||
        !done.plain_relations)
        everything_ = true;
}

bool footprint::overlaps(const footprint& other) const {
    if (empty() || other.empty())
        return false;
    if (everything_ || other.everything_)
        return true;
    for (const touch& mine : touches_) {
        for (const touch& theirs : other.touches_) {
            if (mine.relation == theirs.relation && !mine.disjoint(theirs))
                return true;
        }
    }
    return false;
}

primary_order::mark primary_order::now() {
    const std::lock_guard lock(mutex_);
    return {++event_, known_};
}

primary_order::ticket primary_order::commit_sent(footprint writes) {
    const std::lock_guard lock(mutex_);
    in_flight_.push_back({next_, ++event_, 0, known_, std::move(writes)});
    return next_++;
}

void primary_order::commit_done(ticket sent, shadow::token position) {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(
        in_flight_.begin(), in_flight_.end(), [&](const commit& c) { return c.id == sent; });
    if (found == in_flight_.end())
        return;
    known_ = std::max(known_, position);
    found->done = ++event_;
    recent_.push_back(std::move(*found));
    in_flight_.erase(found);
    while (recent_.size() > recent_max)
        forgotten_ = std::max(forgotten_, recent_.front().done), recent_.pop_front();
}

bool primary_order::conflict_since(const mark& since, const footprint& touched, ticket own) const {
    const std::lock_guard lock(mutex_);
    if (since.event < forgotten_)
        return true;  // a commit that might matter is no longer remembered
    for (const commit& c : in_flight_) {
        if (c.id != own && c.writes.overlaps(touched))
            return true;
    }
    for (auto c = recent_.rbegin(); c != recent_.rend() && c->done > since.event; ++c) {
        if (c->id != own && c->writes.overlaps(touched))
            return true;
    }
    return false;
}

shadow::token primary_order::low() const {
    const std::lock_guard lock(mutex_);
    shadow::token low = std::numeric_limits<shadow::token>::max();
    for (const commit& c : in_flight_)
        low = std::min(low, c.floor);
    return low;
}

}  // namespace pgduet::capture
