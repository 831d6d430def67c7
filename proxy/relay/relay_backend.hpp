#pragma once

#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <optional>

#include "proxy/backend.hpp"
#include "proxy/event.hpp"
#include "proxy/metrics.hpp"
#include "proxy/relay/dial.hpp"
#include "shadow/capture/wire_capture.hpp"

namespace pgduet::proxy {

/// What relays share; outlives them all.
struct relay_services {
    loop_executor loop;
    asio::thread_pool& connectors;  ///< dial
    asio::thread_pool& cancellers;  ///< PQcancel
    metrics& counts;
};

/// A client of a PostgreSQL primary: libpq dials, then frames move both ways as they are.
///
///     client ──▶ capture ──▶ server     one pump: wait, recv, look, send
///     client ◀── capture ◀── server     the other; each stops reading while its writer is blocked
///
/// A pump sends at once and asks the loop only when the kernel's buffer is full.
class relay_backend final : public backend {
public:
    relay_backend(relay_services services,
                  const store_options& store,
                  client_identity client,
                  capture::wire_capture::shared context,
                  const session_orders& orders);
    ~relay_backend() override;

    task<std::optional<protocol::sql_error>> open(const carried_state& carried) override;
    settings_list parameter_status() const override;
    task<departure> run(channel& client, std::string first) override;
    void look() override;
    bool at_rest() const override;
    void cancel() override;
    carried_state carry() const override;
    std::string pinned() const override;
    std::string last_error() const override;

private:
    task<> pump_client(channel& client);
    task<> pump_server(channel& client);
    task<bool> flush(channel& to, std::string& bytes);
    void send_released(channel& client);
    task<bool> replay(const std::vector<std::string>& parses);
    void depart(departure why);
    bool should_leave() const;

    relay_services services_;
    const store_options& store_;
    client_identity client_identity_;
    capture::wire_capture::shared context_;
    const session_orders& orders_;

    std::shared_ptr<std::atomic<bool>> abandon_ = std::make_shared<std::atomic<bool>>(false);
    connection_ptr connection_;
    std::shared_ptr<PGcancel> cancel_;
    std::optional<channel> server_;  ///< borrows the descriptor: destroyed before connection_
    std::optional<capture::wire_capture> capture_;

    channel* client_ = nullptr;  ///< while run() runs
    std::optional<departure> departure_;
    std::string to_server_;
    std::string to_client_;
    bool server_busy_ = false;  ///< somebody is flushing to_server_
    bool client_busy_ = false;
    bool client_waits_ = false;  ///< pump_client stands still until the server has answered
    bool server_said_goodbye_ = false;
    event answered_;
};

}  // namespace pgduet::proxy
