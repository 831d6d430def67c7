#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/conversation/session_fsm.hpp"
#include "protocol/frame_splitter.hpp"
#include "proxy/serve/serve_recording.hpp"
#include "shadow/sql/parse_cache.hpp"
#include "shadow/store/sqlite/serve_session.hpp"

namespace pgduet::proxy {

/// What a serving session is given.
struct serve_settings {
    store::sqlite::session_identity identity;
    std::size_t message_bytes_max = 256u << 20;
};

/// One client's conversation with a SQLite store: the protocol's machine (session_fsm) on one side,
/// the engine (serve_session) on the other, and this loop between them. No sockets, no waiting, no
/// loop thread: `drive()` blocks on the disk at most, so it runs on a worker.
///
///   append(bytes of the client); for (;;) switch (drive()) {
///       read    send output(), read the client, append()
///       flush   send output()
///       reader, writer   wait for that lease, give() it
///       finish  send output(), close }
///
/// One call at a time, from any thread; only `cancel()` may come from elsewhere meanwhile.
class serve_driver {
public:
    enum class need { read, flush, reader, writer, finish };

    serve_driver(store::sqlite::database& store, sql::parse_cache& parser, serve_settings settings);

    /// Applies the startup settings; an error is FATAL for the client.
    std::optional<protocol::sql_error> start();
    std::vector<std::pair<std::string, std::string>> reported_settings();
    /// From now on statements are recorded for the shadow.
    void record_to(capture::wire_capture::shared context, std::uint64_t session);

    void append(std::string_view bytes) { splitter_.append(bytes); }
    need drive();
    std::string& output() { return fsm_.output(); }
    /// The answer to `reader` or `writer`. An empty lease: the wait was cancelled.
    void give(store::sqlite::lease held);

    bool at_rest() const;
    /// FATAL to the client, then `finish`.
    void abort_with(const protocol::sql_error& error);

    /// The running statement ends with 57014. While a lease is awaited, give() an empty one.
    void cancel();

    /// For a move to another store.
    std::vector<std::string> named_statements() const;
    std::vector<std::pair<std::string, std::string>> settings() const;
    std::string pinned() const { return pinned_; }

    std::uint64_t statements_run() const { return statements_run_; }

private:
    struct prepared;
    struct bound;
    class rows_to_client;

    /// The statement that runs now, across the calls of drive() it takes.
    struct execution {
        std::shared_ptr<bound> portal;
        std::uint64_t rows_max = 0;
        bool simple = false;
        bool described = false;  ///< RowDescription is out
        bool copying_out = false;
    };
    /// The rest of a simple query.
    struct simple_query {
        std::shared_ptr<const sql::parsed_query> parsed;
        std::size_t next = 0;
    };

    std::optional<need> step_query();
    std::optional<need> step_execution();
    void finish_execution(store::sqlite::progress done);
    void end_copy_in(store::sqlite::progress ended);
    void record_end_of(const sql::statement& statement, const store::sqlite::progress& done);
    void end_unit(shadow::unit_end how);
    void on_action();

    void begin(protocol::step::query& a);
    void begin(protocol::step::prepare& a);
    void begin(protocol::step::bind& a);
    void begin(protocol::step::describe_statement& a);
    void begin(protocol::step::describe_portal& a);
    void begin(protocol::step::execute& a);
    void begin(protocol::step::copy_in_data& a);
    void begin(protocol::step::copy_in_done& a);
    void begin(protocol::step::copy_in_failed& a);
    void begin(protocol::step::abort& a);
    void begin(protocol::step::sync& a);

    protocol::sql_result<std::shared_ptr<prepared>> prepare(
        std::shared_ptr<const sql::statement> statement, const std::vector<protocol::oid>& types);
    protocol::sql_result<std::shared_ptr<bound>> bind(
        std::shared_ptr<prepared> what,
        const std::vector<protocol::parameter>& parameters,
        const std::vector<protocol::format>& formats);
    void fail_outside(const protocol::sql_error& error);
    bool deallocate_ours(const sql::statement& statement, std::string& tag);
    void note(const sql::statement& statement, const std::string& tag);
    protocol::session_fsm::transaction status() const;
    void report_settings();

    store::sqlite::database& store_;
    sql::parse_cache& parser_;
    store::sqlite::serve_session engine_;
    std::optional<serve_recording> recording_;  ///< none in stage solo
    protocol::frame_splitter splitter_;
    protocol::session_fsm fsm_;  ///< holds portals: destroyed before engine_
    protocol::session_action next_;
    std::optional<simple_query> query_;
    std::optional<execution> running_;
    std::optional<execution> copying_;             ///< COPY FROM STDIN, between its messages
    std::optional<simple_query> suspended_query_;  ///< the query copying_ belongs to
    bool implicit_failed_ = false;  ///< something failed since the last end of a transaction
    std::uint64_t last_position_ = 0;
    bool wait_cancelled_ = false;
    std::uint64_t statements_run_ = 0;
    std::string pinned_;
};

}  // namespace pgduet::proxy
