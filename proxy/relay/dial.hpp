#pragma once

#include <libpq-fe.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "protocol/sql_types/sql_error.hpp"
#include "proxy/backend.hpp"
#include "proxy/config/config.hpp"

namespace pgduet::proxy {

struct finish_connection {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
using connection_ptr = std::unique_ptr<PGconn, finish_connection>;

/// A connection, idle after its first ReadyForQuery with nothing left to read in libpq, or why not.
struct dialled {
    connection_ptr connection;
    std::optional<protocol::sql_error> error;  ///< FATAL; the server's own where it had one
};

/// Connects to a PostgreSQL store on behalf of a client: what the DSN says wins, what it leaves
/// open (user, database, application_name, client_encoding, options) comes from the client, whose
/// other startup parameters travel inside `options`. Blocks (name lookup, SCRAM): call it on a
/// helper thread. Returns early when `*abandon` turns true.
dialled dial(const store_options& store,
             const client_identity& client,
             std::shared_ptr<const std::atomic<bool>> abandon);

/// Puts session settings in force on an idle connection; blocking. Settings the store does not
/// know are skipped and named in the result.
std::vector<std::string> apply_settings(PGconn* connection, const settings_list& settings);

/// True if the store answers at all; the text of the trouble else. Blocking.
std::optional<std::string> ping(const store_options& store);

/// Takes out of a libpq message what must not reach clients or logs: passwords of the DSN.
std::string without_secrets(std::string message, const std::string& dsn);

}  // namespace pgduet::proxy
