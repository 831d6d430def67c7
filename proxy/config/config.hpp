#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgduet::proxy {

using std::chrono::milliseconds;

/// Where PostgreSQL clients connect.
struct listen_options {
    std::string address = "127.0.0.1";
    std::uint16_t port = 6432;  ///< 0: any free port (tests)
    std::size_t max_clients = 1000;
    std::size_t message_bytes_max = 256u << 20;
    milliseconds client_login_timeout{60'000};
    milliseconds shutdown_deadline{10'000};
};

/// Where people and monitoring connect.
struct http_options {
    bool enabled = true;
    std::string address = "127.0.0.1";
    std::uint16_t port = 6480;
    bool allow_remote_control = false;  ///< POST although not bound to a loopback address
};

struct state_options {
    std::filesystem::path directory = "pgduet-state";
    milliseconds flush_interval{1'000};  ///< how often the ledger is written to its file
};

enum class engine { postgres, sqlite };
std::string_view to_string(engine e);

/// One store. `dsn` holds a secret: never print it.
struct store_options {
    std::string name;
    engine kind = engine::postgres;
    std::string dsn;             ///< postgres: URI or key=value, as libpq takes it
    std::filesystem::path path;  ///< sqlite
    std::string database;        ///< sqlite: the only database name clients may ask for; empty: any
    milliseconds connect_timeout{10'000};
    milliseconds busy_timeout{10'000};  ///< sqlite: wait for locks of other processes
    std::size_t workers = 4;            ///< sqlite: threads that run statements
};

enum class stage { solo, mirror, switched };
std::string_view to_string(stage s);

/// A stage by name; the error says which exist, and which come later.
struct stage_or_error {
    std::optional<stage> value;
    std::string error;
};
stage_or_error parse_stage(std::string_view name);

struct duet_settings {
    std::string primary;
    std::string shadow;  ///< empty: no shadow, stage solo only
    stage start_stage = stage::solo;
    double compare_reads = 1.0;
    std::size_t queue_bytes_max = 256u << 20;
    milliseconds reconnect_delay_max{2'000};
    milliseconds switch_deadline{10'000};
    milliseconds drain_deadline{10'000};
};

enum class auth_method { trust, scram_sha_256 };

struct auth_options {
    auth_method method = auth_method::trust;
    std::filesystem::path users_file;
};

struct log_options {
    std::string level = "info";
    bool parameters = false;
};

/// The whole configuration, valid: every store named exists, every number is inside its bounds.
struct config {
    std::filesystem::path file;
    listen_options listen;
    http_options http;
    state_options state;
    std::map<std::string, store_options> stores;
    duet_settings duet;
    auth_options auth;
    log_options log;

    const store_options& primary() const { return stores.at(duet.primary); }
};

/// One thing wrong with a configuration; prints as "pgduet.toml:12: listen.prot: unknown key, did
/// you mean listen.port?".
struct config_problem {
    std::string source;  ///< file name, or "--set"
    int line = 0;        ///< 0: no line (missing key, command line)
    std::string key;     ///< dotted; empty when the file as a whole is meant
    std::string message;

    std::string to_string() const;
};

struct loaded_config {
    config value;                          ///< usable only if there are no problems
    std::vector<config_problem> problems;  ///< all of them, in the order of the file

    bool ok() const { return problems.empty(); }
};

/// Looks up one environment variable; empty optional if unset.
using environment = std::optional<std::string> (*)(const std::string& name);
std::optional<std::string> process_environment(const std::string& name);

/// Reads a configuration file, then the overrides ("dotted.key=value", later ones win). Relative
/// paths are taken from the file's directory. Never throws for what a user can write.
loaded_config load_config(const std::filesystem::path& file,
                          const std::vector<std::string>& overrides = {},
                          environment lookup = process_environment);

}  // namespace pgduet::proxy
