#pragma once

#include <string_view>
#include <vector>

#include "shadow/sql/parse_tree.hpp"
#include "shadow/sql/statement.hpp"

namespace pgduet::sql {

/// The field of a node that holds the relation it changes (a RangeVar or a list of them), for
/// nodes other than INSERT, UPDATE, DELETE and MERGE; empty when it changes none.
std::string_view target_field(std::string_view tag, const boost::json::object& fields);

/// Relations that DROP and COMMENT ON name by a list of strings instead of a RangeVar.
std::vector<relation_ref> named_targets(const tagged_node& node);

/// EXPLAIN with ANALYZE: it runs the statement.
bool is_explain_analyze(const boost::json::object& explain);

}  // namespace pgduet::sql
