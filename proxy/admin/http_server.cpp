#include "proxy/admin/http_server.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <thread>

#include "proxy/task.hpp"

namespace pgduet::proxy {

namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

namespace {

constexpr std::size_t connections_max = 64;
constexpr std::size_t request_bytes_max = 64 * 1024;
constexpr std::chrono::seconds silence_max{10};

using http_stream = beast::basic_stream<tcp, loop_executor>;

http_request simplify(const http::request<http::string_body>& request) {
    http_request out;
    out.method = std::string{request.method_string()};
    out.target = std::string{request.target()};
    out.content_type = std::string{request[http::field::content_type]};
    out.has_origin = request.find(http::field::origin) != request.end();
    out.body = request.body();
    return out;
}

/// Waits for the handler, which may answer on another thread and much later.
task<http_response> ask(const http_handler& handler, http_request request) {
    const loop_executor loop = co_await asio::this_coro::executor;
    auto start = [&handler, loop](auto done, http_request asked) {
        // std::function wants a copyable target; the coroutine's handler is not.
        auto kept = std::make_shared<decltype(done)>(std::move(done));
        auto guard = std::make_shared<asio::executor_work_guard<loop_executor>>(loop);
        handler(std::move(asked), [kept, guard, loop](http_response answer) {
            asio::post(loop, [kept, guard, answer = std::move(answer)]() mutable {
                std::move (*kept)(std::move(answer));
                guard->reset();
            });
        });
    };
    co_return co_await asio::async_initiate<const awaitable_token, void(http_response)>(
        std::move(start), awaited, std::move(request));
}

}  // namespace

class http_server::implementation {
public:
    implementation(const http_options& options, http_handler handler)
        : handler_(std::move(handler)), acceptor_(context_.get_executor()) {
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
            throw std::runtime_error(fmt::format(
                "cannot listen on http {}:{}: {}", options.address, options.port, ec.message()));
        port_ = acceptor_.local_endpoint().port();
        asio::co_spawn(context_.get_executor(), accept(), [](std::exception_ptr) {});
        thread_ = std::thread([this] { context_.run(); });
    }

    ~implementation() { stop(); }

    void stop() {
        if (!thread_.joinable())
            return;
        context_.stop();
        thread_.join();
    }

    std::uint16_t port() const { return port_; }

private:
    task<> accept() {
        for (;;) {
            auto [ec, socket] = co_await acceptor_.async_accept(as_ec);
            if (ec == asio::error::operation_aborted)
                co_return;
            if (ec || connections_ >= connections_max)
                continue;
            ++connections_;
            asio::co_spawn(context_.get_executor(),
                           converse(http_stream{std::move(socket)}),
                           [this](std::exception_ptr) { --connections_; });
        }
    }

    task<> converse(http_stream stream) {
        beast::flat_buffer buffer;
        for (bool keep = true; keep;) {
            http::request_parser<http::string_body> parser;
            parser.body_limit(request_bytes_max);
            stream.expires_after(silence_max);
            auto [ec, size] = co_await http::async_read(stream, buffer, parser, as_ec);
            if (ec == http::error::end_of_stream)
                break;
            if (ec)
                co_return;
            stream.expires_never();
            keep = parser.get().keep_alive();
            const unsigned version = parser.get().version();
            const bool head = parser.get().method() == http::verb::head;
            http_response answer = co_await ask(handler_, simplify(parser.get()));
            http::response<http::string_body> response{static_cast<http::status>(answer.status),
                                                       version};
            response.set(http::field::server, "pgduet");
            response.set(http::field::content_type, answer.content_type);
            response.set(http::field::cache_control, "no-store");
            response.keep_alive(keep);
            response.body() = std::move(answer.body);
            response.prepare_payload();
            if (head)
                response.body().clear();
            stream.expires_after(silence_max);
            auto [failed, sent] = co_await http::async_write(stream, response, as_ec);
            if (failed)
                co_return;
        }
        error_code ignored;
        stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
    }

    asio::io_context context_{1};
    http_handler handler_;
    asio::basic_socket_acceptor<tcp, loop_executor> acceptor_;
    std::uint16_t port_ = 0;
    std::size_t connections_ = 0;
    std::thread thread_;
};

http_server::http_server(const http_options& options, http_handler handler)
    : self_(std::make_unique<implementation>(options, std::move(handler))) {}

http_server::~http_server() = default;

std::uint16_t http_server::port() const {
    return self_->port();
}

void http_server::stop() {
    self_->stop();
}

http_response http_call(const std::string& address,
                        std::uint16_t port,
                        const http_request& request) {
    const std::string place = fmt::format("{}:{}", address, port);
    error_code ec;
    asio::io_context context;
    tcp::socket socket{context};
    const auto host = asio::ip::make_address(address, ec);
    if (!ec)
        socket.connect({host, port}, ec);
    if (ec)
        throw std::runtime_error(
            fmt::format("no pgduet answers on http {}: {}", place, ec.message()));
    http::request<http::string_body> message{
        http::string_to_verb(request.method), request.target, 11};
    message.set(http::field::host, place);
    message.set(http::field::connection, "close");
    if (!request.content_type.empty())
        message.set(http::field::content_type, request.content_type);
    message.body() = request.body;
    message.prepare_payload();
    http::write(socket, message, ec);
    beast::flat_buffer buffer;
    http::response<http::string_body> response;
    if (!ec)
        http::read(socket, buffer, response, ec);
    if (ec)
        throw std::runtime_error(fmt::format("http {}: {}", place, ec.message()));
    return {static_cast<int>(response.result_int()),
            std::string{response[http::field::content_type]},
            std::move(response.body())};
}

}  // namespace pgduet::proxy
