#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/sql_types/sql_error.hpp"
#include "shadow/store/sqlite/catalog.hpp"
#include "shadow/store/sqlite/connection.hpp"
#include "shadow/store/sqlite/stored_value.hpp"

namespace pgduet::store::sqlite {

/// SQLite says only that some foreign key failed. Finds out which: runs the statement once more in
/// a savepoint with the checks deferred, looks at the rows it changes, asks for each key whether
/// the parent is there or a child is left, and takes all back. Nothing when it cannot be told.
std::optional<protocol::sql_error> find_foreign_key_violation(
    connection& on,
    const std::string& sqlite_text,
    const std::vector<stored_value>& parameters,
    const schema_picture& schema);

}  // namespace pgduet::store::sqlite
