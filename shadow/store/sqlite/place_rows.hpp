#pragma once

#include <optional>
#include <vector>

#include "protocol/sql_types/sql_error.hpp"
#include "shadow/store/sqlite/catalog.hpp"
#include "shadow/store/sqlite/connection.hpp"
#include "shadow/unit.hpp"

namespace pgduet::store::sqlite {

/// Writes complete row images as they are: by key, or in tables without one by the whole row.
/// Triggers stay silent (their effects are among the images) and foreign keys wait for the commit.
/// Error when a row cannot be placed: no such table or column, the row to change is not there or
/// not alone. An erased row that a cascade has already taken is no error.
std::optional<protocol::sql_error> place_rows(connection& on,
                                              const schema_picture& schema,
                                              const std::vector<shadow::row_change>& changes);

}  // namespace pgduet::store::sqlite
