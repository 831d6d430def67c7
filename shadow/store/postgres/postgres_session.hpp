#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "protocol/sql_types/row_buffer.hpp"
#include "shadow/store/store.hpp"

namespace pgduet::store::postgres {

/// Bounds and choices of a session on a PostgreSQL store.
struct options {
    /// Sends synchronous_commit=local, or off. Off is only for a shadow whose units can be applied
    /// again after its crash (a journal): with units in memory, what it acknowledged is gone here.
    bool synchronous_commit = true;
    std::chrono::milliseconds connect_timeout{10'000};
    std::size_t prepared_max = 500;  ///< named statements kept on the server
    std::size_t result_bytes_max = protocol::row_buffer::bytes_max_default;
};

/// A session over libpq. `dsn` is a connection string or URI; it is not connected yet. Name lookup
/// is the one thing `interrupt()` cannot cut short. Contract: shadow/store/store.hpp; in addition:
/// - BEGIN, SAVEPOINT, RELEASE and the watermark ride with the next round trip, so their errors
///   show in the outcome of what follows them;
/// - requests of one `run` outside a transaction block are one implicit transaction;
/// - an interrupt, like a loss, closes the connection; the next `connect` makes sure that the old
///   server process is gone, so that nothing of it can commit later.
std::unique_ptr<store::session> open_session(const std::string& dsn, options how = {});

}  // namespace pgduet::store::postgres
