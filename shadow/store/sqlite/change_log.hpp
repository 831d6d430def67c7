#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "protocol/sql_types/sql_error.hpp"
#include "shadow/sql/relation.hpp"
#include "shadow/unit.hpp"

namespace pgduet::store::sqlite {

/// Row images of one statement, from SQLite's preupdate hook: every row of every table the
/// statement changes, those of cascades and triggers too, in PostgreSQL's text form. Tables of
/// SQLite (sqlite_*) and pgduet's own (pgduet_*) are left out.
class change_log {
public:
    /// Hooks into a connection; once.
    void attach(sqlite3* handle);

    /// Starts to collect, forgetting what there was; `relations` describes the tables and must
    /// live until stop().
    void start(const sql::relation_source& relations, std::size_t bytes_max);
    void stop() { relations_ = nullptr; }

    bool complete() const { return complete_; }
    std::vector<shadow::row_change> take() { return std::move(changes_); }
    /// Names of the tables touched since start(), in order of the first change.
    bool touched() const { return touched_; }
    void clear_touched() { touched_ = false; }

private:
    static void on_change(void* self,
                          sqlite3* handle,
                          int what,
                          const char* schema,
                          const char* table,
                          sqlite3_int64 old_row,
                          sqlite3_int64 new_row);
    void add(sqlite3* handle, int what, const char* table);

    const sql::relation_source* relations_ = nullptr;
    std::vector<shadow::row_change> changes_;
    std::size_t bytes_ = 0;
    std::size_t bytes_max_ = 0;
    bool complete_ = true;
    bool touched_ = false;
};

}  // namespace pgduet::store::sqlite
