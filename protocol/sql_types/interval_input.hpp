#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/sql_types/sql_error.hpp"

namespace pgduet::protocol::codec {

struct span {
    std::int64_t usecs = 0;
    std::int32_t days = 0;
    std::int32_t months = 0;
};

/// Reads an interval: `1 year 2 mons 3 days 04:05:06`, `1-2 3 4:05`, `@ 3 hours ago`, and ISO 8601
/// `P1Y2M3DT4H5M6S`, `P0001-02-03T04:05:06`.
sql_result<span> read_interval(std::string_view text);

}  // namespace pgduet::protocol::codec
