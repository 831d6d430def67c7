#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "protocol/sql_types/sql_error.hpp"
#include "shadow/store/sqlite/change_log.hpp"
#include "shadow/store/sqlite/database.hpp"
#include "shadow/store/sqlite/execution_context.hpp"

namespace pgduet::store::sqlite {

class connection;

/// A prepared statement borrowed from its connection's cache; goes back, reset and with its
/// bindings cleared, when destroyed. Must not outlive the connection.
class cached_statement {
public:
    cached_statement() = default;
    cached_statement(connection& owner, std::string text, sqlite3_stmt* handle)
        : owner_(&owner), text_(std::move(text)), handle_(handle) {}
    cached_statement(cached_statement&& other) noexcept;
    cached_statement& operator=(cached_statement&& other) noexcept;
    cached_statement(const cached_statement&) = delete;
    cached_statement& operator=(const cached_statement&) = delete;
    ~cached_statement() { reset(); }

    explicit operator bool() const { return handle_ != nullptr; }
    sqlite3_stmt* get() const { return handle_; }
    int step() { return sqlite3_step(handle_); }
    void reset();

private:
    connection* owner_ = nullptr;
    std::string text_;
    sqlite3_stmt* handle_ = nullptr;
};

/// One sqlite3 handle with pgduet's settings and functions, and a cache of prepared statements.
/// Opened without SQLite's own mutexes: one thread at a time.
class connection {
public:
    enum class role { writer, reader, catalog };

    static protocol::sql_result<std::unique_ptr<connection>> open(const database_options& options,
                                                                  role what,
                                                                  database* owner);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    sqlite3* raw() const { return handle_; }
    bool is_writer() const { return role_ == role::writer; }
    bool in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

    /// Prepares, or takes from the cache. Errors come from SQLite's text, by error_map.
    protocol::sql_result<cached_statement> prepare(std::string_view sql);
    /// Runs one statement to its end, ignoring rows.
    std::optional<protocol::sql_error> run(std::string_view sql);
    /// First column of the first row; nothing when there is no row or it is NULL.
    protocol::sql_result<std::optional<std::int64_t>> number(std::string_view sql);
    void forget_statements();

    /// What functions see; never null. A session puts its own in while it runs here.
    execution_context& context() { return *context_; }
    void use_context(execution_context* context) {
        context_ = context != nullptr ? context : &own_context_;
    }

    change_log& changes() { return changes_; }

private:
    friend class cached_statement;
    struct entry {
        std::string text;
        sqlite3_stmt* handle;
    };

    connection() = default;
    std::optional<protocol::sql_error> set_up(const database_options& options);
    void take_back(std::string text, sqlite3_stmt* handle);

    sqlite3* handle_ = nullptr;
    role role_ = role::reader;
    execution_context own_context_;
    execution_context* context_ = &own_context_;
    change_log changes_;
    std::size_t statements_max_ = 256;
    std::list<entry> idle_;  ///< most recently used first
    std::unordered_map<std::string_view, std::list<entry>::iterator> by_text_;
};

}  // namespace pgduet::store::sqlite
