#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/sql_types/sql_error.hpp"
#include "proxy/channel.hpp"
#include "proxy/task.hpp"

namespace pgduet::proxy {

using settings_list = std::vector<std::pair<std::string, std::string>>;

/// Who the client is and what it asked for in its startup message.
struct client_identity {
    std::uint64_t session = 0;  ///< our number, for logs
    std::string user;
    std::string database;
    settings_list parameters;  ///< the startup message's others, as sent
    settings_list settings;    ///< those that are settings, `options` unfolded
    std::vector<std::string> unknown_options;
};

/// What follows a session from one store to another.
struct carried_state {
    settings_list settings;           ///< in force
    std::vector<std::string> parses;  ///< complete Parse messages of the named statements
};

/// What the session and its backend tell each other without calls. Loop thread only.
struct session_orders {
    bool leave_at_rest = false;  ///< the gate closes, or the process stops: leave when at rest
    bool leave_now = false;      ///< the deadline has passed
};

/// Why a backend stopped talking.
enum class departure {
    terminated,   ///< the client said goodbye, or vanished
    server_lost,  ///< the store's connection broke
    broken,       ///< the client broke the framing; an error was not sent yet
    ordered,      ///< orders: at rest (or now); the client is still there
};

/// A client's conversation with the primary, whichever way it is answered: relayed to PostgreSQL
/// or served from SQLite. One per session and store; belongs to the session's frame.
class backend {
public:
    virtual ~backend() = default;

    /// Connects to the store. The error is FATAL for the client. `orders` may end it early with
    /// an error, too.
    virtual task<std::optional<protocol::sql_error>> open(const carried_state& carried) = 0;
    /// What the welcome says: ParameterStatus names and values.
    virtual settings_list parameter_status() const = 0;
    /// Talks until there is a reason to stop. `first`: what the client has already sent.
    virtual task<departure> run(channel& client, std::string first) = 0;

    /// The orders have changed: look at them now.
    virtual void look() = 0;
    virtual bool at_rest() const = 0;
    /// CancelRequest.
    virtual void cancel() = 0;

    /// After `run` returned `ordered` at rest.
    virtual carried_state carry() const = 0;
    /// Something cannot move to another store; says what, empty if nothing.
    virtual std::string pinned() const = 0;
    /// The text for an error after `server_lost`; empty if the store has told the client itself.
    virtual std::string last_error() const { return {}; }
};

}  // namespace pgduet::proxy
