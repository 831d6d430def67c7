#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/backend/ready_for_query.hpp"
#include "protocol/frame_splitter.hpp"
#include "protocol/frontend_message.hpp"
#include "protocol/sql_types/sql_error.hpp"
#include "protocol/sql_types/value.hpp"

namespace pgduet::protocol {

/// Whatever the driver keeps for a prepared statement or a portal. The machine only stores it; the
/// last copy going away is how the driver learns that the thing was closed, replaced or dropped.
using session_handle = std::shared_ptr<void>;

/// What the driver is to do next, each with the call that answers it.
namespace step {

/// Get the next message of the client: on_frame(), or on_bad_frame() if the splitter failed.
/// output() need not be sent before.
struct read {
    bool operator==(const read&) const = default;
};
/// Send output(), empty it, then flushed().
struct flush {
    bool operator==(const flush&) const = default;
};
/// Run the statements of a simple query one after the other. For each: row_description() and row()
/// if it returns rows, then complete() or fail(); after fail() run no more of them. Then
/// query_done(). A COPY goes through copy_in_started() or copy_out_started() in between.
struct query {
    std::string text;
    bool operator==(const query&) const = default;
};
/// Prepare a statement: prepared() or failed().
struct prepare {
    std::string name;
    std::string text;
    std::vector<oid> types;
    bool operator==(const prepare&) const = default;
};
/// Make a portal: bound() or failed().
struct bind {
    session_handle statement;
    std::string portal;
    std::vector<parameter> parameters;
    std::vector<format> result_formats;  ///< none, one for all, or one per column
    bool operator==(const bind&) const = default;
};
/// Tell the parameter types and columns of a statement: described() or failed().
struct describe_statement {
    session_handle statement;
    bool operator==(const describe_statement&) const = default;
};
/// Tell the columns of a portal: described() or failed().
struct describe_portal {
    session_handle portal;
    bool operator==(const describe_portal&) const = default;
};
/// Run a portal: row()*, then executed(), suspended() or failed(). A COPY in between as in query.
struct execute {
    session_handle portal;
    std::uint64_t rows_max = 0;  ///< 0: all
    bool operator==(const execute&) const = default;
};
/// The client sent a piece of the running COPY FROM STDIN: copy_taken(), or fail as copy_in_done.
struct copy_in_data {
    std::string data;
    bool operator==(const copy_in_data&) const = default;
};
/// The client ended it: go on as after query or execute. In a query: complete() or fail(), the
/// remaining statements, query_done(). In an execute: executed() or failed().
struct copy_in_done {
    bool operator==(const copy_in_done&) const = default;
};
/// The client cannot go on. As copy_in_done, but the statement must fail (57014 with `reason`, or
/// `error` if the client broke the protocol).
struct copy_in_failed {
    std::string reason;
    std::optional<sql_error> error;
    bool operator==(const copy_in_failed&) const = default;
};
/// An error the machine itself has found (and has put into output()) ends the transaction: mark it
/// failed, then aborted().
struct abort {
    bool operator==(const abort&) const = default;
};
/// End the implicit transaction if one is open (commit, or nothing if it was rolled back), then
/// synced(). Comes at every Sync and at the end of every simple query.
struct sync {
    bool operator==(const sync&) const = default;
};
/// The conversation is over. If `error` is set output() holds it as a FATAL ErrorResponse: send it.
/// Then close.
struct finish {
    std::optional<sql_error> error;
    bool operator==(const finish&) const = default;
};

}  // namespace step

using session_action = std::variant<step::read,
                                    step::flush,
                                    step::query,
                                    step::prepare,
                                    step::bind,
                                    step::describe_statement,
                                    step::describe_portal,
                                    step::execute,
                                    step::copy_in_data,
                                    step::copy_in_done,
                                    step::copy_in_failed,
                                    step::abort,
                                    step::sync,
                                    step::finish>;
std::ostream& operator<<(std::ostream& out, const session_action& action);

/// The server's side of the simple and extended query conversation (manual 55.2), for the case
/// where pgduet itself answers. Starts after the first ReadyForQuery has been sent.
///
/// The machine owns the rules of the conversation: which names exist, what an error skips, when
/// portals die, what ReadyForQuery says. The driver owns meaning: SQL, transactions, rows.
///
///     session_fsm fsm;
///     for (session_action next = fsm.start(); !is<step::finish>(next);) {
///         if (is<step::read>(next))
///             next = fsm.on_frame(co_await next_frame());
///         else if (is<step::flush>(next)) {
///             co_await send(std::exchange(fsm.output(), {}));
///             next = fsm.flushed();
///         } else if (auto* a = std::get_if<step::prepare>(&next)) {
///             auto plan = prepare(a->text, a->types);
///             next = plan ? fsm.prepared(*plan, plan->parameter_types)
///                         : fsm.failed(plan.error(), status());
///         } else ...
///     }
///
/// `transaction` is the session's status after what is being reported: 'I', 'T' or 'E'. A change
/// from T or E to I destroys all portals but the one being executed.
///
/// output() collects wire bytes: the machine's answers and what the driver reports. The driver may
/// send and empty it whenever it likes (rows of a large result), and must at step::flush.
///
/// Pure: no sockets, clock, threads. Answering an action with another action's call is a bug of
/// the driver, and asserted. Actions own their strings and outlive the frame.
class session_fsm {
public:
    using transaction = ready_for_query::transaction;
    using settings_list = std::vector<std::pair<std::string, std::string>>;

    /// A statement prepared by Parse, or by SQL through store_statement().
    struct prepared_statement {
        session_handle handle;
        std::string text;
        std::vector<oid> given_types;
        std::size_t parameter_count = 0;
    };

    explicit session_fsm(transaction status = transaction::idle) : status_(status) {}

    session_action start();

    // Answers to step::read. `frame` comes from framing::frontend.
    session_action on_frame(const frame& message);
    session_action on_message(const frontend_message& message);
    /// `tag`: the first byte of the message that could not be split off.
    session_action on_bad_frame(boost::system::error_code why, char tag);
    // Ends the conversation with a FATAL error from outside (57P01 shutdown, ...), at step::read.
    session_action on_fatal(const sql_error& error);

    session_action flushed();

    // Answers to the steps of the extended protocol.
    session_action prepared(session_handle statement, std::size_t parameter_count);
    session_action bound(session_handle portal);
    /// Parameter types are for a statement only. No columns: it returns no rows.
    session_action described(const std::vector<oid>& parameter_types,
                             const std::vector<column>& columns);
    /// An empty tag stands for a statement without text: EmptyQueryResponse.
    session_action executed(std::string_view tag, transaction now);
    session_action suspended();
    /// Any step but query, sync and abort may fail. The driver has already ended or marked its
    /// transaction; the machine skips messages until Sync.
    session_action failed(const sql_error& error, transaction now);

    // Reports within step::query and step::execute; they give no action.
    void row_description(const std::vector<column>& columns);  ///< query only
    /// The body of a DataRow (fields count and fields).
    void row(std::string_view body);
    void notice(const sql_error& notice);
    /// A reported setting has changed; goes out before the next ReadyForQuery.
    void parameter_changed(std::string name, std::string value);
    void copy_out_started(format overall, const std::vector<format>& columns);
    void copy_out_row(std::string_view data);  ///< the payload of one CopyData
    /// One statement of a simple query ended. The last one's CommandComplete is held back until
    /// synced() proves the implicit commit, as PostgreSQL does.
    void complete(std::string_view tag, transaction now);
    void fail(const sql_error& error, transaction now);

    /// COPY FROM STDIN begins, in a query or an execute: the client's data comes next.
    session_action copy_in_started(format overall, const std::vector<format>& columns);
    session_action copy_taken();

    /// All statements of step::query are reported. A text without statements needs no report
    /// before: it is answered with EmptyQueryResponse.
    session_action query_done();
    session_action aborted(transaction now);
    /// `error` is the commit's.
    session_action synced(const std::optional<sql_error>& error, transaction now);

    // The name space of prepared statements is shared with SQL's PREPARE, EXECUTE, DEALLOCATE.
    const prepared_statement* find_statement(const std::string& name) const;
    void store_statement(const std::string& name, prepared_statement statement);
    bool deallocate(const std::string& name);
    void deallocate_all();
    const std::map<std::string, prepared_statement>& statements() const { return statements_; }
    /// Portal names, for SQL's CLOSE ALL and DISCARD ALL.
    void close_portals() { portals_.clear(); }

    std::string& output() { return output_; }
    transaction status() const { return status_; }
    /// True between ReadyForQuery and the next message, with no transaction open and no portal.
    bool at_rest() const;
    /// True while messages are skipped until Sync.
    bool skipping() const { return skipping_; }

private:
    enum class state { reading, flushing, working, aborting, syncing, over };

    session_action on_query(const query& message);
    session_action on_parse(const parse& message);
    session_action on_bind(const bind& message);
    session_action on_describe(const describe& message);
    session_action on_execute(const execute& message);
    session_action on_close(const close& message);
    session_action on_copy_message(const frontend_message& message);

    session_action read_next();
    session_action flush_output();
    session_action end_transaction();
    session_action refuse(const sql_error& error);
    session_action finish(sql_error error);
    void put(const sql_error& error);
    void put_held_completion();
    void set_status(transaction now);
    void put_completion(std::string_view tag);
    void put_ready();

    state state_ = state::reading;
    transaction status_;
    bool skipping_ = false;  ///< an error in the extended protocol: discard until Sync
    bool in_query_ = false;  ///< simple query: its end brings ReadyForQuery without a Sync
    bool query_answered_ = false;
    bool copying_in_ = false;  ///< the client sends the data of a COPY
    bool copying_out_ = false;
    bool ready_ = true;  ///< ReadyForQuery was the last thing said
    bool ready_after_abort_ = false;
    std::optional<std::string> held_tag_;
    std::string pending_name_;  ///< of the statement or portal being made, or of the one running
    prepared_statement pending_statement_;
    bool describing_statement_ = false;
    bool executing_ = false;
    std::map<std::string, prepared_statement> statements_;
    std::map<std::string, session_handle> portals_;
    settings_list changed_;
    std::string output_;
};

}  // namespace pgduet::protocol
