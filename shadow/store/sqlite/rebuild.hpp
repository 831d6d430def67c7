#pragma once

#include <optional>

#include "protocol/sql_types/sql_error.hpp"
#include "shadow/sql/translate.hpp"
#include "shadow/store/sqlite/catalog.hpp"
#include "shadow/store/sqlite/connection.hpp"

namespace pgduet::store::sqlite {

/// ALTER TABLE as SQLite cannot do it: a new table from the stored CREATE TABLE text with the
/// edits, the rows copied, the old one dropped, the new one renamed, indexes and triggers made
/// again; in the caller's transaction, inside its savepoint. A table other tables refer to is not
/// dropped (that would delete their rows): its stored text is edited in place instead, after the
/// rows were checked.
std::optional<protocol::sql_error> rebuild_table(connection& on,
                                                 const sql::sqlite_rebuild& change,
                                                 const schema_picture& schema);

}  // namespace pgduet::store::sqlite
