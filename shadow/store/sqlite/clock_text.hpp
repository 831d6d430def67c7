#pragma once

#include <cstdint>
#include <string>

namespace pgduet::store::sqlite {

/// Now, as PostgreSQL prints a timestamptz in UTC: `2026-11-21 03:17:30.123456+00`.
std::string clock_text();
/// The same of microseconds since 1970.
std::string timestamp_text(std::int64_t microseconds, bool zoned);

}  // namespace pgduet::store::sqlite
