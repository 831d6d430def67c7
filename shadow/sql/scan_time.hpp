#pragma once

#include <optional>
#include <string>

#include "shadow/sql/parse_tree.hpp"

namespace pgduet::sql {

/// CURRENT_TIMESTAMP, CURRENT_DATE, LOCALTIME(0), ... as a function of now().
struct time_value {
    std::size_t keyword_length = 0;
    bool has_precision = false;  ///< "(p)" follows the key word
    std::string cast;            ///< type to cast now() to
};

/// Nothing for CURRENT_USER and the other SQLValueFunctions that are not about time.
std::optional<time_value> time_value_of(const boost::json::object& sql_value_function);

/// True for a constant like 'now'::timestamp or 'today', whose meaning depends on the clock.
/// `fields` are those of an A_Const or a TypeCast.
bool names_current_time(std::string_view tag, const boost::json::object& fields);

/// A cast to regclass, regtype, ...: a look-up in the catalog.
bool casts_to_catalog_type(const boost::json::object& type_cast);

}  // namespace pgduet::sql
