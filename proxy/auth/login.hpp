#pragma once

#include <boost/asio/thread_pool.hpp>
#include <optional>
#include <string>

#include "proxy/auth/users.hpp"
#include "proxy/backend.hpp"
#include "proxy/cancel_router.hpp"
#include "proxy/channel.hpp"
#include "proxy/config/config.hpp"

namespace pgduet::proxy {

/// What the first messages of a connection came to.
struct login_result {
    enum class kind {
        client,   ///< authenticated; AuthenticationOk is not sent yet
        cancel,   ///< a CancelRequest: the connection has done its job
        refused,  ///< the error was sent
        gone,     ///< the client left, or did not speak PostgreSQL
    };
    kind what = kind::gone;
    client_identity client;
    cancel_key cancel;
    std::string reason;  ///< for the log, when refused
    std::string unread;  ///< bytes that came behind the startup; none from a well-behaved client
};

struct login_services {
    const auth_options& method;
    const user_table& users;
    asio::thread_pool& helpers;  ///< PBKDF2
};

/// Reads the startup and authenticates; the caller limits its time by closing the channel.
task<login_result> run_login(channel& client, login_services services);

/// ParameterStatus for each, BackendKeyData and ReadyForQuery, behind AuthenticationOk.
std::string welcome_bytes(const settings_list& parameters, cancel_key key);

/// One ErrorResponse.
std::string error_bytes(const protocol::sql_error& error);

}  // namespace pgduet::proxy
