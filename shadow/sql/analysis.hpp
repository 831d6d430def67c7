#pragma once

#include "shadow/sql/parse_tree.hpp"
#include "shadow/sql/statement.hpp"

// The steps that fill a `statement` from its parse tree. Internal to shadow/sql; parse() calls
// them in this order, each relies on the fields filled by those above it.

namespace pgduet::sql {

/// What kind of statement a top-level node is.
statement_kind kind_of(const tagged_node& node);

/// The query inside EXPLAIN, DECLARE CURSOR and COPY (query) TO; else the node itself.
tagged_node core_of(const tagged_node& node);

/// Walks the whole tree: relations, functions, parameters, now() calls, and the flags may_write,
/// locks_rows, catalog, nondeterministic, temporary. `out.kind` and `out.text` are set; `offset`
/// is where `out.text` starts in the text that the tree's locations refer to.
void scan_tree(const tagged_node& node, std::size_t offset, statement& out);

/// returning, ordered, limited, plain_columns, order_columns.
void read_result_shape(const tagged_node& core, statement& out);

/// insert, assigned.
void read_insert_shape(const tagged_node& core, statement& out);

/// equalities.
void read_equalities(const tagged_node& core, statement& out);

/// transaction, setting, prepared_name.
void read_session(const tagged_node& node, statement& out);

}  // namespace pgduet::sql
