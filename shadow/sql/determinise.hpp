#pragma once

#include <string>
#include <vector>

#include "protocol/sql_types/sql_error.hpp"
#include "protocol/sql_types/value.hpp"
#include "shadow/sql/statement.hpp"

namespace pgduet::sql {

/// The values the primary generated for an INSERT's rows: one entry per row, in row order, with
/// the values of `columns` in text format.
struct generated_values {
    std::vector<std::string> columns;
    std::vector<protocol::oid> types;
    std::vector<std::vector<protocol::cell>> rows;
    bool overriding = false;  ///< a column is GENERATED ALWAYS AS IDENTITY: takes a value only with
                              ///< OVERRIDING SYSTEM VALUE, which is then added
    bool empty() const { return columns.empty(); }
};

/// A statement made deterministic for the shadow: the client's text with now() calls and omitted
/// or DEFAULT columns replaced by extra parameters, so that the text stays constant per statement.
struct determinised {
    std::string text;
    std::vector<protocol::oid> extra_types;  ///< of the parameters after the client's own
    std::vector<protocol::parameter> extra_values;
};

/// Splices the primary's values into the text, PostgreSQL syntax in and out (byte offsets of the
/// parser plus a small lexer; nothing else of the text changes):
///
///     INSERT INTO t (a, at) VALUES ($1, now())            id, DEFAULT gen_random_uuid(), made up
///     INSERT INTO t (a, at, "id") VALUES ($1, ($2::pg_catalog.timestamptz), $3)
///
/// `all_columns` are the target's columns in order, needed when the INSERT has no column list.
/// `now` is the primary's now() as timestamptz text, empty when unknown (then now() calls stay).
/// Extra parameters are numbered after the statement's own: first the one of now, if any, then row
/// by row. A column that the client gave a value itself keeps it; its generated value is ignored.
/// Error 0A000 when the values cannot be put in: INSERT ... SELECT, row counts that differ
/// (ON CONFLICT DO NOTHING skipped some); the caller then keeps the effects another way.
protocol::sql_result<determinised> determinise(const statement& input,
                                               const std::string& now,
                                               const generated_values& generated,
                                               const std::vector<std::string>& all_columns);

}  // namespace pgduet::sql
