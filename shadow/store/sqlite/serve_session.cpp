#include "shadow/store/sqlite/serve_session.hpp"

#include <chrono>
#include <cstdlib>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/store/sqlite/advisory_locks.hpp"
#include "shadow/store/sqlite/session_core.hpp"

namespace pgduet::store::sqlite {

using protocol::make_error;
using protocol::sql_error;
using protocol::sql_result;

portal::~portal() {
    if (session_alive && *session_alive)
        owner->portals_.erase(this);
}

void portal_deleter::operator()(portal* bound) const {
    delete bound;
}

serve_session::core::core(database& store, session_identity identity)
    : store_(store), identity_(std::move(identity)) {
    context_.user = identity_.user;
    context_.process_id = identity_.process_id;
    context_.database_name = store.options().name;
    context_.settings = &settings_;
    context_.store = &store;
    context_.locks_owner = this;
}

serve_session::core::~core() {
    if (block_ != block::none)
        roll_back();
    cursors_.clear();
    kill_portals(nullptr);
    *alive_ = false;
    store_.locks().forget(this);
}

serve_session::serve_session(database& store, session_identity identity)
    : core_(std::make_unique<core>(store, std::move(identity))) {}
serve_session::~serve_session() = default;

std::optional<sql_error> serve_session::start() {
    for (const auto& [name, value] : core_->identity_.settings) {
        if (auto error = core_->settings_.set(name, value, false))
            return error;
    }
    core_->settings_.make_defaults();
    return std::nullopt;
}

char serve_session::status() const {
    return core_->status();
}

std::vector<std::pair<std::string, std::string>> serve_session::take_reported_settings() {
    auto out = core_->settings_.take_reported();
    for (auto& [name, value] : out) {
        if (name == "session_authorization")
            value = core_->identity_.user;
    }
    return out;
}

std::vector<std::pair<std::string, std::string>> serve_session::changed_settings() const {
    return core_->settings_.changed();
}

sql_result<std::shared_ptr<const plan>> serve_session::prepare(
    std::shared_ptr<const sql::statement> statement,
    const std::vector<protocol::oid>& given_types) {
    return core_->prepare(std::move(statement), given_types);
}

sql_result<portal_ptr> serve_session::bind(std::shared_ptr<const plan> what,
                                           const std::vector<protocol::parameter>& parameters,
                                           const std::vector<protocol::format>& result_formats) {
    return core_->bind(std::move(what), parameters, result_formats);
}

const std::vector<protocol::column>& serve_session::columns(const portal& bound) const {
    return bound.columns;
}

need serve_session::needs(const portal& bound) const {
    return core_->needs(bound);
}

void serve_session::give(lease held) {
    if (!held)
        return;
    auto shared = std::make_shared<held_connection>(held_connection{std::move(held)});
    if (shared->held.is_writer())
        core_->writer_ = std::move(shared);
    else
        core_->reader_ = std::move(shared);
}

namespace {

/// While it lives, cancel() reaches the connections of this session.
class running_mark {
public:
    running_mark(std::mutex& mutex, sqlite3*& place, sqlite3* handle)
        : mutex_(mutex), place_(place) {
        const std::lock_guard lock(mutex_);
        place_ = handle;
    }
    ~running_mark() {
        const std::lock_guard lock(mutex_);
        place_ = nullptr;
    }
    running_mark(const running_mark&) = delete;
    running_mark& operator=(const running_mark&) = delete;

private:
    std::mutex& mutex_;
    sqlite3*& place_;
};

/// statement_timeout: while it lives, SQLite looks at the clock every few thousand steps.
class statement_deadline {
public:
    statement_deadline(sqlite3* handle, std::chrono::milliseconds limit)
        : handle_(limit.count() > 0 ? handle : nullptr),
          end_(std::chrono::steady_clock::now() + limit) {
        if (handle_ != nullptr)
            sqlite3_progress_handler(handle_, 4000, &statement_deadline::look, this);
    }
    ~statement_deadline() {
        if (handle_ != nullptr)
            sqlite3_progress_handler(handle_, 0, nullptr, nullptr);
    }
    statement_deadline(const statement_deadline&) = delete;
    statement_deadline& operator=(const statement_deadline&) = delete;

    bool passed() const { return passed_; }

private:
    static int look(void* self) {
        auto& deadline = *static_cast<statement_deadline*>(self);
        deadline.passed_ = std::chrono::steady_clock::now() >= deadline.end_;
        return deadline.passed_ ? 1 : 0;
    }

    sqlite3* handle_;
    std::chrono::steady_clock::time_point end_;
    bool passed_ = false;
};

/// A time setting: a number of milliseconds, or a number with a unit.
std::chrono::milliseconds read_duration(const std::string& text) {
    char* rest = nullptr;
    const double number = std::strtod(text.c_str(), &rest);
    const std::string unit = rest;
    const double scale = unit == "us"    ? 0.001
                         : unit == "s"   ? 1000
                         : unit == "min" ? 60'000
                         : unit == "h"   ? 3'600'000
                         : unit == "d"   ? 86'400'000
                                         : 1;
    return std::chrono::milliseconds(static_cast<std::int64_t>(number * scale));
}

}  // namespace

progress serve_session::execute(portal& bound,
                                std::uint64_t rows_max,
                                std::size_t bytes_max,
                                row_sink& rows) {
    sqlite3* handle = nullptr;
    if (bound.on)
        handle = (*bound.on)->raw();
    else if (core_->writer_)
        handle = (*core_->writer_)->raw();
    else if (core_->reader_)
        handle = (*core_->reader_)->raw();
    const running_mark mark(core_->running_mutex_, core_->running_, handle);
    const statement_deadline deadline(handle,
                                      read_duration(core_->settings_.value("statement_timeout")));
    progress out = core_->execute(bound, rows_max, bytes_max, rows);
    if (out.error && deadline.passed() && out.error->sqlstate == protocol::sqlstate::query_canceled)
        out.error->message = "canceling statement due to statement timeout";
    return out;
}

std::optional<sql_error> serve_session::copy_data(portal& bound, std::string_view payload) {
    return core_->copy_data(bound, payload);
}

progress serve_session::copy_done(portal& bound) {
    return core_->copy_done(bound);
}

progress serve_session::copy_fail(portal& bound, const std::string& message) {
    return core_->failed(
        &bound,
        make_error(protocol::sqlstate::query_canceled, "COPY from stdin failed: " + message));
}

std::optional<sql_error> serve_session::sync() {
    std::optional<sql_error> error;
    if (core_->block_ == core::block::implicit)
        error = core_->commit();
    const bool shared = core_->reader_ && core_->reader_.use_count() > 1;  // by an open portal
    if (!core_->pinned_ && !shared && core_->block_ != core::block::none)
        core_->reader_.reset();  // between statements of a block nobody needs it
    if (core_->block_ == core::block::none) {
        core_->writer_.reset();
        core_->reader_.reset();
    }
    return error;
}

void serve_session::fail() {
    core_->abort();
}

bool serve_session::holds_writer() const {
    return core_->writer_ != nullptr;
}

bool serve_session::has_written() const {
    return core_->begun_ &&
           (core_->wrote_schema_ ||
            sqlite3_total_changes64((*core_->writer_)->raw()) != core_->changes_at_begin_);
}

std::uint64_t serve_session::last_commit() const {
    return core_->last_commit_;
}

const std::string& serve_session::transaction_now() const {
    return core_->context_.now;
}

void serve_session::set_now(const std::string& timestamptz) {
    core_->fixed_now_ = timestamptz;
    // Units that share a transaction keep the time of their own.
    if (core_->status() == 'T' && !timestamptz.empty())
        core_->context_.now = timestamptz;
}

void serve_session::cancel() {
    const std::lock_guard lock(core_->running_mutex_);
    if (core_->running_ != nullptr)
        sqlite3_interrupt(core_->running_);
}

connection* serve_session::held_writer() {
    return core_->writer_ ? &**core_->writer_ : nullptr;
}

std::optional<sql_error> serve_session::begin_on_writer() {
    if (core_->block_ == core::block::none)
        core_->begin_implicit();
    return core_->begin_on_writer();
}

}  // namespace pgduet::store::sqlite
