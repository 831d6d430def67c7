#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/sql_types/codec.hpp"

/// Date and time input, second half: fields to a broken-down moment, in the field order of
/// DateStyle MDY.
namespace pgduet::protocol::codec {

struct moment {
    enum class kind { normal, infinity, minus_infinity };
    kind what = kind::normal;
    std::int64_t year = 0;  ///< astronomical
    int month = 0;
    int day = 0;
    std::int64_t usecs = 0;   ///< since midnight; a whole day for 24:00
    std::int32_t offset = 0;  ///< seconds east, from the text or else from the session's zone
};

/// Reads a date with or without a time: date, timestamp, timestamptz. `type` is the name in errors.
sql_result<moment> read_date_time(std::string_view text,
                                  std::string_view type,
                                  const value_settings& settings);

/// Reads a time with or without a date before it: time, timetz. The offset is only looked for
/// `with_zone`.
sql_result<moment> read_time(std::string_view text,
                             std::string_view type,
                             bool with_zone,
                             const value_settings& settings);

}  // namespace pgduet::protocol::codec
