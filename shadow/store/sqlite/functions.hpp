#pragma once

#include <optional>

#include "protocol/sql_types/sql_error.hpp"

namespace pgduet::store::sqlite {

class connection;

/// Registers every function and collation of sql::registered_functions() on a connection: one
/// file per family. Built-ins are never overridden.
std::optional<protocol::sql_error> register_functions(connection& target);

}  // namespace pgduet::store::sqlite
