#pragma once

#include "protocol/sql_types/sql_error.hpp"
#include "shadow/store/postgres/connection.hpp"
#include "shadow/store/store.hpp"

namespace pgduet::store::postgres {

/// Reads the one row of pgduet.watermark, creating schema, table and row when they are missing.
/// Waits for a transaction that is about to commit another value. Error 42501 says what to grant.
protocol::sql_result<watermark> read_watermark(connection& store);

/// The statement that writes it.
command watermark_command(const watermark& mark);

}  // namespace pgduet::store::postgres
