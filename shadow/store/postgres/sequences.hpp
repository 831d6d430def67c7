#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "protocol/sql_types/sql_error.hpp"
#include "shadow/store/postgres/connection.hpp"

namespace pgduet::store::postgres {

/// (schema.table.column, value), as store::session hands them around.
using sequence_values = std::vector<std::pair<std::string, std::int64_t>>;

/// Largest value per ascending sequence that fills a column: of the sequence itself and of the
/// column. Sequences that never gave a value over empty tables are left out.
protocol::sql_result<sequence_values> read_sequences(connection& store);

/// Sets each such sequence so that its next value is larger than what `read_sequences` says and
/// than `at_least`. Names match by schema.table.column, else by table.column if that is unique.
std::optional<protocol::sql_error> advance_sequences(connection& store,
                                                     const sequence_values& at_least);

}  // namespace pgduet::store::postgres
