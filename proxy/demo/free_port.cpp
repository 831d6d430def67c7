#include "proxy/demo/free_port.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace pgduet::proxy::demo {

int free_port() {
    namespace ip = boost::asio::ip;
    boost::asio::io_context loop;
    const ip::tcp::acceptor probe(loop, ip::tcp::endpoint(ip::address_v4::loopback(), 0));
    return probe.local_endpoint().port();
}

}  // namespace pgduet::proxy::demo
