#include "proxy/server.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <stdexcept>

namespace pgduet::proxy {

using tcp = asio::ip::tcp;

server::server(session_services& services, session_registry& sessions)
    : services_(services), sessions_(sessions), acceptor_(services.loop) {
    const listen_options& options = services.configuration.listen;
    error_code ec;
    const auto address = asio::ip::make_address(options.address, ec);
    const tcp::endpoint endpoint{address, options.port};
    if (!ec)
        acceptor_.open(endpoint.protocol(), ec);
    if (!ec)
        acceptor_.set_option(tcp::acceptor::reuse_address{true}, ec);
    if (!ec)
        acceptor_.bind(endpoint, ec);
    if (!ec)
        acceptor_.listen(asio::socket_base::max_listen_connections, ec);
    if (ec)
        throw std::runtime_error(
            fmt::format("cannot listen on {}:{}: {}", options.address, options.port, ec.message()));
}

task<> server::run() {
    while (acceptor_.is_open()) {
        auto [ec, socket] = co_await acceptor_.async_accept(as_ec);
        if (ec == asio::error::operation_aborted)
            co_return;
        if (ec) {
            // Out of descriptors, most likely: let some sessions end first.
            spdlog::error("accept: {}", ec.message());
            asio::steady_timer pause{services_.loop, std::chrono::milliseconds{100}};
            co_await pause.async_wait(as_ec);
            continue;
        }
        error_code ignored;
        socket.set_option(tcp::no_delay{true}, ignored);
        // A client whose machine vanished is noticed within the system's keepalive time.
        socket.set_option(asio::socket_base::keep_alive{true}, ignored);
        const int descriptor = socket.release(ignored);
        sessions_.spawn(services_, descriptor);
    }
}

void server::stop() {
    error_code ignored;
    acceptor_.close(ignored);
}

}  // namespace pgduet::proxy
