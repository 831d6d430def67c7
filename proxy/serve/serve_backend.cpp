#include "proxy/serve/serve_backend.hpp"

#include <spdlog/spdlog.h>

#include "protocol/byte_writer.hpp"
#include "protocol/frontend_message.hpp"
#include "protocol/sql_types/sqlstate.hpp"
#include "proxy/run_on.hpp"

namespace pgduet::proxy {

namespace sqlstate = protocol::sqlstate;
namespace sqlite = store::sqlite;

namespace {

protocol::sql_error fatal(std::string_view state, std::string message) {
    protocol::sql_error error = protocol::make_error(state, std::move(message));
    error.severity = "FATAL";
    return error;
}

std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'')
            out += c;
        out += c;
    }
    return out + "'";
}

}  // namespace

serve_backend::serve_backend(serve_services services,
                             std::shared_ptr<sqlite_primary> primary,
                             const store_options& store,
                             std::size_t message_bytes_max,
                             client_identity client,
                             cancel_key key,
                             capture::wire_capture::shared context,
                             const session_orders& orders)
    : services_(services),
      primary_(std::move(primary)),
      store_(store),
      message_bytes_max_(message_bytes_max),
      client_identity_(std::move(client)),
      key_(key),
      context_(context),
      orders_(orders) {}

serve_backend::~serve_backend() = default;

task<std::optional<protocol::sql_error>> serve_backend::open(const carried_state& carried) {
    if (!store_.database.empty() && client_identity_.database != store_.database)
        co_return fatal(sqlstate::invalid_catalog_name,
                        "database \"" + client_identity_.database + "\" does not exist");
    if (!client_identity_.unknown_options.empty())
        co_return fatal(sqlstate::syntax_error,
                        "invalid command-line argument for server process: " +
                            client_identity_.unknown_options.front());
    for (const auto& [name, value] : client_identity_.parameters) {
        if (name == "replication" && value != "false" && value != "off" && value != "0")
            co_return fatal(sqlstate::feature_not_supported,
                            "replication connections are not supported");
    }
    auto start = [this]() -> std::optional<protocol::sql_error> {
        auto opened = primary_->open();
        if (!opened)
            return opened.error();
        database_ = *opened;
        sqlite::session_identity identity;
        identity.user = client_identity_.user;
        identity.process_id = key_.process;
        identity.settings = client_identity_.settings;
        driver_ = std::make_unique<serve_driver>(
            *database_, services_.parser, serve_settings{std::move(identity), message_bytes_max_});
        return driver_->start();
    };
    if (auto error = co_await run_on(services_.helpers, start)) {
        error->severity = "FATAL";
        co_return error;
    }
    reported_ = driver_->reported_settings();
    co_await replay(carried);
    driver_->record_to(context_, client_identity_.session);
    co_return std::nullopt;
}

/// Settings and named statements from another store, as the client would have sent them; the
/// answers are thrown away.
task<> serve_backend::replay(const carried_state& carried) {
    std::string messages;
    protocol::byte_writer writer{messages};
    for (const auto& [name, value] : carried.settings) {
        const std::string text =
            "SELECT pg_catalog.set_config(" + quoted(name) + ", " + quoted(value) + ", false)";
        protocol::encode(writer, protocol::frontend_message{protocol::query{text}});
    }
    for (const std::string& parse : carried.parses) {
        messages += parse;
        protocol::encode(writer, protocol::frontend_message{protocol::sync{}});
    }
    if (messages.empty())
        co_return;
    driver_->append(messages);
    for (;;) {
        auto work = [this] { return driver_->drive(); };
        const serve_driver::need next = co_await run_on(primary_->workers(), work);
        driver_->output().clear();
        if (next == serve_driver::need::reader || next == serve_driver::need::writer)
            driver_->give(co_await acquire(next == serve_driver::need::writer));
        else if (next != serve_driver::need::flush)
            co_return;
    }
}

settings_list serve_backend::parameter_status() const {
    return reported_;
}

bool serve_backend::should_leave() const {
    return orders_.leave_now || (orders_.leave_at_rest && at_rest());
}

bool serve_backend::at_rest() const {
    return driver_ && !driving_ && driver_->at_rest();
}

void serve_backend::look() {
    if (client_ && should_leave())
        client_->cancel();
    if (orders_.leave_now)
        cancel();
}

task<departure> serve_backend::run(channel& client, std::string first) {
    client_ = &client;
    struct leaving {
        channel*& entry;
        ~leaving() { entry = nullptr; }
    } const left{client_};
    driver_->append(first);
    if (first.empty() && should_leave())
        co_return departure::ordered;
    for (bool more = !first.empty();;) {
        // Reads until there is something to do.
        while (!more) {
            if (should_leave())
                co_return departure::ordered;
            const auto got = client.read_now(receive_buffer(), receive_bytes);
            if (got.how == channel::status::closed)
                co_return departure::terminated;
            if (got.how == channel::status::again) {
                co_await client.wait_readable();
                continue;
            }
            services_.counts.serve_bytes_to_server.add(got.bytes);
            driver_->append({receive_buffer(), got.bytes});
            more = true;
        }
        const serve_driver::need next = co_await drive(client);
        if (!co_await flush(client) || next == serve_driver::need::finish)
            co_return departure::terminated;
        if (orders_.leave_now)
            co_return departure::ordered;
        if (next == serve_driver::need::reader || next == serve_driver::need::writer)
            driver_->give(co_await acquire(next == serve_driver::need::writer));
        more = next != serve_driver::need::read;
    }
}

/// One turn on a worker. What the kernel takes at once is sent from there: the answer does not wait
/// for the loop.
task<serve_driver::need> serve_backend::drive(channel& client) {
    const std::uint64_t before = driver_->statements_run();
    std::size_t sent = 0;
    auto work = [this, &client, &sent] {
        const serve_driver::need next = driver_->drive();
        std::string& out = driver_->output();
        if (!out.empty()) {
            sent = client.write_now(out).bytes;
            out.erase(0, sent);
        }
        return next;
    };
    driving_ = true;
    const serve_driver::need next = co_await run_on(primary_->workers(), work);
    driving_ = false;
    services_.counts.serve_bytes_to_client.add(sent);
    services_.counts.serve_queries.add(driver_->statements_run() - before);
    co_return next;
}

task<bool> serve_backend::flush(channel& client) {
    std::string& out = driver_->output();
    std::size_t sent = 0;
    while (sent < out.size()) {
        const auto result = client.write_now(std::string_view{out}.substr(sent));
        if (result.how == channel::status::closed)
            co_return false;
        sent += result.bytes;
        if (result.how == channel::status::again && !co_await client.wait_writable() &&
            (orders_.leave_now || !client.is_open()))
            co_return false;
    }
    services_.counts.serve_bytes_to_client.add(sent);
    out.clear();
    if (out.capacity() > receive_bytes)
        out.shrink_to_fit();
    co_return true;
}

/// Waits in the store's queue; an empty lease if the wait was cancelled.
task<store::sqlite::lease> serve_backend::acquire(bool writer) {
    auto start = [this, writer](auto done) {
        const loop_executor loop = services_.loop;
        // Called once: by the store on any thread, or by cancel() on the loop.
        auto kept = std::make_shared<decltype(done)>(std::move(done));
        auto guard = asio::make_work_guard(loop);
        auto finish = [loop, kept, guard](std::shared_ptr<lease> held) {
            asio::post(loop,
                       [kept, held, guard]() mutable { std::move (*kept)(std::move(*held)); });
        };
        end_wait_ = [finish] { finish(std::make_shared<lease>()); };
        const auto granted = [finish](lease held) {
            finish(std::make_shared<lease>(std::move(held)));
        };
        waiting_ = writer ? database_->acquire_writer(granted) : database_->acquire_reader(granted);
    };
    lease held = co_await asio::async_initiate<const awaitable_token, void(lease)>(std::move(start),
                                                                                   awaited);
    waiting_ = 0;
    end_wait_ = nullptr;
    co_return held;
}

void serve_backend::cancel() {
    if (!driver_)
        return;
    if (waiting_ != 0) {
        // Only if the store has not called back already may the waiter be resumed from here.
        if (database_->cancel(waiting_)) {
            waiting_ = 0;
            end_wait_();
        }
        return;
    }
    if (driving_)
        driver_->cancel();
}

carried_state serve_backend::carry() const {
    return {driver_->settings(), driver_->named_statements()};
}

std::string serve_backend::pinned() const {
    return driver_ ? driver_->pinned() : "";
}

}  // namespace pgduet::proxy
