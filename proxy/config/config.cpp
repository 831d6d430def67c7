#include "proxy/config/config.hpp"

#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <limits>
#include <set>

#include "proxy/config/units.hpp"

namespace pgduet::proxy {

namespace {

/// A value of the file or of the command line, before it is understood.
struct raw_value {
    const toml::node* node = nullptr;
    std::string source;
    int line = 0;
    std::string key;
};

/// Reads typed values, and notes what is wrong instead of stopping.
class reader {
public:
    reader(loaded_config& out, environment lookup) : out_(out), lookup_(lookup) {}

    void problem(const raw_value& at, std::string message) {
        out_.problems.push_back({at.source, at.line, at.key, std::move(message)});
    }

    std::optional<std::string> string(const raw_value& at) {
        const auto text = at.node->value_exact<std::string>();
        if (!text) {
            problem(at, "must be a string, in quotes");
            return std::nullopt;
        }
        substitution result = substitute_environment(*text, lookup_);
        if (!result.error.empty()) {
            problem(at, result.error);
            return std::nullopt;
        }
        return std::move(result.text);
    }

    void read(const raw_value& at, std::string& target) {
        if (auto text = string(at)) {
            if (text->empty())
                problem(at, "must not be empty");
            target = std::move(*text);
        }
    }
    void read(const raw_value& at, std::filesystem::path& target) {
        std::string text;
        read(at, text);
        if (!text.empty())
            target = (out_.value.file.parent_path() / text).lexically_normal();
    }
    void read(const raw_value& at, bool& target) {
        if (const auto value = at.node->value_exact<bool>())
            target = *value;
        else if (const auto text = substituted(at); text == "true" || text == "false")
            target = text == "true";
        else
            problem(at, "must be true or false");
    }
    void read(const raw_value& at, double& target, double low, double high) {
        std::optional<double> value = at.node->value<double>();
        if (const auto text = substituted(at); !text.empty()) {
            char* end = nullptr;
            value = std::strtod(text.c_str(), &end);
            if (*end != '\0')
                value.reset();
        }
        if (!value || at.node->is_boolean() || !(*value >= low && *value <= high)) {
            char bounds[80];
            std::snprintf(bounds, sizeof bounds, "must be a number from %g to %g", low, high);
            problem(at, bounds);
            return;
        }
        target = *value;
    }
    template <class Integer>
    void read_integer(const raw_value& at, Integer& target, std::int64_t low, std::int64_t high) {
        std::optional<std::int64_t> value = at.node->value_exact<std::int64_t>();
        if (const auto text = substituted(at); !text.empty()) {
            char* end = nullptr;
            value = std::strtoll(text.c_str(), &end, 10);
            if (*end != '\0')
                value.reset();
        }
        if (!value || *value < low || *value > high) {
            problem(at,
                    "must be a whole number from " + std::to_string(low) + " to " +
                        std::to_string(high));
            return;
        }
        target = static_cast<Integer>(*value);
    }
    void read(const raw_value& at, milliseconds& target, milliseconds low, milliseconds high) {
        const auto text = at.node->value_exact<std::string>() ? string(at) : std::string{};
        if (!text)
            return;
        const auto value = parse_duration(*text);
        if (!value)
            return problem(at, "must be a time with its unit, such as \"250ms\" or \"10s\"");
        if (*value < low || *value > high)
            return problem(at,
                           "must be from " + print_duration(low) + " to " + print_duration(high));
        target = *value;
    }
    void read_size(const raw_value& at,
                   std::size_t& target,
                   std::uint64_t low,
                   std::uint64_t high) {
        const auto text = at.node->value_exact<std::string>() ? string(at) : std::string{};
        if (!text)
            return;
        const auto value = parse_size(*text);
        if (!value)
            return problem(at, "must be a size with its unit, such as \"64MiB\"");
        if (*value < low || *value > high)
            return problem(
                at, "must be from " + std::to_string(low) + "B to " + std::to_string(high) + "B");
        target = *value;
    }

    /// The string after substitution, if the value is a string that names the environment: the
    /// only way a number or a truth value may be written in quotes.
    std::string substituted(const raw_value& at) {
        const auto text = at.node->value_exact<std::string>();
        if (!text || (text->find("${") == std::string::npos && at.source != "--set"))
            return {};
        return string(at).value_or("");
    }

    loaded_config& out() { return out_; }

private:
    loaded_config& out_;
    environment lookup_;
};

/// One key that exists: its name inside its table and what reads it.
using key_table =
    std::vector<std::pair<std::string, std::function<void(reader&, const raw_value&)>>>;

void read_stage(reader& in, const raw_value& at, stage& target) {
    if (const auto name = in.string(at)) {
        const stage_or_error parsed = parse_stage(*name);
        if (parsed.value)
            target = *parsed.value;
        else
            in.problem(at, parsed.error);
    }
}

template <class Enum>
void read_choice(reader& in,
                 const raw_value& at,
                 Enum& target,
                 const std::vector<std::pair<std::string, Enum>>& choices) {
    const auto text = in.string(at);
    if (!text)
        return;
    std::string names;
    for (const auto& [name, value] : choices) {
        if (*text == name) {
            target = value;
            return;
        }
        names += (names.empty() ? "\"" : " or \"") + name + "\"";
    }
    in.problem(at, "\"" + *text + "\" is not known, must be " + names);
}

key_table listen_keys(listen_options& o) {
    return {
        {"address", [&o](reader& in, const raw_value& at) { in.read(at, o.address); }},
        {"port", [&o](reader& in, const raw_value& at) { in.read_integer(at, o.port, 0, 65535); }},
        {"max_clients",
         [&o](reader& in, const raw_value& at) { in.read_integer(at, o.max_clients, 1, 100'000); }},
        {"message_bytes_max",
         [&o](reader& in, const raw_value& at) {
             in.read_size(at, o.message_bytes_max, 16u << 10, (1u << 30) - 1);
         }},
        {"client_login_timeout",
         [&o](reader& in, const raw_value& at) {
             in.read(at, o.client_login_timeout, milliseconds{100}, milliseconds{3'600'000});
         }},
        {"shutdown_deadline",
         [&o](reader& in, const raw_value& at) {
             in.read(at, o.shutdown_deadline, milliseconds{0}, milliseconds{3'600'000});
         }},
    };
}

key_table http_keys(http_options& o) {
    return {
        {"enabled", [&o](reader& in, const raw_value& at) { in.read(at, o.enabled); }},
        {"address", [&o](reader& in, const raw_value& at) { in.read(at, o.address); }},
        {"port", [&o](reader& in, const raw_value& at) { in.read_integer(at, o.port, 0, 65535); }},
        {"allow_remote_control",
         [&o](reader& in, const raw_value& at) { in.read(at, o.allow_remote_control); }},
    };
}

key_table state_keys(state_options& o) {
    return {
        {"directory", [&o](reader& in, const raw_value& at) { in.read(at, o.directory); }},
        {"flush_interval",
         [&o](reader& in, const raw_value& at) {
             in.read(at, o.flush_interval, milliseconds{50}, milliseconds{60'000});
         }},
    };
}

key_table store_keys(store_options& o) {
    return {
        {"engine",
         [&o](reader& in, const raw_value& at) {
             read_choice<engine>(
                 in, at, o.kind, {{"postgres", engine::postgres}, {"sqlite", engine::sqlite}});
         }},
        {"dsn", [&o](reader& in, const raw_value& at) { in.read(at, o.dsn); }},
        {"path", [&o](reader& in, const raw_value& at) { in.read(at, o.path); }},
        {"database", [&o](reader& in, const raw_value& at) { in.read(at, o.database); }},
        {"connect_timeout",
         [&o](reader& in, const raw_value& at) {
             in.read(at, o.connect_timeout, milliseconds{100}, milliseconds{600'000});
         }},
        {"busy_timeout",
         [&o](reader& in, const raw_value& at) {
             in.read(at, o.busy_timeout, milliseconds{0}, milliseconds{600'000});
         }},
        {"workers",
         [&o](reader& in, const raw_value& at) { in.read_integer(at, o.workers, 1, 256); }},
    };
}

key_table duet_keys(duet_settings& o) {
    return {
        {"primary", [&o](reader& in, const raw_value& at) { in.read(at, o.primary); }},
        {"shadow", [&o](reader& in, const raw_value& at) { in.read(at, o.shadow); }},
        {"stage", [&o](reader& in, const raw_value& at) { read_stage(in, at, o.start_stage); }},
        {"mode",
         [](reader& in, const raw_value& at) {
             const auto text = in.string(at);
             if (!text || *text == "async")
                 return;
             in.problem(at,
                        *text == "sync" || *text == "strict"
                            ? "\"" + *text + "\" comes later, only \"async\" works now"
                            : "\"" + *text + "\" is not known, must be \"async\"");
         }},
        {"compare_reads",
         [&o](reader& in, const raw_value& at) { in.read(at, o.compare_reads, 0.0, 1.0); }},
        {"queue_bytes_max",
         [&o](reader& in, const raw_value& at) {
             in.read_size(at, o.queue_bytes_max, 1u << 16, 1ull << 40);
         }},
        {"reconnect_delay_max",
         [&o](reader& in, const raw_value& at) {
             in.read(at, o.reconnect_delay_max, milliseconds{10}, milliseconds{600'000});
         }},
        {"switch_deadline",
         [&o](reader& in, const raw_value& at) {
             in.read(at, o.switch_deadline, milliseconds{10}, milliseconds{600'000});
         }},
        {"drain_deadline",
         [&o](reader& in, const raw_value& at) {
             in.read(at, o.drain_deadline, milliseconds{0}, milliseconds{3'600'000});
         }},
    };
}

key_table auth_keys(auth_options& o) {
    return {
        {"method",
         [&o](reader& in, const raw_value& at) {
             read_choice<auth_method>(
                 in,
                 at,
                 o.method,
                 {{"trust", auth_method::trust}, {"scram-sha-256", auth_method::scram_sha_256}});
         }},
        {"users_file", [&o](reader& in, const raw_value& at) { in.read(at, o.users_file); }},
    };
}

key_table log_keys(log_options& o) {
    return {
        {"level",
         [&o](reader& in, const raw_value& at) {
             read_choice<std::string>(in,
                                      at,
                                      o.level,
                                      {{"trace", "trace"},
                                       {"debug", "debug"},
                                       {"info", "info"},
                                       {"warning", "warning"},
                                       {"error", "error"}});
         }},
        {"parameters", [&o](reader& in, const raw_value& at) { in.read(at, o.parameters); }},
    };
}

const std::vector<std::string> table_names = {
    "listen", "http", "state", "stores", "duet", "auth", "log"};

/// Everything written down, by dotted key, in the order of the file; overrides replace.
class document {
public:
    document(loaded_config& out, environment lookup) : out_(out), in_(out, lookup) {}

    void add_file(const toml::table& root, const std::string& source) {
        walk(root, "", source);
        std::stable_sort(values_.begin(), values_.end(), [](const auto& a, const auto& b) {
            return a.line < b.line;
        });
    }

    void add_override(const std::string& text) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0) {
            out_.problems.push_back({"--set", 0, text, "must be written KEY=VALUE"});
            return;
        }
        const std::string key = text.substr(0, equals);
        const std::string value = text.substr(equals + 1);
        // 5, true and "quoted" are TOML; anything else is a plain string: stage=solo needs no
        // quotes inside the shell's quotes.
        std::shared_ptr<toml::table> parsed;
        try {
            parsed = std::make_shared<toml::table>(toml::parse("value = " + value));
        } catch (const toml::parse_error&) {
            parsed = std::make_shared<toml::table>();
        }
        const toml::node* node = parsed->get("value");
        if (!node || node->is_date() || node->is_time() || node->is_date_time()) {
            parsed->insert_or_assign("value", value);
            node = parsed->get("value");
        }
        kept_.push_back(parsed);
        std::erase_if(values_, [&](const raw_value& other) { return other.key == key; });
        values_.push_back({node, "--set", 0, key});
    }

    void read() {
        config& value = out_.value;
        // Table by table; stores are made as they are met.
        std::map<std::string, key_table> tables = {
            {"listen", listen_keys(value.listen)},
            {"http", http_keys(value.http)},
            {"state", state_keys(value.state)},
            {"duet", duet_keys(value.duet)},
            {"auth", auth_keys(value.auth)},
            {"log", log_keys(value.log)},
        };
        for (const raw_value& at : values_) {
            const std::size_t dot = at.key.find('.');
            std::string table = at.key.substr(0, dot);
            std::string name = dot == std::string::npos ? "" : at.key.substr(dot + 1);
            if (table == "stores" && !name.empty()) {
                const std::size_t second = name.find('.');
                if (second == std::string::npos) {
                    in_.problem(at, "must be a table, such as [stores.old]");
                    continue;
                }
                const std::string store = name.substr(0, second);
                table += "." + store;
                name = name.substr(second + 1);
                if (!tables.contains(table)) {
                    value.stores[store].name = store;
                    tables[table] = store_keys(value.stores[store]);
                }
            }
            dispatch(tables, table, name, at);
            lines_[at.key] = at;
        }
    }

    /// The place of a key, for problems found later; the file as a whole if it is not there.
    raw_value place(const std::string& key) const {
        const auto found = lines_.find(key);
        if (found != lines_.end())
            return found->second;
        return {nullptr, out_.value.file.filename().string(), 0, key};
    }
    bool has(const std::string& key) const { return lines_.contains(key); }
    void problem(const std::string& key, std::string message) {
        in_.problem(place(key), std::move(message));
    }

private:
    void walk(const toml::table& table, const std::string& prefix, const std::string& source) {
        for (const auto& [key, node] : table) {
            const std::string dotted =
                prefix.empty() ? std::string{key.str()} : prefix + "." + std::string{key.str()};
            if (const toml::table* inner = node.as_table(); inner && !inner->empty())
                walk(*inner, dotted, source);
            else if (inner && prefix == "stores")
                values_.push_back({&node,
                                   source,
                                   static_cast<int>(node.source().begin.line),
                                   dotted + ".engine"});
            else if (!inner || !is_table_name(dotted))
                values_.push_back(
                    {&node, source, static_cast<int>(key.source().begin.line), dotted});
        }
    }

    static bool is_table_name(const std::string& name) {
        return std::find(table_names.begin(), table_names.end(), name) != table_names.end();
    }

    void dispatch(const std::map<std::string, key_table>& tables,
                  const std::string& table,
                  const std::string& name,
                  const raw_value& at) {
        const auto found = tables.find(table);
        if (found == tables.end() || name.empty())
            return unknown_table(tables, table, name, at);
        for (const auto& [key, read] : found->second) {
            if (key == name)
                return read(in_, at);
        }
        std::vector<std::string> names;
        for (const auto& [key, read] : found->second)
            names.push_back(key);
        const std::string near = nearest_name(name, names);
        in_.problem(
            at,
            near.empty() ? "unknown key" : "unknown key, did you mean " + table + "." + near + "?");
    }

    void unknown_table(const std::map<std::string, key_table>& tables,
                       const std::string& table,
                       const std::string& name,
                       const raw_value& at) {
        if (name.empty() && (tables.contains(table) || table == "stores"))
            return in_.problem(at, "must be a table, such as [" + table + "]");
        const std::string near = nearest_name(table, table_names);
        in_.problem(at,
                    near.empty() ? "unknown key"
                                 : "unknown key, did you mean " + near +
                                       (name.empty() ? "" : "." + name) + "?");
    }

    loaded_config& out_;
    reader in_;
    std::vector<raw_value> values_;
    std::map<std::string, raw_value> lines_;
    std::vector<std::shared_ptr<toml::table>> kept_;
};

void check_store(document& doc, const store_options& store) {
    const std::string base = "stores." + store.name + ".";
    if (!doc.has(base + "engine"))
        return doc.problem(base + "engine", "missing, must be \"postgres\" or \"sqlite\"");
    const auto refuse = [&](const char* key, const char* other) {
        if (doc.has(base + key))
            doc.problem(base + key, std::string{"belongs to engine \""} + other + "\"");
    };
    if (store.kind == engine::postgres) {
        if (!doc.has(base + "dsn"))
            doc.problem(base + "dsn", "missing, engine \"postgres\" needs it");
        refuse("path", "sqlite");
        refuse("database", "sqlite");
        refuse("busy_timeout", "sqlite");
        refuse("workers", "sqlite");
    } else {
        if (!doc.has(base + "path"))
            doc.problem(base + "path", "missing, engine \"sqlite\" needs it");
        refuse("dsn", "postgres");
        refuse("connect_timeout", "postgres");
    }
}

void check_role(document& doc,
                const config& value,
                const std::string& key,
                const std::string& name) {
    if (name.empty() || value.stores.contains(name))
        return;
    std::vector<std::string> names;
    for (const auto& [store, options] : value.stores)
        names.push_back(store);
    const std::string near = nearest_name(name, names);
    doc.problem(key,
                "there is no [stores." + name + "]" +
                    (near.empty() ? "" : ", did you mean \"" + near + "\"?"));
}

/// What no single key can know.
void check_whole(document& doc, const config& value) {
    for (const auto& [name, store] : value.stores)
        check_store(doc, store);
    if (!doc.has("duet.primary"))
        doc.problem("duet.primary", "missing, must name one of the [stores.NAME]");
    check_role(doc, value, "duet.primary", value.duet.primary);
    check_role(doc, value, "duet.shadow", value.duet.shadow);
    if (!value.duet.shadow.empty() && value.duet.shadow == value.duet.primary)
        doc.problem("duet.shadow", "must be another store than duet.primary");
    if (value.duet.shadow.empty() && value.duet.start_stage != stage::solo)
        doc.problem(
            "duet.shadow",
            "missing, stage \"" + std::string{to_string(value.duet.start_stage)} + "\" needs it");
    const auto primary = value.stores.find(value.duet.primary);
    const auto shadow = value.stores.find(value.duet.shadow);
    if (primary != value.stores.end() && shadow != value.stores.end() && primary != shadow) {
        const store_options& a = primary->second;
        const store_options& b = shadow->second;
        if (!a.path.empty() && a.path == b.path)
            doc.problem("stores." + b.name + ".path", "is the same file as stores." + a.name);
        if (!a.dsn.empty() && a.dsn == b.dsn)
            doc.problem("stores." + b.name + ".dsn", "is the same database as stores." + a.name);
    }
    if (value.auth.method == auth_method::scram_sha_256 && value.auth.users_file.empty())
        doc.problem("auth.users_file", "missing, method \"scram-sha-256\" needs it");
    if (value.auth.method == auth_method::trust && !value.auth.users_file.empty())
        doc.problem("auth.users_file", "is not used with method \"trust\"");
    if (value.listen.port != 0 && value.http.enabled && value.listen.port == value.http.port &&
        value.listen.address == value.http.address)
        doc.problem("http.port", "is the same as listen.port");
}

}  // namespace

std::string_view to_string(engine e) {
    return e == engine::postgres ? "postgres" : "sqlite";
}

std::string_view to_string(stage s) {
    switch (s) {
        case stage::solo:
            return "solo";
        case stage::mirror:
            return "mirror";
        case stage::switched:
            return "switched";
    }
    return "solo";
}

stage_or_error parse_stage(std::string_view name) {
    for (const stage s : {stage::solo, stage::mirror, stage::switched}) {
        if (name == to_string(s))
            return {s, ""};
    }
    const std::string quoted = "\"" + std::string{name} + "\"";
    for (const std::string_view later : {"capture", "canary", "retired"}) {
        if (name == later)
            return {std::nullopt,
                    quoted + " comes later, now there are \"solo\", \"mirror\" and \"switched\""};
    }
    return {std::nullopt, quoted + " is not a stage, must be \"solo\", \"mirror\" or \"switched\""};
}

std::string config_problem::to_string() const {
    std::string text = source;
    if (line > 0)
        text += ":" + std::to_string(line);
    if (!key.empty())
        text += ": " + key;
    return text + ": " + message;
}

std::optional<std::string> process_environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): at start
    return value ? std::optional<std::string>{value} : std::nullopt;
}

loaded_config load_config(const std::filesystem::path& file,
                          const std::vector<std::string>& overrides,
                          environment lookup) {
    loaded_config out;
    std::error_code ignored;
    out.value.file = std::filesystem::absolute(file, ignored);
    const std::string source = file.filename().string();
    out.value.state.directory = out.value.file.parent_path() / out.value.state.directory;

    toml::table root;
    try {
        root = toml::parse_file(out.value.file.string());
    } catch (const toml::parse_error& error) {
        const int line = static_cast<int>(error.source().begin.line);
        out.problems.push_back({source, line, "", std::string{error.description()}});
        return out;
    }
    document doc{out, lookup};
    doc.add_file(root, source);
    for (const std::string& text : overrides)
        doc.add_override(text);
    doc.read();
    check_whole(doc, out.value);
    return out;
}

}  // namespace pgduet::proxy
