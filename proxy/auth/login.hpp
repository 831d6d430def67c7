#pragma once

#include <boost/asio/thread_pool.hpp>
#include <string>

#include "protocol/conversation/startup_fsm.hpp"
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
        gone,     ///< the client left without a word
    };
    kind what = kind::gone;
    client_identity client;
    cancel_key cancel;
    std::string reason;  ///< for the log, when refused
    std::string unread;  ///< what came behind the login: the start of the session
};

struct login_services {
    const protocol::startup_rules& rules;
    const user_table& users;
    asio::thread_pool& helpers;  ///< PBKDF2
};

/// The rules of a configuration, with a fresh secret for users that do not exist.
protocol::startup_rules make_startup_rules(const auth_options& options);

/// Drives the startup conversation up to the point where the client is let in; the caller limits
/// its time by closing the channel.
task<login_result> run_login(channel& client, login_services services);

/// Sends everything; false if the connection is gone.
task<bool> send_all(channel& to, std::string bytes);

}  // namespace pgduet::proxy
