#pragma once

#include <string>
#include <string_view>

#include "shadow/sql/rules/types.hpp"

/// Which casts PostgreSQL has between the built-in types (pg_cast), and how each is written for
/// SQLite's stored values.
namespace pgduet::sql {

/// Where a cast may be used without being written, weakest demand last.
enum class coercion { implicit, assignment, explicit_ };

bool can_cast(protocol::oid from, protocol::oid to, coercion context);

/// SQLite text that turns `sql` of type `from` into `to`. Free when both are stored alike.
/// The modifier is applied with truncation or rounding (an explicit cast) when it is not -1.
std::string cast_text(const std::string& sql, protocol::oid from, typed to);

}  // namespace pgduet::sql
