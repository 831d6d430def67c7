#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>

#include "proxy/session.hpp"
#include "proxy/session_registry.hpp"

namespace pgduet::proxy {

/// Listens for PostgreSQL clients and hands each to the registry. Loop thread only.
class server {
public:
    /// Listens at once; throws std::runtime_error naming the address if it cannot.
    server(session_services& services, session_registry& sessions);

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

    /// Accepts until `stop()`.
    task<> run();
    /// Accepts no more; connections that stand in the queue are reset.
    void stop();

private:
    session_services& services_;
    session_registry& sessions_;
    asio::basic_socket_acceptor<asio::ip::tcp, loop_executor> acceptor_;
};

}  // namespace pgduet::proxy
