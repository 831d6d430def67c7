#include "shadow/capture/recorder.hpp"

#include <algorithm>

#include "protocol/sql_types/sqlstate.hpp"

namespace pgduet::capture {

using sql::statement_kind;
namespace sqlstate = protocol::sqlstate;

recorder::recorder(shadow::duet& target, primary_order& order, std::uint64_t session)
    : target_(target),
      order_(order),
      session_(session),
      settings_(std::make_shared<const std::vector<std::pair<std::string, std::string>>>()) {}

namespace {

bool is_transaction_control(statement_kind kind) {
    switch (kind) {
        case statement_kind::begin:
        case statement_kind::commit:
        case statement_kind::rollback:
        case statement_kind::savepoint:
        case statement_kind::release:
        case statement_kind::rollback_to:
        case statement_kind::prepare_transaction:
            return true;
        default:
            return false;
    }
}

bool is_session_matter(statement_kind kind) {
    switch (kind) {
        case statement_kind::set:
        case statement_kind::show:
        case statement_kind::discard:
        case statement_kind::prepare:
        case statement_kind::execute:
        case statement_kind::deallocate:
        case statement_kind::declare_cursor:
        case statement_kind::fetch:
        case statement_kind::close_cursor:
        case statement_kind::notify:
        case statement_kind::explain:
        case statement_kind::lock:
        case statement_kind::copy_to:
        case statement_kind::empty:
            return true;
        default:
            return false;
    }
}

bool is_savepoint_control(statement_kind kind) {
    return kind == statement_kind::savepoint || kind == statement_kind::release ||
           kind == statement_kind::rollback_to;
}

}  // namespace

std::string recorder::skip_reason(const shadow::exchange& done) const {
    const sql::statement& statement = *done.statement;
    if (is_transaction_control(statement.kind))
        return "transaction";
    if (is_session_matter(statement.kind))
        return "session";
    if (statement.kind == statement_kind::maintenance)
        return "maintenance";
    if (statement.temporary || uses_temporary(statement))
        return "temporary";
    if (done.primary.suspended)
        return "session";
    if (done.primary.error) {
        const std::string& state = done.primary.error->sqlstate;
        if (state == sqlstate::in_failed_sql_transaction)
            return "transaction";
        if (state == sqlstate::feature_not_supported)
            return "unsupported";
        if (state == sqlstate::query_canceled || state.starts_with("57P"))
            return "cancelled";
        if (state.starts_with("40") || state == sqlstate::lock_not_available)
            return "position";
    }
    if (!statement.may_write) {
        if (statement.catalog)
            return "catalog";
        if (statement.nondeterministic || !statement.now_calls.empty())
            return "nondeterministic";
    }
    return {};
}

bool recorder::uses_temporary(const sql::statement& statement) const {
    if (temporary_.empty())
        return false;
    return std::any_of(
        statement.relations.begin(), statement.relations.end(), [&](const sql::relation_ref& r) {
            return r.schema == "pg_temp" || temporary_.contains(r.name);
        });
}

void recorder::note_temporary(const sql::statement& statement) {
    if (!statement.temporary)
        return;
    for (const sql::relation_ref& relation : statement.relations) {
        if (relation.written)
            temporary_.insert(relation.name);
    }
}

primary_order::mark recorder::sent(const shadow::exchange& about_to_run) {
    const primary_order::mark mark = order_.now();
    if (snapshot_isolation_ && !has_snapshot_ &&
        !is_transaction_control(about_to_run.statement->kind) &&
        about_to_run.statement->kind != statement_kind::set) {
        snapshot_ = mark;
        has_snapshot_ = true;
    }
    if (about_to_run.statement->may_write && skip_reason(about_to_run).empty()) {
        writing_ = true;
        writes_.add(about_to_run, footprint::part::writes);
        for (const sql::relation_ref& relation : about_to_run.statement->relations) {
            if (relation.written)
                written_tables_.insert(relation.name);
        }
    }
    return snapshot_isolation_ && has_snapshot_ ? snapshot_ : mark;
}

void recorder::completed(shadow::exchange done, const primary_order::mark& since) {
    const statement_kind kind = done.statement->kind;
    if (done.primary.succeeded())
        note_temporary(*done.statement);
    const std::string reason = skip_reason(done);
    if (!reason.empty()) {
        // Savepoints are not compared but must be repeated where the unit is.
        if (is_savepoint_control(kind) && done.primary.succeeded())
            keep(std::move(done), since);
        else
            target_.skip(reason);
        return;
    }
    if (!done.statement->may_write && !writing_)
        submit_read(std::move(done), since);
    else
        keep(std::move(done), since);
}

void recorder::submit_read(shadow::exchange done, const primary_order::mark& since) {
    sampled_ += target_.options().compare_reads;
    if (sampled_ < 1.0) {
        target_.skip("sampled_out");
        return;
    }
    sampled_ -= 1.0;
    footprint touched;
    touched.add(done, footprint::part::all);
    if (order_.conflict_since(since, touched, 0)) {
        target_.skip("position");
        return;
    }
    shadow::unit read;
    read.session = session_;
    read.position = since.known;
    read.end = shadow::unit_end::rolled_back;
    read.settings = settings_;
    read.finished = std::chrono::steady_clock::now();
    read.exchanges.push_back(std::move(done));
    target_.submit(std::move(read));
}

void recorder::keep(shadow::exchange done, const primary_order::mark& since) {
    pending one;
    one.since = since;
    one.touched.add(done, footprint::part::all);
    pending_.push_back(std::move(one));
    open_.exchanges.push_back(std::move(done));
}

void recorder::commit_sent() {
    commit_in_flight_ = true;
    if (writing_ && ticket_ == 0)
        ticket_ = order_.commit_sent(writes_);
}

void recorder::ended(shadow::unit_end how, shadow::token position, const std::string& now) {
    const bool has_statements =
        std::any_of(open_.exchanges.begin(), open_.exchanges.end(), [](const shadow::exchange& e) {
            return !is_savepoint_control(e.statement->kind);
        });
    if (has_statements) {
        for (std::size_t i = 0; i < open_.exchanges.size(); ++i)
            open_.exchanges[i].overlapped =
                order_.conflict_since(pending_[i].since, pending_[i].touched, ticket_);
        open_.session = session_;
        open_.end = how;
        open_.writes = how == shadow::unit_end::committed;
        open_.position =
            position != 0 && how == shadow::unit_end::committed ? position : order_.now().known;
        open_.now = now;
        open_.settings = settings_;
        open_.finished = std::chrono::steady_clock::now();
        target_.submit(std::move(open_));
    } else if (!open_.exchanges.empty()) {
        target_.skip("transaction", open_.exchanges.size());
    }
    if (ticket_ != 0) {
        // Only after the unit is in the queue may the watermark pass its position.
        order_.commit_done(ticket_, position);
        target_.wake();
    }
    clear();
}

void recorder::abandon() {
    if (commit_in_flight_ && writing_) {
        target_.lose(std::max<std::size_t>(1, open_.exchanges.size()),
                     {written_tables_.begin(), written_tables_.end()},
                     "in doubt: the connection broke while the commit was in flight");
    } else if (!open_.exchanges.empty()) {
        target_.skip("interrupted", open_.exchanges.size());
    }
    if (ticket_ != 0) {
        order_.commit_done(ticket_, 0);
        target_.wake();
    }
    clear();
}

void recorder::clear() {
    open_ = {};
    pending_.clear();
    writes_ = {};
    written_tables_.clear();
    writing_ = false;
    commit_in_flight_ = false;
    ticket_ = 0;
    snapshot_isolation_ = false;
    has_snapshot_ = false;
}

void recorder::begin_block(const std::string& isolation) {
    open_.in_block = true;
    open_.isolation = isolation;
    snapshot_isolation_ = isolation == "repeatable read" || isolation == "serializable";
}

void recorder::start_settings(std::vector<std::pair<std::string, std::string>> settings) {
    settings_ = std::make_shared<const std::vector<std::pair<std::string, std::string>>>(
        std::move(settings));
}

void recorder::setting(const std::string& name, const std::string* value) {
    auto changed = *settings_;
    std::erase_if(changed, [&](const auto& setting) { return setting.first == name; });
    if (value != nullptr)
        changed.emplace_back(name, *value);
    start_settings(std::move(changed));
}

}  // namespace pgduet::capture
