#include "proxy/session.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cstring>

#include "protocol/sql_types/sqlstate.hpp"

namespace pgduet::proxy {

namespace sqlstate = protocol::sqlstate;

namespace {

protocol::sql_error fatal(std::string_view state, std::string message) {
    protocol::sql_error error = protocol::make_error(state, std::move(message));
    error.severity = "FATAL";
    return error;
}

}  // namespace

session::session(session_services& services, int descriptor, std::uint64_t id, bool welcome)
    : services_(services),
      client_(services.loop, descriptor, channel::ownership::owned),
      welcome_(welcome) {
    identity_.session = id;
}

task<> session::run() {
    if (!co_await log_in())
        co_return;
    if (!welcome_)
        co_return co_await refuse(sqlstate::too_many_connections,
                                  "sorry, too many clients already");
    // One turn per store this session talks to.
    while (co_await enter_gate()) {
        departure why;
        {
            const gate::pass pass{services_.stages.door()};
            inside_ = true;
            const bool opened = co_await open_backend();
            if (!opened && !client_.is_open()) {
                inside_ = false;
                co_return;
            }
            why = opened ? co_await backend_->run(client_, std::exchange(unread_, {}))
                         : departure::ordered;
            inside_ = false;
        }
        switch (why) {
            case departure::terminated:
                co_return;
            case departure::broken:
                co_return co_await refuse(sqlstate::protocol_violation, "invalid message length");
            case departure::server_lost:
                services_.counts.backend_failures.add();
                spdlog::warn("session {}: {}", identity_.session, backend_->last_error());
                if (backend_->last_error().empty())
                    co_return;
                co_return co_await refuse(sqlstate::connection_failure, backend_->last_error());
            case departure::ordered:
                break;
        }
    }
}

task<bool> session::log_in() {
    asio::steady_timer deadline{services_.loop,
                                services_.configuration.listen.client_login_timeout};
    const std::uint64_t id = identity_.session;
    // The timer's handler may be under way while this session already ends.
    const auto waiting = std::make_shared<bool>(true);
    deadline.async_wait([this, id, waiting](error_code ec) {
        if (ec || !*waiting)
            return;
        spdlog::info("session {}: did not log in in time", id);
        client_.close();
    });
    login_result result =
        co_await run_login(client_, {services_.rules, services_.users, services_.helpers});
    *waiting = false;
    deadline.cancel();
    switch (result.what) {
        case login_result::kind::cancel:
            if (services_.cancels.cancel(result.cancel))
                services_.counts.cancels.add();
            co_return false;
        case login_result::kind::refused:
            services_.counts.logins_failed.add();
            spdlog::info("session {}: {}", id, result.reason);
            co_return false;
        case login_result::kind::gone:
            co_return false;
        case login_result::kind::client:
            break;
    }
    identity_ = std::move(result.client);
    unread_ = std::move(result.unread);
    identity_.session = id;
    key_ = services_.cancels.add([this] {
        if (backend_)
            backend_->cancel();
    });
    spdlog::debug("session {}: user {}, database {}", id, identity_.user, identity_.database);
    co_return true;
}

/// True when the session may go in; false when the process stops (the client was told).
task<bool> session::enter_gate() {
    gate& door = services_.stages.door();
    while (!door.is_open() && !stopping_)
        co_await door.wait();
    if (!stopping_) {
        orders_.leave_at_rest = false;
        co_return true;
    }
    co_await refuse(sqlstate::admin_shutdown,
                    "terminating connection due to administrator command");
    co_return false;
}

/// Makes sure that backend_ talks to the current primary. False with the client closed: it was
/// told why. False with the client open: try again behind the gate.
task<bool> session::open_backend() {
    stage_controller& stages = services_.stages;
    if (backend_ && epoch_ == stages.epoch())
        co_return true;
    if (backend_) {
        if (const std::string why = backend_->pinned(); !why.empty()) {
            services_.counts.sessions_pinned.add();
            spdlog::info("session {}: cannot move to another store: {}", identity_.session, why);
            co_await refuse(sqlstate::admin_shutdown,
                            "terminating connection because the primary store changes and " + why);
            co_return false;
        }
        carried_ = backend_->carry();
        backend_.reset();
    }
    epoch_ = stages.epoch();
    backend_ = services_.make_backend(identity_, key_.key(), orders_);
    if (auto error = co_await backend_->open(carried_)) {
        backend_.reset();
        if (orders_.leave_at_rest && !stopping_)
            co_return false;  // the gate closed meanwhile: once more behind it
        services_.counts.backend_failures.add();
        spdlog::warn("session {}: store \"{}\": {}",
                     identity_.session,
                     stages.state().primary,
                     error->message);
        co_await refuse(*error);
        co_return false;
    }
    if (!welcomed_) {
        welcomed_ = true;
        const cancel_key key = key_.key();
        std::string secret(sizeof key.secret, '\0');
        std::memcpy(secret.data(), &key.secret, sizeof key.secret);
        // Made in a statement of its own: GCC 12 destroys an aggregate temporary twice when it
        // stands in an expression with co_await.
        const std::string hello =
            protocol::welcome({backend_->parameter_status(), key.process, secret, 'I'});
        co_await send_all(client_, hello);
    } else {
        services_.counts.sessions_moved.add();
    }
    co_return true;
}

void session::order(bool leave_at_rest) {
    orders_.leave_at_rest = leave_at_rest || stopping_;
    if (backend_)
        backend_->look();
}

void session::stop(bool now) {
    stopping_ = true;
    orders_.leave_at_rest = true;
    orders_.leave_now = orders_.leave_now || now;
    if (backend_)
        backend_->look();
    if (now || !backend_)
        client_.cancel();
    services_.stages.door().notify_all();
}

bool session::is_busy() const {
    return inside_ && !(backend_ && backend_->at_rest());
}

std::string session::describe() const {
    return fmt::format("session {} (user {}, database {})",
                       identity_.session,
                       identity_.user.empty() ? "?" : identity_.user,
                       identity_.database.empty() ? "?" : identity_.database);
}

task<> session::refuse(std::string_view state, std::string message) {
    co_await refuse(fatal(state, std::move(message)));
}

task<> session::refuse(const protocol::sql_error& error) {
    co_await send_all(client_, protocol::error_bytes(error));
    client_.close();
}

}  // namespace pgduet::proxy
