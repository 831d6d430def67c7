#pragma once

#include <string>
#include <vector>

#include "protocol/sql_types/outcome.hpp"

namespace pgduet::compare::test {

using protocol::cell;
using protocol::column;
using protocol::format;
using protocol::oid;
using protocol::outcome;
namespace type_oid = protocol::type_oid;

inline column make_column(std::string name, oid type, format encoding = format::text) {
    column out;
    out.name = std::move(name);
    out.type = type;
    out.encoding = encoding;
    return out;
}

/// A result of a SELECT with these columns and rows.
inline outcome make_rows(std::vector<column> columns,
                         const std::vector<std::vector<cell>>& rows,
                         std::size_t bytes_max = protocol::row_buffer::bytes_max_default) {
    outcome out;
    out.columns = std::move(columns);
    out.rows = protocol::row_buffer(bytes_max);
    for (const std::vector<cell>& row : rows)
        out.rows.add(row);
    out.tag = "SELECT " + std::to_string(rows.size());
    return out;
}

inline outcome make_tag(std::string tag) {
    outcome out;
    out.tag = std::move(tag);
    return out;
}

inline outcome make_failure(std::string_view sqlstate, std::string message = "no") {
    outcome out;
    out.error = protocol::make_error(sqlstate, std::move(message));
    return out;
}

}  // namespace pgduet::compare::test
