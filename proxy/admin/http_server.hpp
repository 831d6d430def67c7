#pragma once

#include <cstdint>
#include <memory>

#include "proxy/admin/http_message.hpp"
#include "proxy/config/config.hpp"

namespace pgduet::proxy {

/// HTTP/1.1 for people and monitoring, on a thread of its own. Bounds: 64 connections, 64 KiB of
/// request, 10 s of silence; an answer may take as long as its handler wants.
class http_server {
public:
    /// Listens at once; throws std::runtime_error if it cannot. The handler is called on the
    /// server's thread.
    http_server(const http_options& options, http_handler handler);
    ~http_server();

    std::uint16_t port() const;
    /// Closes everything and joins the thread.
    void stop();

private:
    class implementation;
    std::unique_ptr<implementation> self_;
};

/// One request to a running pgduet; throws std::runtime_error naming the trouble.
http_response http_call(const std::string& address,
                        std::uint16_t port,
                        const http_request& request);

}  // namespace pgduet::proxy
