#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shadow/unit.hpp"

namespace pgduet::capture {

/// The messages pgduet sends on a client's server connection for itself. All use named statements
/// and portals of their own, because an unnamed Parse would destroy the client's (manual 55.2.3).
namespace own {

/// Query of the position: insert LSN, assigned transaction id (null when nothing was written),
/// transaction start time.
extern const std::string_view token_query;

void parse_token(std::string& out);
void execute_token(std::string& out);  ///< Bind and Execute; the portal ends with the transaction
void close_token(std::string& out);    ///< Close of that portal, where the transaction goes on
void parse_relation(std::string& out);
/// Bind, Execute and Close: three answers.
void execute_relation(std::string& out, std::string_view schema, std::string_view name);
void sync(std::string& out);

/// The client's messages, changed.
void query(std::string& out, std::string_view text);
void parse(std::string& out,
           std::string_view name,
           std::string_view text,
           const std::vector<protocol::oid>& types);
void execute(std::string& out, std::string_view portal, std::int32_t rows_max);
void no_data(std::string& out);

/// `  RETURNING "a", "b"` on a line of its own, behind a possible trailing comment.
std::string returning_clause(const std::vector<std::string>& columns);

struct position {
    shadow::token token = 0;
    bool wrote = false;
    std::string now;
};
/// Decodes the token's DataRow body.
position read_position(std::string_view data_row);

}  // namespace own
}  // namespace pgduet::capture
