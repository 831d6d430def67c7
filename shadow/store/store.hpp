#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/sql_types/outcome.hpp"
#include "shadow/sql/relation.hpp"
#include "shadow/sql/statement.hpp"
#include "shadow/unit.hpp"

namespace pgduet::store {

/// A statement to run: PostgreSQL's text and typed parameters, whatever the engine.
struct request {
    std::shared_ptr<const sql::statement> statement;  ///< analysis of the client's text
    std::string text;  ///< what to run; equals statement->text unless values were spliced in
    std::vector<protocol::oid> parameter_types;
    std::vector<protocol::parameter> parameters;
    std::vector<protocol::format> result_formats;
    std::shared_ptr<const std::string> copy_data;
};

/// What stands in a store for exactly-once: the last unit applied, written in the unit's own
/// transaction (schema `pgduet` on PostgreSQL, table `pgduet_watermark` on SQLite).
struct watermark {
    std::string run;         ///< identity of the process run that numbers the units
    std::uint64_t unit = 0;  ///< last unit of that run applied
    bool operator==(const watermark&) const = default;
};

/// The shadow's connection to one store, used by the applier. PostgreSQL in, PostgreSQL out, for
/// both engines. Not thread-safe: one thread owns it. Calls block, but return early with 57P01
/// when `interrupt()` is called from another thread. Store trouble (connection lost, cannot
/// connect) is an error with class 08 or 57P; statement failures are in the outcome.
class session {
public:
    virtual ~session() = default;

    /// Connects, or reconnects after a loss. Idempotent while connected.
    virtual std::optional<protocol::sql_error> connect() = 0;
    virtual bool connected() const = 0;

    /// Session settings for what follows: resets, then applies, if they differ from the last.
    virtual std::optional<protocol::sql_error> apply_settings(
        const std::vector<std::pair<std::string, std::string>>& settings) = 0;
    /// The primary's now() for the coming statements, timestamptz text (used by SQLite; the
    /// PostgreSQL store gets it spliced in).
    virtual void set_now(const std::string& now) = 0;
    /// True when now() calls may stay in the text because set_now() governs them.
    virtual bool has_own_now() const { return false; }

    /// Runs the requests in order, in one round trip where the engine can; stops after the first
    /// failure (its outcome is the last element). Fewer outcomes than requests plus class-08
    /// error in the last outcome: the connection is gone.
    virtual std::vector<protocol::outcome> run(const std::vector<request>& requests) = 0;

    /// Transaction control of the applier: "BEGIN ...", "COMMIT", "ROLLBACK", "SAVEPOINT x", ...
    virtual std::optional<protocol::sql_error> control(const std::string& sql) = 0;

    /// Replays complete row images by key inside the open transaction. Error if a row cannot be
    /// placed (no key, row missing): the caller then marks the table dirty.
    virtual std::optional<protocol::sql_error> apply_effects(
        const std::vector<shadow::row_change>& changes) = 0;

    /// Watermark: reads it (creating the place for it), and writes it in the open transaction.
    virtual protocol::sql_result<watermark> read_watermark() = 0;
    virtual std::optional<protocol::sql_error> write_watermark(const watermark& mark) = 0;

    /// Describes a relation, null if there is none; cached until `forget_relations()`.
    virtual std::shared_ptr<const sql::relation_info> describe(const std::string& schema,
                                                               const std::string& name) = 0;
    virtual void forget_relations() = 0;

    /// Largest value in use per sequence or identity column: (schema.table.column, value).
    virtual protocol::sql_result<std::vector<std::pair<std::string, std::int64_t>>>
    read_sequences() = 0;
    /// Makes the next generated values larger than both the store's own and the given ones.
    virtual std::optional<protocol::sql_error> advance_sequences(
        const std::vector<std::pair<std::string, std::int64_t>>& at_least) = 0;

    /// From any thread: makes a blocked or later call return soon.
    virtual void interrupt() = 0;
};

}  // namespace pgduet::store
