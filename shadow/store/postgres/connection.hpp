#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/sql_types/outcome.hpp"
#include "shadow/store/postgres/statement_cache.hpp"

namespace pgduet::store::postgres {

/// One statement for the extended protocol.
struct command {
    std::string text;
    std::vector<protocol::oid> types{};  ///< may be short: the server infers the rest
    std::vector<protocol::parameter> parameters{};
    bool binary_result = false;
    bool reusable = false;  ///< worth a named statement when it comes a second time
};

/// One libpq connection in non-blocking mode, where every wait is a poll(2) on the socket and on
/// an eventfd that ends it. Knows pipelines and COPY; knows nothing of what the commands mean.
/// One thread, but for `interrupt`.
class connection {
public:
    connection(std::string dsn,
               std::chrono::milliseconds connect_timeout,
               std::size_t prepared_max,
               std::size_t result_bytes_max);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    /// Connects; 08001 with libpq's words, or 57P01 when interrupted.
    std::optional<protocol::sql_error> open();
    void close();
    bool is_open() const { return conn_ != nullptr; }

    /// Runs commands in one round trip; they are one transaction unless inside a block. Stops
    /// after the first failure, whose outcome is the last. After 08006 or 57P01 it is closed.
    std::vector<protocol::outcome> run(const std::vector<command>& commands);
    /// Runs commands in one round trip, each on its own: one outcome per command.
    std::vector<protocol::outcome> run_each(const std::vector<command>& commands);
    /// COPY in either direction. `data` is sent to COPY FROM STDIN; COPY TO STDOUT gives one row
    /// of one field per CopyData message, bytes as they came.
    protocol::outcome copy(const command& what, const std::string* data);

    /// True once after a failure that only says a prepared statement is stale.
    bool take_stale() { return std::exchange(stale_, false); }
    void forget_statements() { statements_.retire_all(); }

    PGTransactionStatusType transaction_status() const { return PQtransactionStatus(conn_.get()); }
    int server_process() const { return conn_ ? PQbackendPID(conn_.get()) : 0; }
    std::string user() const { return conn_ ? PQuser(conn_.get()) : ""; }
    std::string database() const { return conn_ ? PQdb(conn_.get()) : ""; }

    /// From any thread: the call that waits, or the next one that would, ends with 57P01.
    void interrupt();

private:
    struct finish {
        void operator()(PGconn* conn) const { PQfinish(conn); }
    };
    struct clear {
        void operator()(PGresult* result) const { PQclear(result); }
    };
    using result_ptr = std::unique_ptr<PGresult, clear>;
    struct step {
        std::size_t command;
        bool prepares;
    };
    enum class woken { socket, interrupted, timeout };

    std::vector<protocol::outcome> run_pipeline(const std::vector<command>& commands, bool each);
    bool queue(const command& what, std::size_t index, std::vector<step>& steps);
    void drop_retired();
    std::optional<protocol::sql_error> read_steps(const std::vector<command>& commands,
                                                  const std::vector<step>& steps,
                                                  bool each,
                                                  std::vector<protocol::outcome>& outcomes);
    std::optional<protocol::sql_error> read_outcome(protocol::outcome& into, bool& aborted);
    std::optional<protocol::sql_error> send_copy(const std::string* data);
    std::optional<protocol::sql_error> read_copy(protocol::outcome& into);

    woken wait(short events, std::chrono::steady_clock::time_point deadline);
    std::optional<protocol::sql_error> pump();
    std::optional<protocol::sql_error> next_result(result_ptr& result);
    protocol::sql_error lost();
    protocol::sql_error interrupted();

    std::string dsn_;
    std::chrono::milliseconds connect_timeout_;
    std::size_t result_bytes_max_;
    int wake_ = -1;  ///< eventfd
    std::unique_ptr<PGconn, finish> conn_;
    statement_cache statements_;
    bool stale_ = false;
};

}  // namespace pgduet::store::postgres
