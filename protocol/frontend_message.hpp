#pragma once

#include <iosfwd>
#include <string_view>
#include <variant>

#include "protocol/copy.hpp"
#include "protocol/frontend/bind.hpp"
#include "protocol/frontend/close.hpp"
#include "protocol/frontend/copy_fail.hpp"
#include "protocol/frontend/describe.hpp"
#include "protocol/frontend/execute.hpp"
#include "protocol/frontend/flush.hpp"
#include "protocol/frontend/function_call.hpp"
#include "protocol/frontend/parse.hpp"
#include "protocol/frontend/password.hpp"
#include "protocol/frontend/query.hpp"
#include "protocol/frontend/sync.hpp"
#include "protocol/frontend/terminate.hpp"

namespace pgduet::protocol {

/// Any message a client sends once the connection is typed. Views borrow the frame.
/// password_data stands for all of tag 'p', whose meaning depends on the request before.
using frontend_message = std::variant<bind,
                                      close,
                                      copy_data,
                                      copy_done,
                                      copy_fail,
                                      describe,
                                      execute,
                                      flush,
                                      function_call,
                                      parse,
                                      password_data,
                                      query,
                                      sync,
                                      terminate>;

/// Dispatch by tag; errc::unknown_message if this direction has none such.
result<frontend_message> decode_frontend(char tag, std::string_view body);
void encode(byte_writer& out, const frontend_message& message);
std::ostream& operator<<(std::ostream& out, const frontend_message& message);

}  // namespace pgduet::protocol
