#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shadow/sql/statement.hpp"

namespace pgduet::store::sqlite {

/// `SELECT f(arguments)` of a function that belongs to the session, not to SQLite: advisory locks,
/// set_config(), pg_is_in_recovery(). Arguments are constants or parameters.
struct system_call {
    struct argument {
        int parameter = 0;  ///< $n, or 0 when `text` holds the constant
        std::string text;
    };
    std::string function;
    std::string alias;  ///< name of the result column
    std::vector<argument> arguments;
};

/// Nothing when the statement is not exactly such a call.
std::optional<system_call> read_system_call(const sql::statement& statement);

}  // namespace pgduet::store::sqlite
