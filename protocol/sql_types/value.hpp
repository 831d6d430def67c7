#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/sql_types/oid.hpp"

namespace pgduet::protocol {

/// How a value is written on the wire (manual 55.1.3 "Formats and Format Codes").
enum class format : std::int16_t { text = 0, binary = 1 };

/// One field of a row or one parameter: its bytes, or nothing for NULL. The format is known from
/// the context (column, or `parameter`).
using cell = std::optional<std::string>;

/// A bound parameter of Bind, by value.
struct parameter {
    format encoding = format::text;
    cell value;
    bool operator==(const parameter&) const = default;
};

/// One column of RowDescription.
struct column {
    std::string name;
    oid table = 0;               ///< pg_class oid of the base table, or 0
    std::int16_t attribute = 0;  ///< attribute number in it, or 0
    oid type = type_oid::text;
    std::int16_t type_length = -1;  ///< typlen
    std::int32_t type_modifier = -1;
    format encoding = format::text;
    bool operator==(const column&) const = default;
};

}  // namespace pgduet::protocol
