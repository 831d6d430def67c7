#pragma once

#include <libpq-fe.h>

#include <string>
#include <vector>

#include "protocol/sql_types/outcome.hpp"

namespace pgduet::store::postgres {

/// The fields of an error result; 08006 when the server sent none (libpq made it up).
protocol::sql_error decode_error(const PGresult* result);

/// RowDescription, as libpq keeps it.
std::vector<protocol::column> decode_columns(const PGresult* result);

/// Appends the result's rows.
void decode_rows(const PGresult* result, protocol::row_buffer& rows);

/// libpq's message without its trailing newline.
std::string trimmed(const char* message);

}  // namespace pgduet::store::postgres
