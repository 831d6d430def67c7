#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "protocol/sql_types/value_codec.hpp"

namespace pgduet::store::sqlite {

class database;
class session_settings;

/// What the registered functions see of the session they run for. Owned by the session.
struct execution_context {
    protocol::value_settings values;             ///< TimeZone
    std::string now = "1970-01-01 00:00:00+00";  ///< transaction's time, timestamptz text in UTC
    std::string user = "postgres";
    std::string database_name;
    std::int32_t process_id = 0;
    std::int64_t transaction_id = 0;
    session_settings* settings = nullptr;  ///< for current_setting(); may be null
    database* store = nullptr;             ///< for sequences and locks; may be null
    const void* locks_owner = nullptr;     ///< who holds advisory locks
    std::optional<std::int64_t> lastval;
    std::map<std::string, std::int64_t> currval;
};

}  // namespace pgduet::store::sqlite
