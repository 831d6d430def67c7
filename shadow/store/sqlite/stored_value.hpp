#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/sql_types/sql_error.hpp"
#include "protocol/sql_types/value.hpp"
#include "protocol/sql_types/value_codec.hpp"

namespace pgduet::store::sqlite {

struct blob {
    std::string bytes;
    bool operator==(const blob&) const = default;
};

/// A value as it lies in the file: integers and booleans INTEGER, float4/float8 REAL (NaN as the
/// text 'NaN', which REAL columns keep), bytea BLOB, everything else TEXT exactly as PostgreSQL
/// prints it, timestamptz in UTC.
using stored_value = std::variant<std::monostate, std::int64_t, double, std::string, blob>;

/// Reads PostgreSQL's text (or a parameter in either format) of a type into its stored form, with
/// the checks of its input function and of the type modifier: 22P02, 22003, 22001, 22007, 22021.
protocol::sql_result<stored_value> to_stored(protocol::oid type,
                                             std::int32_t modifier,
                                             std::string_view text,
                                             const protocol::value_settings& settings);
protocol::sql_result<stored_value> to_stored(const protocol::parameter& value,
                                             protocol::oid type,
                                             std::int32_t modifier,
                                             const protocol::value_settings& settings);

/// PostgreSQL's text of a stored value of a type. Error 22P02 when what lies there is not one (a
/// file written by others: a text in an integer column).
protocol::sql_result<protocol::cell> stored_to_text(sqlite3_value* value,
                                                    protocol::oid type,
                                                    std::int32_t modifier,
                                                    const protocol::value_settings& settings);

/// Binds; text and blob bytes are not copied and must stay until the statement is reset.
int bind_stored(sqlite3_stmt* statement, int index, const stored_value& value);
/// Returns the value from a registered function (copied).
void return_stored(sqlite3_context* context, const stored_value& value);

/// One result column: how its stored values go to the wire.
struct output_column {
    protocol::oid type = protocol::type_oid::text;
    std::int32_t modifier = -1;
    protocol::format encoding = protocol::format::text;
};

/// Appends one field of a DataRow: int32 size (-1 for NULL) and the bytes.
std::optional<protocol::sql_error> append_field(std::string& out,
                                                sqlite3_value* value,
                                                const output_column& column,
                                                const protocol::value_settings& settings);

}  // namespace pgduet::store::sqlite
