#include "proxy/relay/relay_backend.hpp"

#include <openssl/ssl.h>
#include <spdlog/spdlog.h>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "protocol/sql_types/sqlstate.hpp"
#include "proxy/run_on.hpp"

namespace pgduet::proxy {

namespace {

/// A Sync message: every replayed Parse gets its own, so that one that fails harms no other.
constexpr std::string_view sync_message{"S\0\0\0\4", 5};

/// What a session's send buffer may hold on to while nothing is to be sent.
constexpr std::size_t idle_bytes_max = 8 * 1024;

/// The parameters PostgreSQL reports at login, in the order it does.
constexpr const char* reported[] = {"application_name",
                                    "client_encoding",
                                    "DateStyle",
                                    "default_transaction_read_only",
                                    "in_hot_standby",
                                    "integer_datetimes",
                                    "IntervalStyle",
                                    "is_superuser",
                                    "scram_iterations",
                                    "search_path",
                                    "server_encoding",
                                    "server_version",
                                    "session_authorization",
                                    "standard_conforming_strings",
                                    "TimeZone"};

}  // namespace

relay_backend::relay_backend(relay_services services,
                             const store_options& store,
                             client_identity client,
                             capture::wire_capture::shared context,
                             const session_orders& orders)
    : services_(services),
      store_(store),
      client_identity_(std::move(client)),
      context_(context),
      orders_(orders),
      answered_(services.loop) {}

relay_backend::~relay_backend() {
    *abandon_ = true;
    if (capture_ && !capture_->at_rest()) {
        capture_->abandon();
        // The server may be in the middle of a long query that nobody waits for any more.
        cancel();
    }
}

task<std::optional<protocol::sql_error>> relay_backend::open(const carried_state& carried) {
    auto connect = [this, &carried] {
        dialled result = dial(store_, client_identity_, abandon_);
        if (result.connection) {
            for (const std::string& name :
                 apply_settings(result.connection.get(), carried.settings))
                spdlog::warn("session {}: setting {} could not be carried over to store {}",
                             client_identity_.session,
                             name,
                             store_.name);
        }
        return result;
    };
    dialled result = co_await run_on(services_.connectors, connect);
    if (result.error)
        co_return result.error;
    connection_ = std::move(result.connection);
    cancel_.reset(PQgetCancel(connection_.get()), PQfreeCancel);
    server_.emplace(services_.loop,
                    PQsocket(connection_.get()),
                    channel::ownership::borrowed,
                    static_cast<SSL*>(PQsslStruct(connection_.get(), "OpenSSL")));
    capture_.emplace(context_,
                     client_identity_.session,
                     carried.settings.empty() ? client_identity_.settings : carried.settings);
    if (!carried.parses.empty() && !co_await replay(carried.parses)) {
        protocol::sql_error error =
            protocol::make_error(protocol::sqlstate::connection_failure,
                                 "connection to store \"" + store_.name + "\" was lost");
        error.severity = "FATAL";
        co_return error;
    }
    co_return std::nullopt;
}

/// Prepares the client's named statements on this store and swallows the answers.
task<bool> relay_backend::replay(const std::vector<std::string>& parses) {
    std::string messages;
    for (const std::string& parse : parses) {
        messages += parse;
        messages += sync_message;
    }
    capture_->on_client(messages, to_server_);
    if (!co_await flush(*server_, to_server_))
        co_return false;
    std::string swallowed;
    while (!capture_->at_rest()) {
        const auto got = server_->read_now(receive_buffer(), receive_bytes);
        if (got.how == channel::status::closed)
            co_return false;
        if (got.how == channel::status::again) {
            if (orders_.leave_now || !co_await server_->wait_readable())
                co_return false;
            continue;
        }
        capture_->on_server({receive_buffer(), got.bytes}, swallowed, to_server_);
        swallowed.clear();
        if (!co_await flush(*server_, to_server_))
            co_return false;
    }
    co_return true;
}

settings_list relay_backend::parameter_status() const {
    settings_list out;
    for (const char* name : reported) {
        if (const char* value = PQparameterStatus(connection_.get(), name))
            out.emplace_back(name, value);
    }
    return out;
}

task<departure> relay_backend::run(channel& client, std::string first) {
    using namespace asio::experimental::awaitable_operators;
    client_ = &client;
    departure_.reset();
    if (!first.empty())
        capture_->on_client(first, to_server_);
    else if (should_leave())
        co_return departure::ordered;
    co_await (pump_client(client) && pump_server(client));
    client_ = nullptr;
    co_return departure_.value_or(departure::terminated);
}

void relay_backend::depart(departure why) {
    if (departure_)
        return;
    departure_ = why;
    if (client_)
        client_->cancel();
    server_->cancel();
    answered_.notify_all();
}

bool relay_backend::should_leave() const {
    return orders_.leave_now || (orders_.leave_at_rest && at_rest());
}

void relay_backend::look() {
    if (!capture_ || !client_) {
        // Still connecting, or not running: there is nobody to wait for.
        *abandon_ = orders_.leave_at_rest || orders_.leave_now;
        if (server_ && orders_.leave_now)
            server_->cancel();
        return;
    }
    if (should_leave())
        depart(departure::ordered);
}

bool relay_backend::at_rest() const {
    return capture_ && capture_->at_rest() && to_server_.empty() && to_client_.empty();
}

task<> relay_backend::pump_client(channel& client) {
    bool try_now = client.has_buffered();
    while (!departure_) {
        if (!to_server_.empty() && !co_await flush(*server_, to_server_)) {
            if (!departure_)
                depart(departure::server_lost);
            break;
        }
        if (!capture_->wants_client()) {
            client_waits_ = true;
            co_await answered_.wait();
            client_waits_ = false;
            continue;
        }
        // Woken for another reason than bytes, the read says so and the loop starts again.
        if (!try_now)
            co_await client.wait_readable();
        if (departure_)
            break;
        const auto got = client.read_now(receive_buffer(), receive_bytes);
        if (got.how == channel::status::closed) {
            depart(departure::terminated);
            break;
        }
        try_now = client.has_buffered();
        if (got.how == channel::status::again)
            continue;
        services_.counts.relay_bytes_to_server.add(got.bytes);
        capture_->on_client({receive_buffer(), got.bytes}, to_server_);
        if (capture_->broken()) {
            depart(departure::broken);
            break;
        }
        if (capture_->terminated()) {
            co_await flush(*server_, to_server_);
            depart(departure::terminated);
        }
    }
}

task<> relay_backend::pump_server(channel& client) {
    bool try_now = server_->has_buffered();
    while (!departure_) {
        if (!try_now && !co_await server_->wait_readable()) {
            if (!departure_)
                depart(departure::server_lost);
            break;
        }
        if (departure_)
            break;
        const auto got = server_->read_now(receive_buffer(), receive_bytes);
        if (got.how == channel::status::closed) {
            depart(departure::server_lost);
            break;
        }
        try_now = server_->has_buffered();
        if (got.how == channel::status::again)
            continue;
        const std::string_view answer{receive_buffer(), got.bytes};
        // A server that ends a session says so in a message of its own.
        server_said_goodbye_ =
            answer.front() == 'E' && answer.find("VFATAL") != std::string_view::npos;
        capture_->on_server(answer, to_client_, to_server_);
        services_.counts.relay_bytes_to_client.add(to_client_.size());
        if (capture_->at_rest())
            services_.counts.relay_queries.add();
        if (!to_server_.empty())
            send_released(client);
        if (!to_client_.empty() && !co_await flush(client, to_client_)) {
            if (!departure_)
                depart(departure::terminated);
            break;
        }
        if (client_waits_)
            answered_.notify_all();
        if (should_leave())
            depart(departure::ordered);
    }
}

/// Sends what the capture let go to the server when an answer came. Never waits: while the server
/// does not read, its answers must still be read. What does not fit is left to pump_client.
void relay_backend::send_released(channel& client) {
    if (server_busy_)
        return;
    const auto result = server_->write_now(to_server_);
    to_server_.erase(0, result.bytes);
    if (to_server_.empty())
        return;
    client.cancel();
    answered_.notify_all();
}

/// Sends everything; what is appended meanwhile goes along. False if the connection is gone or the
/// session leaves.
task<bool> relay_backend::flush(channel& to, std::string& bytes) {
    bool& busy = &to == client_ ? client_busy_ : server_busy_;
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        const auto result = to.write_now(std::string_view{bytes}.substr(sent));
        if (result.how == channel::status::closed)
            co_return false;
        sent += result.bytes;
        if (result.how == channel::status::again) {
            busy = true;
            const bool writable = co_await to.wait_writable();
            busy = false;
            if (!writable)
                co_return false;
        }
    }
    bytes.clear();
    // One huge answer must not make this session keep a huge buffer.
    if (bytes.capacity() > idle_bytes_max)
        bytes.shrink_to_fit();
    co_return true;
}

void relay_backend::cancel() {
    if (!cancel_)
        return;
    asio::post(services_.cancellers, [handle = cancel_, session = client_identity_.session] {
        char message[256];
        if (!PQcancel(handle.get(), message, sizeof message))
            spdlog::warn("session {}: cancel failed: {}", session, message);
    });
}

carried_state relay_backend::carry() const {
    return {capture_->settings(), capture_->named_statements()};
}

std::string relay_backend::pinned() const {
    return capture_ && capture_->pinned()
               ? "it holds a temporary table, a cursor, a lock or a LISTEN on its server"
               : "";
}

std::string relay_backend::last_error() const {
    return server_said_goodbye_ ? "" : "connection to store \"" + store_.name + "\" was lost";
}

}  // namespace pgduet::proxy
