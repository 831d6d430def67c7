#include "shadow/store/postgres/session_settings.hpp"

#include <algorithm>
#include <array>

namespace pgduet::store::postgres {
namespace {

constexpr std::array connection_level = std::to_array<std::string_view>({
    "application_name",
    "client_encoding",
    "client_min_messages",
    "database",
    "default_transaction_deferrable",
    "default_transaction_read_only",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "is_superuser",
    "lock_timeout",
    "options",
    "password",
    "replication",
    "role",
    "seed",
    "server_encoding",
    "server_version",
    "session_authorization",
    "statement_timeout",
    "synchronous_commit",
    "transaction_deferrable",
    "transaction_isolation",
    "transaction_read_only",
    "transaction_timeout",
    "user",
});

command set(std::string_view name, std::string_view value) {
    return {
        "SELECT pg_catalog.set_config($1, $2, false)",
        {protocol::type_oid::text, protocol::type_oid::text},
        {{protocol::format::text, std::string(name)}, {protocol::format::text, std::string(value)}},
        false,
        true,
    };
}

}  // namespace

bool stays_behind(std::string_view name) {
    std::string folded(name);
    for (char& c : folded)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return folded.starts_with("_pq_.") ||
           std::find(connection_level.begin(), connection_level.end(), folded) !=
               connection_level.end();
}

std::vector<command> settings_commands(
    const std::vector<std::pair<std::string, std::string>>& settings, bool synchronous_commit) {
    std::vector<command> commands = {
        {"RESET ALL"},
        set("client_encoding", "UTF8"),
        set("application_name", "pgduet-shadow"),
        set("statement_timeout", "0"),
        set("lock_timeout", "0"),
        set("idle_in_transaction_session_timeout", "0"),
        set("idle_session_timeout", "0"),
        set("default_transaction_read_only", "off"),
        set("extra_float_digits", "1"),
        set("DateStyle", "ISO, MDY"),
        set("IntervalStyle", "postgres"),
        set("bytea_output", "hex"),
        // A server process whose client has gone stops within this time, even inside a statement.
        set("client_connection_check_interval", "2s"),
    };
    // Whatever the server's default: on its own disk, without waiting for its replicas.
    commands.push_back(set("synchronous_commit", synchronous_commit ? "local" : "off"));
    for (const auto& [name, value] : settings)
        if (!stays_behind(name))
            commands.push_back(set(name, value));
    return commands;
}

}  // namespace pgduet::store::postgres
