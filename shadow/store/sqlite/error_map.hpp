#pragma once

#include <sqlite3.h>

#include <string>
#include <vector>

#include "protocol/sql_types/sql_error.hpp"
#include "shadow/sql/statement.hpp"
#include "shadow/store/sqlite/catalog.hpp"
#include "shadow/store/sqlite/stored_value.hpp"

namespace pgduet::store::sqlite {

/// What helps to word an error as PostgreSQL does; all may be null.
struct error_surroundings {
    const schema_picture* schema = nullptr;
    const sql::statement* statement = nullptr;
    const std::vector<protocol::cell>* parameters = nullptr;  ///< text of $1 .. $n
};

/// Turns the connection's last failure into PostgreSQL's SQLSTATE, message and fields
/// (dialect: "Error mapping"). `code` is what sqlite3_step() and friends returned.
protocol::sql_error map_error(sqlite3* handle, int code, const error_surroundings& around = {});

/// The same from an extended code and SQLite's message text alone.
protocol::sql_error map_error(int extended_code,
                              std::string message,
                              const error_surroundings& around = {});

}  // namespace pgduet::store::sqlite
