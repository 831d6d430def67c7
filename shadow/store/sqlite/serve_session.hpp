#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/sql_types/sql_error.hpp"
#include "protocol/sql_types/value.hpp"
#include "shadow/sql/determinise.hpp"
#include "shadow/sql/statement.hpp"
#include "shadow/store/sqlite/database.hpp"
#include "shadow/unit.hpp"

namespace pgduet::store::sqlite {

/// What an execution must be given before it can run.
enum class need { none, reader, writer };

/// A prepared statement: PostgreSQL's types of parameters and result. Immutable, shared.
struct plan {
    std::shared_ptr<const sql::statement> statement;
    std::vector<protocol::oid> parameter_types;
    std::vector<protocol::column> columns;  ///< empty when it returns no rows
    std::vector<protocol::oid> given_types;

    struct detail;  ///< translation, for this folder
    std::shared_ptr<const detail> inside;
};

/// Takes result rows: each call gets the body of one DataRow (fields count and fields).
class row_sink {
public:
    virtual ~row_sink() = default;
    virtual void row(std::string_view body) = 0;
};

/// Where an execution stands after one call.
struct progress {
    enum class state {
        done,       ///< `tag` is set; send `notices` first
        more,       ///< `bytes_max` reached: call execute again when the client took the rows
        suspended,  ///< `rows_max` reached: PortalSuspended
        failed,     ///< `error` is set; the session has rolled back what it must
        copy_in,    ///< send CopyInResponse of `copy`, then call copy_data / copy_done / copy_fail
        copy_out,  ///< send CopyOutResponse of `copy`; call execute again: rows are CopyData bodies
    };
    struct copy_format {
        protocol::format overall = protocol::format::text;
        std::vector<protocol::format> columns;
    };

    state at = state::done;
    std::string tag;
    std::optional<protocol::sql_error> error;
    std::vector<protocol::sql_error> notices;
    copy_format copy;
    /// Result columns when only the execution knows them (FETCH, EXECUTE, SHOW have them in the
    /// plan too where they are known); empty otherwise.
    std::vector<shadow::row_change> effects;  ///< with `done`, when the database captures effects
    bool has_effects = false;                 ///< effects are complete
    sql::generated_values generated;          ///< with `done` of an INSERT
};

/// A bound statement (PostgreSQL's portal). Owned by the driver, destroyed before its session;
/// after the end of its transaction it can no longer be executed (34000), only destroyed.
class portal;
struct portal_deleter {
    void operator()(portal*) const;
};
using portal_ptr = std::unique_ptr<portal, portal_deleter>;

/// Who a session belongs to.
struct session_identity {
    std::string user = "postgres";
    std::int32_t process_id = 0;  ///< what pg_backend_pid() says
    /// GUCs of the startup message: application_name, TimeZone, ...; unknown ones are an error of
    /// `start()`.
    std::vector<std::pair<std::string, std::string>> settings;
};

/// One PostgreSQL-like session over a SQLite file; engine side only: no sockets, no waiting.
///
/// Driver's loop for one statement:
///   plan   = prepare(statement, types)            Parse   (touches no connection)
///   portal = bind(plan, parameters, formats)      Bind    (checks and converts parameters)
///   if needs(*portal) != none: acquire a lease of that kind and give() it     (may wait)
///   execute(*portal, ...) until it is not `more`  Execute (blocks on the disk: worker thread)
///   sync()                                        Sync, or the end of a simple Query
/// The session gives leases back by itself as soon as the transaction rules allow, at the latest
/// in sync() when no transaction block is open. When an error is reported the driver skips to the
/// next Sync, as the protocol says, and then calls sync().
///
/// Transactions as PostgreSQL's: BEGIN takes nothing. READ COMMITTED reads run on any reader until
/// the first write brings the writer (BEGIN IMMEDIATE); all later statements stay on it. REPEATABLE
/// READ and SERIALIZABLE take the writer at the first statement, or with READ ONLY pin a reader.
///
/// Not thread-safe: one call at a time, from any thread; only cancel() may come from elsewhere.
class serve_session {
public:
    serve_session(database& store, session_identity identity);
    ~serve_session();
    serve_session(const serve_session&) = delete;
    serve_session& operator=(const serve_session&) = delete;

    /// Applies the startup settings; an error is FATAL for the client.
    std::optional<protocol::sql_error> start();

    /// Transaction status for ReadyForQuery: 'I', 'T' or 'E'.
    char status() const;
    /// ParameterStatus values: all at the start, later those that changed since the last call.
    std::vector<std::pair<std::string, std::string>> take_reported_settings();
    /// All settings in force that came from startup or SET (for a captured unit).
    std::vector<std::pair<std::string, std::string>> changed_settings() const;

    protocol::sql_result<std::shared_ptr<const plan>> prepare(
        std::shared_ptr<const sql::statement> statement,
        const std::vector<protocol::oid>& given_types);
    protocol::sql_result<portal_ptr> bind(std::shared_ptr<const plan> what,
                                          const std::vector<protocol::parameter>& parameters,
                                          const std::vector<protocol::format>& result_formats);
    /// Result columns with their formats as this portal will send them.
    const std::vector<protocol::column>& columns(const portal& bound) const;

    /// What must be given now so that the next execute() of it can run.
    need needs(const portal& bound) const;
    void give(lease held);

    /// Runs on: at most `rows_max` rows in all calls since the last suspension (0: no limit), and
    /// about `bytes_max` bytes in this call.
    progress execute(portal& bound, std::uint64_t rows_max, std::size_t bytes_max, row_sink& rows);

    /// COPY FROM STDIN: the payloads of CopyData as they come; then its end, or its failure.
    std::optional<protocol::sql_error> copy_data(portal& bound, std::string_view payload);
    progress copy_done(portal& bound);
    progress copy_fail(portal& bound, const std::string& message);

    /// Ends the implicit transaction, if one is open: commits it, or has rolled it back already.
    /// The error is one of COMMIT (deferred foreign key, disk full).
    std::optional<protocol::sql_error> sync();
    /// Tells that an error outside of execute (protocol, prepare, bind) aborts the transaction.
    void fail();

    /// True while the writer is held: others wait for this session.
    bool holds_writer() const;
    /// True inside a transaction that has changed data or schema.
    bool has_written() const;
    /// Number of the last commit of this session that wrote (database::commit_sequence); 0: none.
    std::uint64_t last_commit() const;
    /// now() of the open or last transaction, timestamptz text in UTC.
    const std::string& transaction_now() const;
    /// Fixes now() for transactions to come; empty: the clock again.
    void set_now(const std::string& timestamptz);

    /// From any thread: a running execute() ends with 57014. The session must be alive.
    void cancel();

    // For this folder: the store::session adapter works on the connection directly.
    connection* held_writer();
    std::optional<protocol::sql_error> begin_on_writer();

private:
    friend class portal;
    friend struct portal_deleter;
    class core;
    std::unique_ptr<core> core_;
};

}  // namespace pgduet::store::sqlite
