#pragma once

#include <vector>

#include "protocol/sql_types/sql_error.hpp"
#include "shadow/sql/relation.hpp"
#include "shadow/store/postgres/connection.hpp"
#include "shadow/unit.hpp"

namespace pgduet::store::postgres {

/// The statement that puts one row image in its place. `here` describes the relation on this
/// store, where its keys decide; the images are by the primary's columns, matched by name. With a
/// key an insert overwrites a row that should not be there. Without one, a row is found by all its
/// values. Error 42P01/42703 when the relation here has no such columns.
protocol::sql_result<command> effect_command(const shadow::row_change& change,
                                             const sql::relation_info& here);

}  // namespace pgduet::store::postgres
