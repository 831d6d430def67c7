#pragma once

#include <cstdint>
#include <string>

#include "protocol/sql_types/calendar.hpp"

/// The pieces of DateStyle ISO.
namespace pgduet::protocol::codec {

/// `2024-01-02`; the year of an era, at least four digits.
std::string print_date(const civil_date& civil);
/// `03:04:05.06`: microseconds after midnight, fraction without zeros at its end.
std::string print_clock(std::int64_t usecs);
/// `05`, `05.06`: microseconds of a minute.
std::string print_seconds(std::int64_t usecs);
/// Decimal with zeros in front up to `width`.
std::string padded(std::int64_t number, std::size_t width);

}  // namespace pgduet::protocol::codec
