#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "protocol/sql_types/outcome.hpp"
#include "shadow/sql/determinise.hpp"
#include "shadow/sql/relation.hpp"
#include "shadow/sql/statement.hpp"

namespace pgduet::shadow {

/// Position in the primary's order. PostgreSQL: the WAL insert position read in the transaction
/// before its commit; SQLite: the commit sequence number. Reads take the largest token known when
/// they were sent, and sort behind a unit of the same token.
using token = std::uint64_t;

/// One changed row on the primary, values in PostgreSQL's text format (preupdate image).
struct row_change {
    enum class kind { insert, update, erase };
    kind what = kind::insert;
    std::shared_ptr<const sql::relation_info> relation;
    std::vector<protocol::cell> before;  ///< all columns; empty for insert
    std::vector<protocol::cell> after;   ///< all columns; empty for erase
};

/// One execution of one statement on the primary, by value.
struct exchange {
    std::shared_ptr<const sql::statement> statement;
    std::vector<protocol::oid> parameter_types;  ///< as the client gave them in Parse; may be short
    std::vector<protocol::parameter> parameters;
    std::vector<protocol::format> result_formats;
    std::shared_ptr<const std::string> copy_data;  ///< CopyData payloads of COPY FROM STDIN

    protocol::outcome primary;
    std::chrono::microseconds primary_latency{0};
    sql::generated_values generated;  ///< ids and defaults the primary made up
    std::vector<row_change> effects;  ///< complete row images, if `has_effects`
    bool has_effects = false;
    std::shared_ptr<const sql::relation_info> target;  ///< of a write, when the catalog knew it
    bool plain_relations = false;  ///< every relation named is known to be a table
    bool total_order = false;      ///< rows must come in the same order
    bool overlapped = false;       ///< a conflicting write was in flight: a mismatch is
                                   ///< counted as `position`
};

/// How a unit ended on the primary.
enum class unit_end { committed, rolled_back };

/// One transaction's exchanges (or one read outside of a writing transaction), with its position.
struct unit {
    std::uint64_t session = 0;
    token position = 0;
    unit_end end = unit_end::committed;
    bool writes = false;    ///< must be applied; reads may be shed when the queue is full
    bool in_block = false;  ///< explicit BEGIN ... COMMIT
    std::string isolation;  ///< of BEGIN, empty for the default
    std::string now;        ///< primary's now() as timestamptz text, empty when unknown
    /// Session settings in force (name, value), from the startup message and SET statements.
    std::shared_ptr<const std::vector<std::pair<std::string, std::string>>> settings;
    std::vector<exchange> exchanges;
    std::chrono::steady_clock::time_point finished;

    /// Memory held, for the queue's byte bound.
    std::size_t bytes() const;
};

}  // namespace pgduet::shadow
