#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/sql_types/row_buffer.hpp"
#include "protocol/sql_types/sql_error.hpp"
#include "protocol/sql_types/value.hpp"

namespace pgduet::protocol {

/// What one execution of one statement gave: an error, or a tag with possibly columns and rows.
struct outcome {
    std::optional<sql_error> error;
    std::string tag;              ///< CommandComplete's text ("INSERT 0 1"); empty: no statement
    bool suspended = false;       ///< PortalSuspended: the row limit ended it, more rows remain
    std::vector<column> columns;  ///< empty when the statement returns no rows
    row_buffer rows;

    bool succeeded() const { return !error; }
};

}  // namespace pgduet::protocol
