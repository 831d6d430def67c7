#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "proxy/event.hpp"
#include "proxy/metrics.hpp"

namespace pgduet::proxy {

class session;
struct session_services;

/// Who is alive, and how to stop them. The only place that starts a session. Sessions are stopped
/// by orders, not by Asio's cancellation: they leave at a point of their own choice, and what a
/// helper thread does for them is always waited for. Loop thread only.
class session_registry {
public:
    session_registry(loop_executor loop, metrics& counts) : counts_(counts), changed_(loop) {}

    /// Starts a session on an accepted connection, which belongs to it. Over `max_clients` the
    /// session only lives until its login, to be told 53300 (or to cancel something); twice over
    /// that, the connection is closed at once.
    void spawn(session_services& services, int descriptor);

    std::size_t count() const { return alive_.size(); }

    /// Tells everybody to go out at rest, or that they may stay.
    void order_all(bool leave_at_rest);
    /// Ends everybody at rest, or right now.
    void stop_all(bool now);
    /// Waits until nobody is alive.
    task<> join();

    /// Those inside the gate, in words.
    std::vector<std::string> blockers() const;

private:
    task<> run(session_services& services, int descriptor, std::uint64_t id, bool welcome);

    metrics& counts_;
    event changed_;
    std::uint64_t last_id_ = 0;
    std::map<std::uint64_t, session*> alive_;  ///< null until the session's frame runs
};

}  // namespace pgduet::proxy
