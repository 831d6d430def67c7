#include "shadow/replay/applier.hpp"

#include <algorithm>
#include <chrono>

#include "shadow/generated_columns.hpp"

namespace pgduet::replay {

using sql::statement_kind;
using clock = std::chrono::steady_clock;

namespace {

bool is_savepoint_control(const shadow::exchange& done) {
    const statement_kind kind = done.statement->kind;
    return kind == statement_kind::savepoint || kind == statement_kind::release ||
           kind == statement_kind::rollback_to;
}

compare::result compare_one(const shadow::exchange& done, const protocol::outcome& on_shadow) {
    compare::options how;
    how.total_order = done.total_order;
    return compare::compare(done.primary, on_shadow, how, {});
}

std::chrono::microseconds since(clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::microseconds>(clock::now() - start);
}

}  // namespace

applier::applier(store::session& shadow, ledger::ledger& results, std::string run)
    : shadow_(shadow), ledger_(results), run_(std::move(run)) {}

std::optional<bool> applier::resolve_commit() {
    if (!maybe_committed_)
        return false;
    const auto mark = shadow_.read_watermark();
    if (!mark)
        return std::nullopt;
    maybe_committed_ = false;
    if (mark->run != run_ || mark->unit < number_)
        return false;
    book();
    return true;
}

applier::result applier::apply(const shadow::unit& one) {
    const auto resolved = resolve_commit();
    if (!resolved)
        return result::connection_lost;
    if (*resolved)
        return result::applied;
    ++number_;
    bookings_.clear();
    dirty_.clear();
    schema_changed_ = false;

    shadow_.apply_settings(*one.settings);
    if (lost())
        return result::connection_lost;
    shadow_.set_now(one.now);

    attempt got = attempt::done;
    const statement_kind first = one.exchanges.front().statement->kind;
    if (first == statement_kind::ddl_outside_transaction)
        got = run_outside(one);
    else
        got = run_whole(one, one.writes);
    if (got == attempt::differs) {
        control("ROLLBACK");
        bookings_.clear();
        dirty_.clear();
        got = lost() ? attempt::lost : run_carefully(one, one.writes);
    }
    if (got == attempt::lost || lost())
        return result::connection_lost;
    book();
    return result::applied;
}

bool applier::fits_batch(const shadow::unit& one) {
    if (one.end == shadow::unit_end::rolled_back && one.exchanges.size() != 1)
        return false;
    return std::all_of(one.exchanges.begin(), one.exchanges.end(), [&](const shadow::exchange& e) {
        switch (e.statement->kind) {
            case statement_kind::select:
                return e.primary.succeeded() && (one.writes || !e.statement->may_write);
            case statement_kind::insert:
            case statement_kind::update:
            case statement_kind::delete_:
                return e.primary.succeeded() && one.writes;
            default:
                return false;
        }
    });
}

bool applier::apply_batch(const std::vector<shadow::unit>& units) {
    ++number_;
    bookings_.clear();
    dirty_.clear();
    schema_changed_ = false;
    shadow_.apply_settings(*units.front().settings);
    if (lost())
        return false;
    if (!run_batch(units)) {
        if (!lost())
            control("ROLLBACK");
        bookings_.clear();
        return false;
    }
    book();
    return true;
}

bool applier::run_batch(const std::vector<shadow::unit>& units) {
    if (!control("BEGIN"))
        return false;
    bool writes = false;
    std::vector<const shadow::exchange*> done;
    std::vector<store::request> requests;
    for (const shadow::unit& one : units) {
        writes = writes || one.writes;
        if (shadow_.has_own_now())
            shadow_.set_now(one.now);
        for (const shadow::exchange& e : one.exchanges) {
            prepared_request built = build_request(e, one, shadow_.has_own_now());
            if (built.inexact)
                return false;
            done.push_back(&e);
            requests.push_back(std::move(built.request));
        }
        // A store with a time of its own takes one unit at a time, the other all in one go.
        if (shadow_.has_own_now() || &one == &units.back()) {
            if (!all_equal(done, requests))
                return false;
            done.clear();
            requests.clear();
        }
    }
    if (writes && shadow_.write_watermark({run_, number_}))
        return false;
    maybe_committed_ = writes;
    const bool refused = shadow_.control("COMMIT").has_value();
    maybe_committed_ = writes && refused && lost();
    return !refused;
}

bool applier::all_equal(const std::vector<const shadow::exchange*>& done,
                        const std::vector<store::request>& requests) {
    const auto start = clock::now();
    const std::vector<protocol::outcome> outcomes = shadow_.run(requests);
    if (lost() || outcomes.size() != requests.size())
        return false;
    const auto each = since(start) / static_cast<int>(requests.size());
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (compare_one(*done[i], outcomes[i]).verdict != compare::result::what::equal)
            return false;
        bookings_.push_back({done[i], {}, {}});
        ledger_.record_latency(done[i]->statement->fingerprint(),
                               done[i]->statement->normalised(),
                               done[i]->primary_latency,
                               each);
    }
    return true;
}

applier::attempt applier::run_whole(const shadow::unit& one, bool commit) {
    const bool lone_read =
        !commit && one.exchanges.size() == 1 && !one.exchanges.front().statement->may_write;
    if (!lone_read && !control("BEGIN"))
        return lost() ? attempt::lost : attempt::differs;
    std::size_t at = 0;
    while (at < one.exchanges.size()) {
        if (is_savepoint_control(one.exchanges[at])) {
            if (!control(one.exchanges[at].statement->text))
                return lost() ? attempt::lost : attempt::differs;
            bookings_.push_back(
                {&one.exchanges[at], {verdict::fate::not_compared, "transaction", {}, {}}, {}});
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < one.exchanges.size() && !is_savepoint_control(one.exchanges[end])) {
            if (one.exchanges[end++].primary.error)
                break;  // the transaction is aborted behind it
        }
        const attempt got = run_segment(one, at, end, lone_read);
        if (got == attempt::lost)
            return got;
        if (got == attempt::differs) {
            if (!lone_read)
                return got;
            break;  // nothing to undo: the verdict is booked
        }
        at = end;
    }
    return lone_read ? attempt::done : finish(commit);
}

applier::attempt applier::run_segment(const shadow::unit& one,
                                      std::size_t first,
                                      std::size_t last,
                                      bool lone) {
    std::vector<store::request> requests;
    for (std::size_t i = first; i < last; ++i) {
        prepared_request built = build_request(one.exchanges[i], one, shadow_.has_own_now());
        if (built.inexact)
            return attempt::differs;
        requests.push_back(std::move(built.request));
    }
    const auto start = clock::now();
    const std::vector<protocol::outcome> outcomes = shadow_.run(requests);
    if (lost())
        return attempt::lost;
    const auto each = since(start) / static_cast<int>(requests.size());
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const shadow::exchange& done = one.exchanges[first + i];
        if (compare_one(done, outcomes[i]).verdict != compare::result::what::equal) {
            if (lone)
                judge_one(done, outcomes[i]);  // else the careful run judges
            return attempt::differs;
        }
        bookings_.push_back({&done, {}, {}});
        schema_changed_ = schema_changed_ || done.statement->kind == statement_kind::ddl;
        ledger_.record_latency(done.statement->fingerprint(),
                               done.statement->normalised(),
                               done.primary_latency,
                               each);
    }
    return outcomes.size() == requests.size() ? attempt::done : attempt::differs;
}

applier::attempt applier::run_carefully(const shadow::unit& one, bool commit) {
    if (!control("BEGIN"))
        return attempt::lost;
    for (const shadow::exchange& done : one.exchanges) {
        if (is_savepoint_control(done)) {
            control(done.statement->text);
            bookings_.push_back({&done, {verdict::fate::not_compared, "transaction", {}, {}}, {}});
        } else if (run_exchange(one, done) == attempt::lost) {
            return attempt::lost;
        }
        if (lost())
            return attempt::lost;
    }
    return finish(commit);
}

applier::attempt applier::run_exchange(const shadow::unit& one, const shadow::exchange& done) {
    // The primary drew an id for a row it then refused. The shadow must draw one that is free, or
    // it fails on its key before it comes to the primary's reason.
    if (done.primary.error && done.target && done.statement->kind == statement_kind::insert &&
        !shadow::generated_columns(*done.statement, *done.target).empty())
        shadow_.advance_sequences({});
    if (!control("SAVEPOINT pgduet_exchange"))
        return lost() ? attempt::lost : attempt::done;
    const prepared_request built = build_request(done, one, shadow_.has_own_now());
    const auto outcomes = shadow_.run({built.request});
    if (lost() || outcomes.empty())
        return attempt::lost;
    const protocol::outcome& on_shadow = outcomes.front();
    const bool equal = compare_one(done, on_shadow).verdict == compare::result::what::equal;
    if (on_shadow.error)
        control("ROLLBACK TO SAVEPOINT pgduet_exchange");
    judge_one(done, on_shadow);
    return settle(done, on_shadow, equal, built.inexact);
}

/// What stays on the shadow after one statement, with its savepoint still open.
applier::attempt applier::settle(const shadow::exchange& done,
                                 const protocol::outcome& on_shadow,
                                 bool equal,
                                 bool inexact) {
    const bool wrote = done.statement->may_write;
    if (!wrote || (equal && !inexact)) {
        control("RELEASE SAVEPOINT pgduet_exchange");
        return lost() ? attempt::lost : attempt::done;
    }
    if (done.primary.error) {
        // The primary kept nothing of it.
        control("ROLLBACK TO SAVEPOINT pgduet_exchange");
    } else if (done.has_effects) {
        control("ROLLBACK TO SAVEPOINT pgduet_exchange");
        if (const auto failed = shadow_.apply_effects(done.effects)) {
            control("ROLLBACK TO SAVEPOINT pgduet_exchange");
            keep_dirty(done, "the primary's rows could not be placed: " + failed->message);
        }
    } else if (inexact) {
        keep_dirty(done, "the primary made values up that could not be taken over");
    } else if (on_shadow.error) {
        keep_dirty(
            done,
            "the shadow refused a write the primary made (" + on_shadow.error->sqlstate + ")");
    }
    // Else: the shadow ran it with another result; what it did is the nearest there is.
    control("RELEASE SAVEPOINT pgduet_exchange");
    return lost() ? attempt::lost : attempt::done;
}

applier::attempt applier::run_outside(const shadow::unit& one) {
    for (const shadow::exchange& done : one.exchanges) {
        const auto outcomes = shadow_.run({build_request(done, one, true).request});
        if (lost() || outcomes.empty())
            return attempt::lost;
        judge_one(done, outcomes.front());
        schema_changed_ = true;
    }
    return attempt::done;
}

applier::attempt applier::finish(bool commit) {
    if (!commit)
        return control("ROLLBACK") || !lost() ? attempt::done : attempt::lost;
    if (shadow_.write_watermark({run_, number_}))
        return lost() ? attempt::lost : attempt::differs;
    maybe_committed_ = true;
    const auto failed = shadow_.control("COMMIT");
    if (lost())
        return attempt::lost;
    maybe_committed_ = false;
    if (!failed)
        return attempt::done;
    // The shadow refuses at COMMIT what the primary committed (a deferred constraint).
    protocol::outcome refused;
    refused.error = *failed;
    shadow_.control("ROLLBACK");
    const shadow::exchange& last = *bookings_.back().done;
    bookings_.pop_back();
    judge_one(last, refused);
    for (const booking& one : bookings_)
        keep_dirty(*one.done, "the shadow refused the commit (" + failed->sqlstate + ")");
    keep_dirty(last, "the shadow refused the commit (" + failed->sqlstate + ")");
    return attempt::done;
}

bool applier::control(const std::string& sql) {
    return !shadow_.control(sql);
}

surroundings applier::look_around(const sql::statement& statement) {
    surroundings around;
    around.plain_tables = !statement.relations.empty();
    for (const sql::relation_ref& relation : statement.relations) {
        around.table_dirty = around.table_dirty || ledger_.is_dirty(relation.name);
        around.state_differs = around.state_differs || state_tables_.contains(relation.name);
        const auto known = shadow_.describe(relation.schema, relation.name);
        around.plain_tables =
            around.plain_tables && known && known->type == sql::relation_info::kind::table;
    }
    return around;
}

void applier::judge_one(const shadow::exchange& done, const protocol::outcome& on_shadow) {
    const compare::result compared = compare_one(done, on_shadow);
    booking one;
    one.done = &done;
    if (compared.verdict != compare::result::what::equal) {
        one.judged = judge(done, on_shadow, compared, look_around(*done.statement));
        if (one.judged.what == verdict::fate::differs) {
            one.difference = describe(done, on_shadow, compared, one.judged);
            if (one.judged.finding_class == "state")
                state_tables_.insert(one.difference.tables.begin(), one.difference.tables.end());
        }
    }
    bookings_.push_back(std::move(one));
}

void applier::keep_dirty(const shadow::exchange& done, const std::string& why) {
    for (const sql::relation_ref& relation : done.statement->relations) {
        if (relation.written)
            dirty_.emplace_back(relation.name, why);
    }
}

void applier::book() {
    for (booking& one : bookings_) {
        ledger_.observed(1);
        switch (one.judged.what) {
            case verdict::fate::equal:
                ledger_.equal();
                break;
            case verdict::fate::not_compared:
                ledger_.not_compared(one.judged.reason);
                break;
            case verdict::fate::differs:
                ledger_.differ(std::move(one.difference));
                break;
        }
    }
    for (const auto& [table, why] : dirty_)
        ledger_.mark_dirty(table, why);
    if (schema_changed_)
        shadow_.forget_relations();
    bookings_.clear();
    dirty_.clear();
}

void applier::give_up(const shadow::unit& one, const std::string& why) {
    maybe_committed_ = false;
    bookings_.clear();
    dirty_.clear();
    std::vector<std::string> tables;
    for (const shadow::exchange& done : one.exchanges) {
        for (const sql::relation_ref& relation : done.statement->relations) {
            if (relation.written)
                tables.push_back(relation.name);
        }
    }
    ledger_.observed(one.exchanges.size());
    ledger_.dropped(one.exchanges.size(), tables);
    for (const std::string& table : tables)
        ledger_.mark_dirty(table, why);
}

}  // namespace pgduet::replay
