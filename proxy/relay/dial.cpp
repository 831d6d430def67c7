#include "proxy/relay/dial.hpp"

#include <poll.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "protocol/sql_types/sqlstate.hpp"

namespace pgduet::proxy {

namespace {

using std::chrono::steady_clock;

struct free_options {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
struct free_memory {
    void operator()(char* text) const { PQfreemem(text); }
};

protocol::sql_error fatal(std::string_view state, std::string message) {
    protocol::sql_error error = protocol::make_error(state, std::move(message));
    error.severity = "FATAL";
    return error;
}

/// What the DSN itself says, without libpq's defaults; empty with `error` if it is malformed.
std::map<std::string, std::string> parse_dsn(const std::string& dsn, std::string& error) {
    std::map<std::string, std::string> values;
    char* text = nullptr;
    const std::unique_ptr<PQconninfoOption, free_options> options{
        PQconninfoParse(dsn.c_str(), &text)};
    const std::unique_ptr<char, free_memory> message{text};
    if (!options) {
        error = text ? text : "malformed dsn";
        return values;
    }
    for (const PQconninfoOption* option = options.get(); option->keyword; ++option) {
        if (option->val && *option->val)
            values[option->keyword] = option->val;
    }
    return values;
}

/// One setting as a server's command line option; backslash and space are escaped there.
std::string option_text(const std::string& name, const std::string& value) {
    std::string text = "-c " + name + "=";
    for (const char c : value) {
        if (c == '\\' || std::isspace(static_cast<unsigned char>(c)))
            text += '\\';
        text += c;
    }
    return text;
}

bool is_protocol_parameter(const std::string& name) {
    return name == "user" || name == "database" || name == "replication" ||
           name.starts_with("_pq_.");
}

/// libpq's keywords for this client. The server lets later options win, so the DSN's go last.
std::map<std::string, std::string> keywords(std::map<std::string, std::string> fixed,
                                            const client_identity& client) {
    std::map<std::string, std::string> out = fixed;
    out.emplace("user", client.user);
    out.emplace("dbname", client.database);
    std::string options;
    const auto append = [&options](const std::string& text) {
        if (!options.empty() && !text.empty())
            options += ' ';
        options += text;
    };
    for (const auto& [name, value] : client.parameters) {
        if (is_protocol_parameter(name))
            continue;
        if (name == "application_name" || name == "client_encoding")
            out.emplace(name, value);
        else if (name == "options")
            append(value);
        else
            append(option_text(name, value));
    }
    append(fixed["options"]);
    if (!options.empty())
        out["options"] = options;
    return out;
}

/// libpq keeps only text of a failed login. Asked for verbose messages, it writes
/// "FATAL:  3D000: database "x" does not exist": take the last of these.
protocol::sql_error read_failure(PGconn* connection, const std::string& dsn) {
    const std::string text = without_secrets(PQerrorMessage(connection), dsn);
    const auto is_state = [](std::string_view s) {
        return std::all_of(
            s.begin(), s.end(), [](unsigned char c) { return std::isdigit(c) || std::isupper(c); });
    };
    for (std::size_t at = text.rfind(":  "); at != std::string::npos && at > 0;
         at = text.rfind(":  ", at - 1)) {
        const std::size_t state = at + 3;
        if (state + 7 > text.size() || text[state + 5] != ':' ||
            !is_state(std::string_view{text}.substr(state, 5)))
            continue;
        const std::size_t end = text.find('\n', state);
        return fatal(text.substr(state, 5), text.substr(state + 7, end - state - 7));
    }
    std::string trimmed = text;
    while (!trimmed.empty() && std::isspace(static_cast<unsigned char>(trimmed.back())))
        trimmed.pop_back();
    return fatal(protocol::sqlstate::sqlclient_unable_to_establish_sqlconnection,
                 trimmed.empty() ? "could not connect to the primary" : trimmed);
}

/// Waits for what libpq asked for, in slices so that `abandon` is seen.
bool wait_for(int descriptor,
              short what,
              steady_clock::time_point deadline,
              const std::atomic<bool>& abandon) {
    while (steady_clock::now() < deadline && !abandon) {
        pollfd entry{descriptor, what, 0};
        if (::poll(&entry, 1, 20) > 0)
            return true;
    }
    return false;
}

}  // namespace

std::string without_secrets(std::string message, const std::string& dsn) {
    std::string ignored;
    const auto values = parse_dsn(dsn, ignored);
    for (const char* key : {"password", "sslpassword"}) {
        const auto found = values.find(key);
        if (found == values.end())
            continue;
        for (std::size_t at; (at = message.find(found->second)) != std::string::npos;)
            message.replace(at, found->second.size(), "***");
    }
    return message;
}

dialled dial(const store_options& store,
             const client_identity& client,
             std::shared_ptr<const std::atomic<bool>> abandon) {
    std::string malformed;
    const auto fixed = parse_dsn(store.dsn, malformed);
    if (!malformed.empty())
        return {nullptr,
                fatal(protocol::sqlstate::sqlclient_unable_to_establish_sqlconnection,
                      "the dsn of store \"" + store.name + "\" is malformed")};
    const auto words = keywords(fixed, client);
    std::vector<const char*> names;
    std::vector<const char*> values;
    for (const auto& [name, value] : words) {
        names.push_back(name.c_str());
        values.push_back(value.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);

    const auto deadline = steady_clock::now() + store.connect_timeout;
    dialled result;
    result.connection.reset(PQconnectStartParams(names.data(), values.data(), 0));
    PGconn* connection = result.connection.get();
    if (!connection) {
        result.error = fatal(protocol::sqlstate::out_of_memory, "out of memory");
        return result;
    }
    PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
    PQsetNoticeProcessor(
        connection, [](void*, const char*) {}, nullptr);
    for (PostgresPollingStatusType next = PGRES_POLLING_WRITING; next != PGRES_POLLING_OK;
         next = PQconnectPoll(connection)) {
        if (next == PGRES_POLLING_FAILED || PQstatus(connection) == CONNECTION_BAD) {
            result.error = read_failure(connection, store.dsn);
            result.connection.reset();
            return result;
        }
        // The descriptor may change from one poll to the next (several hosts, TLS retry).
        const short what = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        if (!wait_for(PQsocket(connection), what, deadline, *abandon)) {
            result.error =
                fatal(protocol::sqlstate::sqlclient_unable_to_establish_sqlconnection,
                      "connection to store \"" + store.name + "\" failed: no answer in time");
            result.connection.reset();
            return result;
        }
    }
    PQsetErrorVerbosity(connection, PQERRORS_DEFAULT);
    return result;
}

std::vector<std::string> apply_settings(PGconn* connection, const settings_list& settings) {
    std::vector<std::string> skipped;
    for (const auto& [name, value] : settings) {
        const char* values[] = {name.c_str(), value.c_str()};
        const std::unique_ptr<PGresult, void (*)(PGresult*)> answer{
            PQexecParams(connection,
                         "SELECT pg_catalog.set_config($1, $2, false)",
                         2,
                         nullptr,
                         values,
                         nullptr,
                         nullptr,
                         0),
            PQclear};
        if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK)
            skipped.push_back(name);
    }
    return skipped;
}

std::optional<std::string> ping(const store_options& store) {
    std::string malformed;
    auto words = parse_dsn(store.dsn, malformed);
    if (!malformed.empty())
        return without_secrets(malformed, store.dsn);
    words["connect_timeout"] = "2";
    std::vector<const char*> names;
    std::vector<const char*> values;
    for (const auto& [name, value] : words) {
        names.push_back(name.c_str());
        values.push_back(value.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    switch (PQpingParams(names.data(), values.data(), 0)) {
        case PQPING_OK:
            return std::nullopt;
        case PQPING_REJECT:
            return "it does not accept connections now";
        case PQPING_NO_RESPONSE:
            return "no answer";
        default:
            return "the dsn cannot be used";
    }
}

}  // namespace pgduet::proxy
