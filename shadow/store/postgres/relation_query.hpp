#pragma once

#include <string_view>
#include <vector>

#include "protocol/sql_types/sql_error.hpp"
#include "protocol/sql_types/value.hpp"
#include "shadow/sql/relation.hpp"

namespace pgduet::store::postgres {

/// One statement that describes a relation from the catalog. Parameters, both text: $1 the schema,
/// or an empty string to follow search_path as an unqualified name does; $2 the name. Eight text
/// columns; no row when there is no such relation (or no right to see its schema). It names
/// pg_catalog everywhere, takes no lock beyond the catalog's, and does not fail for lack of rights,
/// so it can run on a client's own connection.
///
///   R  schema  name     relkind  returning is safe  writes elsewhere
///   C  column  type     typmod   not null           default source    expression
///   K  index   primary  column                                 one row per column of a key
///   F  name    column   table    column                        one row per column of the key
extern const std::string_view relation_query;

/// Reads the rows of `relation_query`, in the order they came.
/// Error 42P01 when there are none, XX001 when they are not what the query gives.
protocol::sql_result<sql::relation_info> decode_relation(
    const std::vector<std::vector<protocol::cell>>& rows);

}  // namespace pgduet::store::postgres
