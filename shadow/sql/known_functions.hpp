#pragma once

#include <string_view>

namespace pgduet::sql {

/// What calling a function means for repeating a statement on another store.
enum class function_effect {
    harmless,          ///< same rows, same answer
    now,               ///< now(): the transaction's start
    catalog,           ///< tells about catalog, server, session or storage
    nondeterministic,  ///< another answer at every call or on every store; data stays as it is
    sequence,          ///< nextval(), setval(): a write with an answer of its own
    unknown,           ///< may write anything
};

/// `name` lower case; schema pg_catalog stripped, another schema as "schema.name".
function_effect effect_of(std::string_view name);

/// True when a call may return several rows (unknown functions included).
bool may_return_set(std::string_view name);

/// Aggregates and window functions whose answer depends on the order of their input rows.
bool depends_on_order(std::string_view name);

}  // namespace pgduet::sql
