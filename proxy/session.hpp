#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <string>

#include "proxy/auth/login.hpp"
#include "proxy/auth/users.hpp"
#include "proxy/backend.hpp"
#include "proxy/cancel_router.hpp"
#include "proxy/config/config.hpp"
#include "proxy/metrics.hpp"
#include "proxy/stages/stage_controller.hpp"

namespace pgduet::proxy {

/// What sessions share; `application` owns it all and outlives them.
struct session_services {
    loop_executor loop;
    const config& configuration;
    const protocol::startup_rules& rules;
    const user_table& users;
    metrics& counts;
    cancel_router& cancels;
    stage_controller& stages;
    asio::thread_pool& helpers;
    /// Makes the conversation with the current primary, relay or serve.
    std::function<std::unique_ptr<backend>(
        const client_identity&, cancel_key, const session_orders&)>
        make_backend;
};

/// One client, from its first byte to its last; one coroutine frame.
///
///   log in ─▶ gate ─▶ open the primary ─▶ talk ─▶ goodbye
///              ▲                            │
///              └────── stage changed ◀──────┘   the client notices nothing
class session {
public:
    /// `welcome` false: there are too many clients already; say so after the login.
    session(session_services& services, int descriptor, std::uint64_t id, bool welcome);

    task<> run();

    /// The gate closes (leave at rest) or opens again.
    void order(bool leave_at_rest);
    /// The process stops: end at rest, or now.
    void stop(bool now);

    /// Inside the gate and not at rest: who waits for a change of stage waits for this one.
    bool is_busy() const;
    /// "session 7 (user alice, database app)".
    std::string describe() const;

private:
    task<bool> log_in();
    task<bool> enter_gate();
    task<bool> open_backend();
    task<> refuse(std::string_view sqlstate, std::string message);
    task<> refuse(const protocol::sql_error& error);

    session_services& services_;
    channel client_;
    client_identity identity_;
    session_orders orders_;
    const bool welcome_;
    bool stopping_ = false;
    bool inside_ = false;
    bool welcomed_ = false;
    carried_state carried_;    ///< from the last backend to the next
    std::uint64_t epoch_ = 0;  ///< of the stage that backend_ belongs to
    cancel_router::registration key_;
    std::string unread_;  ///< sent by the client behind its login
    std::unique_ptr<backend> backend_;
};

}  // namespace pgduet::proxy
