#pragma once

#include <iosfwd>
#include <string_view>
#include <variant>

#include "protocol/backend/authentication.hpp"
#include "protocol/backend/backend_key_data.hpp"
#include "protocol/backend/bind_complete.hpp"
#include "protocol/backend/close_complete.hpp"
#include "protocol/backend/command_complete.hpp"
#include "protocol/backend/copy_response.hpp"
#include "protocol/backend/data_row.hpp"
#include "protocol/backend/empty_query_response.hpp"
#include "protocol/backend/error_response.hpp"
#include "protocol/backend/function_call_response.hpp"
#include "protocol/backend/negotiate_protocol_version.hpp"
#include "protocol/backend/no_data.hpp"
#include "protocol/backend/notification_response.hpp"
#include "protocol/backend/parameter_description.hpp"
#include "protocol/backend/parameter_status.hpp"
#include "protocol/backend/parse_complete.hpp"
#include "protocol/backend/portal_suspended.hpp"
#include "protocol/backend/ready_for_query.hpp"
#include "protocol/backend/row_description.hpp"
#include "protocol/copy.hpp"

namespace pgduet::protocol {

/// Any message a server sends once the connection is typed. Views borrow the frame.
using backend_message = std::variant<authentication,
                                     backend_key_data,
                                     bind_complete,
                                     close_complete,
                                     command_complete,
                                     copy_both_response,
                                     copy_data,
                                     copy_done,
                                     copy_in_response,
                                     copy_out_response,
                                     data_row,
                                     empty_query_response,
                                     error_response,
                                     function_call_response,
                                     negotiate_protocol_version,
                                     no_data,
                                     notice_response,
                                     notification_response,
                                     parameter_description,
                                     parameter_status,
                                     parse_complete,
                                     portal_suspended,
                                     ready_for_query,
                                     row_description>;

/// Dispatch by tag; errc::unknown_message if this direction has none such.
result<backend_message> decode_backend(char tag, std::string_view body);
void encode(byte_writer& out, const backend_message& message);
std::ostream& operator<<(std::ostream& out, const backend_message& message);

}  // namespace pgduet::protocol
