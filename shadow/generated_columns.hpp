#pragma once

#include <vector>

#include "shadow/sql/relation.hpp"
#include "shadow/sql/statement.hpp"

namespace pgduet::shadow {

/// The columns of an INSERT's target whose values the store makes up for this statement: omitted
/// (or possibly DEFAULT) columns with a sequence, identity, now() or volatile default. They must be
/// taken from the primary. Pointers live as long as `target`.
std::vector<const sql::column_info*> generated_columns(const sql::statement& insert,
                                                       const sql::relation_info& target);

/// True when the default is the transaction's time as it is: the unit's `now` is the value.
bool takes_the_units_now(const sql::column_info& column);

}  // namespace pgduet::shadow
