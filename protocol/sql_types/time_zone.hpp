#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/sql_types/sql_error.hpp"

namespace pgduet::protocol {

/// A TimeZone setting: UTC, a fixed offset, or a zone of the system's tz database
/// (/usr/share/zoneinfo, TZif format of RFC 8536). Cheap to copy; immutable.
class time_zone {
public:
    time_zone() = default;  ///< UTC

    /// Parses a setting's value as PostgreSQL does (names case-insensitive; `UTC`, `Europe/Berlin`,
    /// `+02`, `-3:30`, `<+02>-02`). Error 22023 `invalid value for parameter "TimeZone"`.
    static sql_result<time_zone> parse(std::string_view name);

    /// The canonical name SHOW prints.
    const std::string& name() const { return name_; }

    /// Seconds east of UTC in force at a UTC instant (seconds since 1970-01-01).
    std::int32_t offset_at_utc(std::int64_t utc_seconds) const;
    /// Seconds east of UTC for a local wall-clock time; ambiguous or skipped times resolve as
    /// PostgreSQL's DetermineTimeZoneOffset does (standard time).
    std::int32_t offset_at_local(std::int64_t local_seconds) const;

private:
    struct rules;
    std::string name_ = "UTC";
    std::int32_t fixed_offset_ = 0;
    std::shared_ptr<const rules> rules_;
};

}  // namespace pgduet::protocol
