#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shadow/store/postgres/connection.hpp"

namespace pgduet::store::postgres {

/// True for settings of a client that do not follow it to the shadow: those that belong to the
/// connection (user, database, client_encoding, application_name, ...), that would make pgduet's
/// own statements fail (role, read-only), or that cut its work short (timeouts).
bool stays_behind(std::string_view name);

/// Statements that bring the session back to its defaults, then to `settings`. Each is to be run
/// on its own: a setting this server does not know is passed over.
std::vector<command> settings_commands(
    const std::vector<std::pair<std::string, std::string>>& settings, bool synchronous_commit);

}  // namespace pgduet::store::postgres
