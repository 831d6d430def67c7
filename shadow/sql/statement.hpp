#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/sql_types/sql_error.hpp"
#include "protocol/sql_types/value.hpp"
#include "shadow/sql/identity.hpp"

namespace pgduet::sql {

enum class statement_kind {
    empty,
    select,  ///< SELECT, VALUES, TABLE; with INTO it is `ddl`
    insert,
    update,
    delete_,
    merge,
    copy_from,  ///< COPY ... FROM STDIN
    copy_to,    ///< COPY ... TO STDOUT
    copy_file,  ///< COPY with a file or program on the server
    truncate,
    ddl,  ///< CREATE, ALTER, DROP, COMMENT, GRANT, ...; what may run in a transaction block
    ddl_outside_transaction,  ///< CREATE DATABASE, CREATE INDEX CONCURRENTLY, ALTER SYSTEM, ...
    begin,
    commit,
    rollback,
    savepoint,
    release,
    rollback_to,
    prepare_transaction,  ///< PREPARE TRANSACTION, COMMIT PREPARED, ROLLBACK PREPARED
    set,                  ///< SET, SET LOCAL, RESET, SET TRANSACTION, SET CONSTRAINTS
    show,
    discard,
    prepare,
    execute,
    deallocate,
    declare_cursor,
    fetch,  ///< FETCH and MOVE
    close_cursor,
    notify,  ///< LISTEN, UNLISTEN, NOTIFY
    explain,
    lock,
    maintenance,  ///< VACUUM, ANALYZE, REINDEX, CLUSTER, CHECKPOINT, REFRESH is ddl
    call,         ///< CALL, DO
    other,
};

std::string_view to_string(statement_kind kind);

/// A table, view or other relation a statement names, as written (folded by the parser).
struct relation_ref {
    std::string schema;  ///< empty when not qualified
    std::string name;
    bool written = false;  ///< target of INSERT, UPDATE, DELETE, MERGE, COPY FROM, TRUNCATE, DDL
    bool operator==(const relation_ref&) const = default;
};

/// `column = constant` that every touched row of one table satisfies: a conjunct of WHERE (or the
/// inserted value of an INSERT with one VALUES row). Two statements whose equalities on the same
/// column name different integers touch different rows, if neither assigns that column.
struct equality {
    std::string table;  ///< relation name, alias resolved
    std::string column;
    int parameter = 0;    ///< $n, or 0 when `literal` holds the constant
    std::string literal;  ///< text of the constant
    bool operator==(const equality&) const = default;
};

/// A call of now(), CURRENT_TIMESTAMP, ... : the byte range of the text, and what it stands for.
struct now_call {
    std::size_t offset = 0;
    std::size_t length = 0;
    std::string cast;  ///< type to cast now() to: timestamptz, date, time, timestamp, timetz, and
                       ///< their precision, e.g. "timestamp(0)"
    bool operator==(const now_call&) const = default;
};

/// What an INSERT says of its target's columns.
struct insert_shape {
    std::vector<std::string> columns;  ///< the column list; empty when not written
    bool has_column_list = false;
    bool values = false;  ///< the source is VALUES (or DEFAULT VALUES), not a query
    bool default_values = false;
    std::size_t row_count = 0;  ///< VALUES rows
    bool on_conflict = false;
    bool has_default_marker = false;  ///< DEFAULT stands in some VALUES row
    bool operator==(const insert_shape&) const = default;
};

/// Transaction and session statements, already picked apart.
struct transaction_options {
    std::optional<std::string> isolation;  ///< "read committed", "repeatable read", ...
    std::optional<bool> read_only;
    std::optional<bool> deferrable;
    bool chain = false;
    std::string savepoint;  ///< name, for savepoint, release, rollback_to
};
struct setting_change {
    std::string name;                  ///< lower case, e.g. "timezone", "search_path"
    std::optional<std::string> value;  ///< absent: DEFAULT / RESET
    bool local = false;
    bool all = false;  ///< RESET ALL
};

/// One SQL statement, analysed. Immutable and shared: cached by text, handed between threads.
struct statement {
    std::string text;  ///< the statement alone, as sent, without the separating semicolon
    statement_kind kind = statement_kind::other;
    statement_identity identity;  ///< computed when first asked for: costs as much as parsing
    /// Equal for texts that differ in constants only. Thread-safe.
    std::uint64_t fingerprint() const { return identity.fingerprint(text); }
    /// The text with constants replaced by $n, for reports. Thread-safe; the reference lives as
    /// long as the statement.
    const std::string& normalised() const { return identity.normalised(text); }

    std::vector<relation_ref> relations;
    std::vector<equality> equalities;
    std::vector<std::string> assigned;  ///< columns assigned by UPDATE SET or ON CONFLICT
    std::vector<now_call> now_calls;
    std::vector<std::string> functions;  ///< names called, once each; schema pg_catalog stripped,
                                         ///< any other kept: "s.f"
    int parameter_count = 0;             ///< highest $n

    bool may_write = false;   ///< table data, schema or sequences may change (writing CTE, nextval,
                              ///< unknown function, FOR UPDATE counts too: it must go to a writer)
    bool locks_rows = false;  ///< FOR UPDATE / SHARE
    bool catalog = false;     ///< reads pg_catalog, information_schema or a system information
                              ///< function (version(), pg_backend_pid(), current_setting(), ...)
    bool nondeterministic = false;  ///< random(), clock_timestamp(), nextval(), ctid, ...; also a
                                    ///< choice or order of rows that the text leaves open inside
                                    ///< (array_agg(x), a subquery's LIMIT without ORDER BY);
                                    ///< now() is in `now_calls` instead, where that is possible
    bool temporary = false;         ///< creates a temporary object
    bool returning = false;
    bool ordered = false;        ///< has a top-level ORDER BY
    bool limited = false;        ///< has a top-level LIMIT / FETCH FIRST / OFFSET
    bool plain_columns = false;  ///< SELECT whose outputs are columns or * and which neither
                                 ///< groups, nor uses set operations or distinct
    std::vector<std::string> order_columns;  ///< ORDER BY items that are plain columns of the only
                                             ///< FROM item, a relation; filled only when every
                                             ///< row of it gives at most one row of the result

    insert_shape insert;
    transaction_options transaction;
    setting_change setting;
    std::string prepared_name;  ///< PREPARE, EXECUTE, DEALLOCATE; empty for DEALLOCATE ALL
};

/// A query string, split into statements. An empty string gives no statement.
struct parsed_query {
    std::vector<std::shared_ptr<const statement>> statements;
};

/// Parses and analyses a query string with PostgreSQL's own grammar (libpg_query 15).
/// Error 42601 with PostgreSQL's message and position. Thread-safe.
protocol::sql_result<parsed_query> parse(std::string_view text);

/// True when the ORDER BY of `read` leaves no two rows tied, given the target's unique keys:
/// single table, every column of one key among `order_columns`. The columns of the keys given
/// must be NOT NULL (a unique key may hold NULL twice).
bool has_total_order(const statement& read, const std::vector<std::vector<std::string>>& keys);

}  // namespace pgduet::sql
