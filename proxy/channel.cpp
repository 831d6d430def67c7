#include "proxy/channel.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>
#include <limits>

namespace pgduet::proxy {

channel::channel(loop_executor loop, int descriptor, ownership owner, SSL* tls)
    : descriptor_(loop, descriptor), owner_(owner), tls_(tls) {
    error_code ignored;
    descriptor_.native_non_blocking(true, ignored);
    if (tls_)
        SSL_set_mode(tls_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

channel::~channel() {
    close();
}

channel::transfer channel::read_now(char* into, std::size_t size) {
    if (!descriptor_.is_open())
        return {status::closed, 0};
    if (tls_) {
        ERR_clear_error();
        const int count = SSL_read(tls_, into, static_cast<int>(size));
        if (count > 0)
            return {status::done, static_cast<std::size_t>(count)};
        const transfer result = tls_result(count);
        read_wants_write_ = SSL_get_error(tls_, count) == SSL_ERROR_WANT_WRITE;
        return result;
    }
    for (;;) {
        const ssize_t count = ::recv(descriptor_.native_handle(), into, size, 0);
        if (count > 0)
            return {status::done, static_cast<std::size_t>(count)};
        if (count == 0)
            return {status::closed, 0};
        if (errno == EINTR)
            continue;
        return {errno == EAGAIN || errno == EWOULDBLOCK ? status::again : status::closed, 0};
    }
}

bool channel::has_buffered() const {
    return tls_ && SSL_has_pending(tls_);
}

channel::transfer channel::write_now(std::string_view bytes) {
    if (!descriptor_.is_open())
        return {status::closed, 0};
    if (tls_) {
        ERR_clear_error();
        const std::size_t limit = std::numeric_limits<int>::max();
        const int size = static_cast<int>(bytes.size() < limit ? bytes.size() : limit);
        const int count = SSL_write(tls_, bytes.data(), size);
        if (count > 0)
            return {status::done, static_cast<std::size_t>(count)};
        const transfer result = tls_result(count);
        write_wants_read_ = SSL_get_error(tls_, count) == SSL_ERROR_WANT_READ;
        return result;
    }
    for (;;) {
        const ssize_t count =
            ::send(descriptor_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count >= 0)
            return {status::done, static_cast<std::size_t>(count)};
        if (errno == EINTR)
            continue;
        return {errno == EAGAIN || errno == EWOULDBLOCK ? status::again : status::closed, 0};
    }
}

channel::transfer channel::tls_result(int code) {
    switch (SSL_get_error(tls_, code)) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE:
            return {status::again, 0};
        default:
            return {status::closed, 0};
    }
}

task<bool> channel::wait_readable() {
    using wait = asio::posix::descriptor_base;
    const auto what = read_wants_write_ ? wait::wait_write : wait::wait_read;
    auto [ec] = co_await descriptor_.async_wait(what, as_ec);
    co_return !ec;
}

task<bool> channel::wait_writable() {
    using wait = asio::posix::descriptor_base;
    const auto what = write_wants_read_ ? wait::wait_read : wait::wait_write;
    auto [ec] = co_await descriptor_.async_wait(what, as_ec);
    co_return !ec;
}

void channel::cancel() {
    error_code ignored;
    descriptor_.cancel(ignored);
}

void channel::close() {
    if (!descriptor_.is_open())
        return;
    error_code ignored;
    if (owner_ == ownership::borrowed) {
        descriptor_.cancel(ignored);
        descriptor_.release();
        return;
    }
    // Unread input would turn close() into a reset, which may overtake the last message sent.
    ::shutdown(descriptor_.native_handle(), SHUT_WR);
    char scrap[4096];
    for (int i = 0;
         i < 64 && ::recv(descriptor_.native_handle(), scrap, sizeof scrap, MSG_DONTWAIT) > 0;
         ++i) {
    }
    descriptor_.close(ignored);
}

char* receive_buffer() {
    alignas(64) thread_local char buffer[receive_bytes];
    return buffer;
}

}  // namespace pgduet::proxy
