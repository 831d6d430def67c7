#include <chrono>
#include <cstdio>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/store/sqlite/advisory_locks.hpp"
#include "shadow/store/sqlite/clock_text.hpp"
#include "shadow/store/sqlite/error_map.hpp"
#include "shadow/store/sqlite/session_core.hpp"

namespace pgduet::store::sqlite {

using protocol::make_error;
using protocol::sql_error;
using protocol::sql_result;
namespace sqlstate = protocol::sqlstate;

namespace {

sql_error notice(std::string_view state, std::string message) {
    sql_error out = make_error(state, std::move(message));
    out.severity = "WARNING";
    return out;
}

}  // namespace

char serve_session::core::status() const {
    switch (block_) {
        case block::open:
            return 'T';
        case block::failed:
            return 'E';
        default:
            return 'I';
    }
}

void serve_session::core::start_clock() {
    context_.now = fixed_now_.empty() ? clock_text() : fixed_now_;
    ++context_.transaction_id;
}

void serve_session::core::begin_implicit() {
    if (block_ != block::none)
        return;
    block_ = block::implicit;
    start_clock();
    settings_at_begin_ = settings_.save();
    isolation_ = settings_.value("default_transaction_isolation");
    read_only_ = settings_.value("default_transaction_read_only") == "on";
    statements_ran_ = false;
}

serve_session::core::failure serve_session::core::set_isolation(
    const sql::transaction_options& options) {
    if (options.isolation && *options.isolation != isolation_) {
        if (statements_ran_)
            return make_error(sqlstate::active_sql_transaction,
                              "SET TRANSACTION ISOLATION LEVEL must be called before any query");
        isolation_ = *options.isolation;
    }
    if (options.read_only) {
        if (!*options.read_only && read_only_ && statements_ran_)
            return make_error(sqlstate::active_sql_transaction,
                              "transaction read-write mode must be set before any query");
        read_only_ = *options.read_only;
    }
    settings_.set("transaction_isolation", isolation_, true);
    settings_.set("transaction_read_only", read_only_ ? "on" : "off", true);
    return std::nullopt;
}

serve_session::core::failure serve_session::core::begin_block(
    const sql::transaction_options& options) {
    if (block_ == block::open) {
        pending_notices_.push_back(
            notice(sqlstate::active_sql_transaction, "there is already a transaction in progress"));
        return set_isolation(options);
    }
    begin_implicit();
    block_ = block::open;
    return set_isolation(options);
}

sql_result<shared_connection> serve_session::core::connection_for(bool writes) {
    if (writes && read_only_)
        return make_error(sqlstate::read_only_sql_transaction,
                          "cannot execute statement in a read-only transaction");
    if (writer_) {
        if (auto failed = begin_on_writer())
            return *failed;
        return writer_;
    }
    if (writes || !reader_)
        return make_error(sqlstate::internal_error, "the session was given no connection");
    const bool snapshot =
        block_ == block::open && isolation_ != "read committed" && isolation_ != "read uncommitted";
    if (snapshot && !pinned_) {
        if (auto failed = (*reader_)->run("BEGIN"))
            return *failed;
        pinned_ = true;
    }
    return reader_;
}

serve_session::core::failure serve_session::core::begin_on_writer() {
    if (begun_)
        return std::nullopt;
    if (!writer_)
        return make_error(sqlstate::internal_error, "the session was given no writer");
    connection& on = **writer_;
    if (on.in_transaction())
        on.run("ROLLBACK");  // left behind by a failed end of transaction
    if (auto failed = on.run("BEGIN IMMEDIATE"))
        return failed;
    begun_ = true;
    if (defers_)
        on.run("PRAGMA defer_foreign_keys=ON");
    changes_at_begin_ = sqlite3_total_changes64(on.raw());
    on.changes().clear_touched();
    for (const savepoint_entry& one : savepoints_) {
        if (auto failed = on.run("SAVEPOINT " + one.sqlite_name))
            return failed;
    }
    return std::nullopt;
}

void serve_session::core::kill_portals(const connection* only) {
    for (portal* const one : portals_) {
        if (only != nullptr && (!one->on || &**one->on != only))
            continue;
        const bool held_cursor = one->on == nullptr && one->only_ready;
        if (!held_cursor || only == nullptr) {
            one->copying_in.reset();
            one->release();
            one->at = portal::stage::dead;
        }
    }
}

void serve_session::core::end_transaction() {
    for (auto it = cursors_.begin(); it != cursors_.end();)
        it = it->second.hold && it->second.loaded ? std::next(it) : cursors_.erase(it);
    kill_portals(nullptr);
    if (pinned_ && reader_)
        (*reader_)->run("ROLLBACK");
    pinned_ = false;
    defers_ = false;
    begun_ = false;
    wrote_schema_ = false;
    own_schema_.reset();
    savepoints_.clear();
    writer_.reset();
    reader_.reset();
    block_ = block::none;
    store_.locks().end_transaction(this);
}

serve_session::core::failure serve_session::core::commit() {
    failure error;
    for (auto& [name, cursor] : cursors_) {
        if (cursor.hold && !error)
            error = load_cursor(cursor);
    }
    if (error) {
        roll_back();
        return error;
    }
    kill_portals(nullptr);
    if (begun_ && writer_) {
        connection& on = **writer_;
        error = on.in_transaction() ? on.run("COMMIT")
                                    : make_error(sqlstate::serialization_failure,
                                                 "SQLite has ended the transaction by itself");
        if (error) {
            if (error->sqlstate == sqlstate::foreign_key_violation)
                error->message = "a deferred foreign key constraint is violated";
            roll_back();
            return error;
        }
        if (wrote_schema_)
            store_.relations().refresh();
        if (wrote_schema_ || sqlite3_total_changes64(on.raw()) != changes_at_begin_)
            last_commit_ = store_.count_commit();
    }
    settings_.end_local();
    end_transaction();
    return std::nullopt;
}

void serve_session::core::roll_back() {
    kill_portals(nullptr);
    for (auto it = cursors_.begin(); it != cursors_.end();)
        it = it->second.hold && it->second.loaded ? std::next(it) : cursors_.erase(it);
    if (begun_ && writer_ && (*writer_)->in_transaction())
        (*writer_)->run("ROLLBACK");
    settings_.restore(settings_at_begin_);
    settings_.end_local();
    end_transaction();
}

void serve_session::core::abort() {
    if (block_ == block::implicit || block_ == block::none) {
        if (block_ == block::implicit)
            roll_back();
        return;
    }
    block_ = block::failed;
    kill_portals(nullptr);
    const bool gone = begun_ && writer_ && !(*writer_)->in_transaction();
    if (!gone && !savepoints_.empty())
        return;
    // Nothing can bring it back: give the writer to the next in line now.
    if (begun_ && writer_ && !gone)
        (*writer_)->run("ROLLBACK");
    if (gone)
        savepoints_.clear();
    begun_ = false;
    wrote_schema_ = false;
    own_schema_.reset();
    writer_.reset();
}

serve_session::core::failure serve_session::core::savepoint(const std::string& name) {
    if (block_ != block::open)
        return make_error(sqlstate::no_active_sql_transaction,
                          "SAVEPOINT can only be used in transaction blocks");
    savepoint_entry one{name, "pgduet_s" + std::to_string(++savepoint_number_), settings_.save()};
    if (begun_) {
        if (auto failed = (*writer_)->run("SAVEPOINT " + one.sqlite_name))
            return failed;
    }
    savepoints_.push_back(std::move(one));
    return std::nullopt;
}

namespace {

template <class Entries>
std::ptrdiff_t last_named(const Entries& entries, const std::string& name) {
    for (auto i = static_cast<std::ptrdiff_t>(entries.size()) - 1; i >= 0; --i) {
        if (entries[static_cast<std::size_t>(i)].name == name)
            return i;
    }
    return -1;
}

sql_error no_savepoint(const std::string& name) {
    return make_error(sqlstate::invalid_savepoint_specification,
                      "savepoint \"" + name + "\" does not exist");
}

}  // namespace

serve_session::core::failure serve_session::core::release_savepoint(const std::string& name) {
    if (block_ != block::open)
        return make_error(sqlstate::no_active_sql_transaction,
                          "RELEASE SAVEPOINT can only be used in transaction blocks");
    const std::ptrdiff_t at = last_named(savepoints_, name);
    if (at < 0)
        return no_savepoint(name);
    const std::string sqlite_name = savepoints_[static_cast<std::size_t>(at)].sqlite_name;
    if (begun_) {
        if (auto failed = (*writer_)->run("RELEASE " + sqlite_name))
            return failed;
    }
    savepoints_.erase(savepoints_.begin() + at, savepoints_.end());
    return std::nullopt;
}

serve_session::core::failure serve_session::core::roll_back_to(const std::string& name) {
    if (block_ != block::open && block_ != block::failed)
        return make_error(sqlstate::no_active_sql_transaction,
                          "ROLLBACK TO SAVEPOINT can only be used in transaction blocks");
    const std::ptrdiff_t at = last_named(savepoints_, name);
    if (at < 0)
        return no_savepoint(name);
    const savepoint_entry& one = savepoints_[static_cast<std::size_t>(at)];
    if (begun_) {
        kill_portals(&**writer_);
        if (auto failed = (*writer_)->run("ROLLBACK TO " + one.sqlite_name))
            return failed;
    }
    settings_.restore(one.settings);
    savepoints_.erase(savepoints_.begin() + at + 1, savepoints_.end());
    block_ = block::open;
    own_schema_.reset();
    return std::nullopt;
}

}  // namespace pgduet::store::sqlite
