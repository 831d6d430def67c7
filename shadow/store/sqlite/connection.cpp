#include "shadow/store/sqlite/connection.hpp"

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/store/sqlite/error_map.hpp"
#include "shadow/store/sqlite/functions.hpp"

namespace pgduet::store::sqlite {

using protocol::make_error;
using protocol::sql_error;
using protocol::sql_result;

cached_statement::cached_statement(cached_statement&& other) noexcept
    : owner_(other.owner_),
      text_(std::move(other.text_)),
      handle_(std::exchange(other.handle_, nullptr)) {}

cached_statement& cached_statement::operator=(cached_statement&& other) noexcept {
    if (this != &other) {
        reset();
        owner_ = other.owner_;
        text_ = std::move(other.text_);
        handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
}

void cached_statement::reset() {
    if (handle_ != nullptr)
        owner_->take_back(std::move(text_), std::exchange(handle_, nullptr));
}

sql_result<std::unique_ptr<connection>> connection::open(const database_options& options,
                                                         role what,
                                                         database* owner) {
    auto opened = std::unique_ptr<connection>(new connection);
    opened->role_ = what;
    opened->statements_max_ = options.statements_max;
    opened->own_context_.store = owner;
    opened->own_context_.database_name = options.name;
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_READWRITE;
    if (what == role::writer)
        flags |= SQLITE_OPEN_CREATE;
    const int rc = sqlite3_open_v2(options.path.c_str(), &opened->handle_, flags, nullptr);
    if (rc != SQLITE_OK) {
        sql_error error = map_error(opened->handle_, rc);
        error.message = "could not open \"" + options.path + "\": " + error.message;
        return error;
    }
    if (auto failed = opened->set_up(options)) {
        failed->message = "could not open \"" + options.path + "\": " + failed->message;
        return *failed;
    }
    return opened;
}

std::optional<sql_error> connection::set_up(const database_options& options) {
    sqlite3_busy_timeout(handle_, static_cast<int>(options.busy_timeout.count()));
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1, nullptr);
    if (auto failed = register_functions(*this))
        return failed;
    const std::string synchronous =
        std::string("PRAGMA synchronous=") + (options.synchronous_full ? "FULL" : "NORMAL");
    const char* const pragmas[] = {
        "PRAGMA journal_mode=WAL",
        synchronous.c_str(),
        "PRAGMA foreign_keys=ON",
        "PRAGMA recursive_triggers=ON",
        "PRAGMA case_sensitive_like=ON",
        "PRAGMA temp_store=MEMORY",
        "PRAGMA wal_autocheckpoint=2000",
        "PRAGMA cache_size=-16384",
    };
    for (const char* const pragma : pragmas) {
        if (sqlite3_exec(handle_, pragma, nullptr, nullptr, nullptr) != SQLITE_OK)
            return map_error(handle_, sqlite3_errcode(handle_));
    }
    if (role_ != role::writer)
        sqlite3_exec(handle_, "PRAGMA query_only=ON", nullptr, nullptr, nullptr);
    else
        changes_.attach(handle_);
    return std::nullopt;
}

connection::~connection() {
    forget_statements();
    if (handle_ != nullptr)
        sqlite3_close_v2(handle_);
}

sql_result<cached_statement> connection::prepare(std::string_view sql) {
    if (const auto it = by_text_.find(sql); it != by_text_.end()) {
        const auto found = it->second;
        by_text_.erase(it);
        cached_statement out(*this, std::move(found->text), found->handle);
        idle_.erase(found);
        return out;
    }
    sqlite3_stmt* handle = nullptr;
    const int rc = sqlite3_prepare_v3(handle_,
                                      sql.data(),
                                      static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT,
                                      &handle,
                                      nullptr);
    if (rc != SQLITE_OK)
        return map_error(handle_, rc);
    if (handle == nullptr)
        return make_error(protocol::sqlstate::internal_error, "empty statement for SQLite");
    return cached_statement(*this, std::string(sql), handle);
}

void connection::take_back(std::string text, sqlite3_stmt* handle) {
    sqlite3_reset(handle);
    sqlite3_clear_bindings(handle);
    if (statements_max_ == 0 || by_text_.contains(text)) {
        sqlite3_finalize(handle);
        return;
    }
    idle_.push_front({std::move(text), handle});
    by_text_.emplace(idle_.front().text, idle_.begin());
    if (idle_.size() > statements_max_) {
        by_text_.erase(idle_.back().text);
        sqlite3_finalize(idle_.back().handle);
        idle_.pop_back();
    }
}

void connection::forget_statements() {
    by_text_.clear();
    for (const entry& one : idle_)
        sqlite3_finalize(one.handle);
    idle_.clear();
}

std::optional<sql_error> connection::run(std::string_view sql) {
    auto statement = prepare(sql);
    if (!statement)
        return statement.error();
    int rc = SQLITE_ROW;
    while (rc == SQLITE_ROW)
        rc = statement->step();
    if (rc != SQLITE_DONE)
        return map_error(handle_, rc);
    return std::nullopt;
}

sql_result<std::optional<std::int64_t>> connection::number(std::string_view sql) {
    auto statement = prepare(sql);
    if (!statement)
        return statement.error();
    const int rc = statement->step();
    if (rc == SQLITE_DONE)
        return std::optional<std::int64_t>();
    if (rc != SQLITE_ROW)
        return map_error(handle_, rc);
    if (sqlite3_column_type(statement->get(), 0) == SQLITE_NULL)
        return std::optional<std::int64_t>();
    return std::optional<std::int64_t>(sqlite3_column_int64(statement->get(), 0));
}

}  // namespace pgduet::store::sqlite
