#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "shadow/store/sqlite/catalog.hpp"
#include "shadow/store/sqlite/execution_context.hpp"
#include "shadow/store/sqlite/portal.hpp"
#include "shadow/store/sqlite/serve_session.hpp"
#include "shadow/store/sqlite/session_settings.hpp"

namespace pgduet::store::sqlite {

/// The inside of serve_session, cut by theme over several files:
///   serve_session.cpp        the public face, dispatch by kind
///   session_plan.cpp         prepare and bind
///   session_run.cpp          running translated statements, rows, effects
///   session_transaction.cpp  leases, BEGIN ... COMMIT, savepoints, aborts
///   session_commands.cpp     SET, SHOW, PREPARE, EXECUTE, cursors, COPY, EXPLAIN, LOCK, VACUUM
class serve_session::core {
public:
    core(database& store, session_identity identity);
    ~core();

    using failure = std::optional<protocol::sql_error>;

    // session_plan.cpp
    protocol::sql_result<std::shared_ptr<const plan>> prepare(
        std::shared_ptr<const sql::statement> statement,
        const std::vector<protocol::oid>& given_types);
    protocol::sql_result<portal_ptr> bind(std::shared_ptr<const plan> what,
                                          const std::vector<protocol::parameter>& parameters,
                                          const std::vector<protocol::format>& result_formats);
    std::shared_ptr<const schema_picture> schema();

    // session_run.cpp
    need needs(const portal& bound) const;
    progress execute(portal& bound, std::uint64_t rows_max, std::size_t bytes_max, row_sink& rows);
    progress run_sql(portal& bound, std::uint64_t rows_max, std::size_t bytes_max, row_sink& rows);
    progress pump(portal& bound, std::uint64_t rows_max, std::size_t bytes_max, row_sink& rows);
    failure take_ahead(portal& bound);  ///< moves a running portal's rows into memory
    failure take_ahead_on(const connection& on, const portal* but);
    progress failed(portal* bound, protocol::sql_error error);
    protocol::sql_error step_error(portal& bound, int code);
    failure foreign_key_error(portal& bound);
    failure encode_row(const portal& bound, const protocol::value_settings& settings);
    void note_insert(const portal& bound,
                     const schema_picture& picture,
                     std::int64_t changed,
                     progress& out);

    // session_transaction.cpp
    char status() const;
    void begin_implicit();
    void start_clock();
    failure begin_block(const sql::transaction_options& options);
    failure commit();
    void roll_back();
    void abort();  ///< an error: 'T' becomes 'E', an implicit transaction is gone
    failure begin_on_writer();
    failure savepoint(const std::string& name);
    failure release_savepoint(const std::string& name);
    failure roll_back_to(const std::string& name);
    protocol::sql_result<shared_connection> connection_for(bool writes);
    void end_transaction();
    void kill_portals(const connection* only);
    std::optional<protocol::sql_error> set_isolation(const sql::transaction_options& options);

    // session_commands.cpp
    progress run_transaction_statement(portal& bound);
    progress run_set(portal& bound);
    progress run_show(portal& bound);
    progress run_system_call(portal& bound);
    protocol::sql_result<std::string> lock_or_unlock(const std::string& function,
                                                     const std::vector<std::string>& arguments);
    progress run_discard(portal& bound);
    progress run_prepare(portal& bound);
    progress run_execute(portal& bound,
                         std::uint64_t rows_max,
                         std::size_t bytes_max,
                         row_sink& rows);
    progress run_deallocate(portal& bound);
    progress run_declare(portal& bound);
    progress run_fetch(portal& bound,
                       std::uint64_t rows_max,
                       std::size_t bytes_max,
                       row_sink& rows);
    progress run_close(portal& bound);
    progress run_explain(portal& bound,
                         std::uint64_t rows_max,
                         std::size_t bytes_max,
                         row_sink& rows);
    progress run_lock(portal& bound);
    progress run_maintenance(portal& bound);
    progress run_copy_in(portal& bound);
    progress run_copy_out(portal& bound, std::size_t bytes_max, row_sink& rows);
    failure load_cursor(sql_cursor& cursor);
    static std::vector<std::string> move_cursor(sql_cursor& cursor, const fetch_request& request);
    failure recode(std::string& row, const portal& bound);  ///< text fields to binary ones
    protocol::sql_result<protocol::cell> evaluate(const std::string& expression);
    failure copy_data(portal& bound, std::string_view payload);
    progress copy_done(portal& bound);

    static progress done(std::string tag);

    struct savepoint_entry {
        std::string name;
        std::string sqlite_name;
        session_settings::state settings;
    };
    enum class block { none, implicit, open, failed };

    database& store_;
    session_identity identity_;
    session_settings settings_;
    execution_context context_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    std::set<portal*> portals_;
    std::map<std::string, std::shared_ptr<const plan>> prepared_;
    std::map<std::string, sql_cursor> cursors_;

    block block_ = block::none;
    std::string isolation_ = "read committed";
    bool read_only_ = false;
    bool statements_ran_ = false;  ///< in this transaction, which fixes its isolation
    bool wrote_schema_ = false;
    bool begun_ = false;   ///< BEGIN IMMEDIATE ran on the writer
    bool defers_ = false;  ///< SET CONSTRAINTS ALL DEFERRED, before or with the writer
    bool pinned_ = false;  ///< BEGIN ran on the reader
    std::int64_t changes_at_begin_ = 0;
    shared_connection writer_;
    shared_connection reader_;
    std::vector<savepoint_entry> savepoints_;
    std::uint64_t savepoint_number_ = 0;
    session_settings::state settings_at_begin_;
    std::shared_ptr<const schema_picture> own_schema_;  ///< while wrote_schema_
    std::uint64_t last_commit_ = 0;
    std::string fixed_now_;
    std::vector<protocol::sql_error> pending_notices_;
    std::shared_ptr<const schema_picture> copying_schema_;  ///< the change log looks at it
    std::string scratch_;

    std::mutex running_mutex_;
    sqlite3* running_ = nullptr;  ///< under running_mutex_
};

}  // namespace pgduet::store::sqlite
