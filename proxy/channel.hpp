#pragma once

#include <openssl/ossl_typ.h>

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "proxy/task.hpp"

namespace pgduet::proxy {

/// One direction-independent byte connection of the loop: a non-blocking descriptor, plain or with
/// an established TLS session on it. Sends are tried at once; the loop is asked only when the
/// kernel's buffer is full. Nothing is buffered for an idle connection.
class channel {
public:
    enum class status { done, again, closed };
    struct transfer {
        status how = status::done;
        std::size_t bytes = 0;
    };
    enum class ownership { owned, borrowed };

    /// `borrowed`: the descriptor belongs to somebody else (libpq) and is not closed here. `tls`
    /// is always borrowed.
    channel(loop_executor loop, int descriptor, ownership owner, SSL* tls = nullptr);
    channel(const channel&) = delete;
    channel& operator=(const channel&) = delete;
    ~channel();

    /// Reads what is there, up to `size` bytes; `again` when nothing is.
    transfer read_now(char* into, std::size_t size);
    /// True when bytes may be waiting inside TLS, where the descriptor's readiness cannot tell.
    bool has_buffered() const;
    /// Writes as much as fits.
    transfer write_now(std::string_view bytes);

    /// Waits until a read is worth trying; false when cancelled or broken.
    task<bool> wait_readable();
    task<bool> wait_writable();

    /// Ends the waits above with false; the channel stays usable.
    void cancel();
    /// Says no more will be written (so that the last message arrives), and closes.
    void close();
    bool is_open() const { return descriptor_.is_open(); }

private:
    transfer tls_result(int code);

    asio::posix::basic_stream_descriptor<loop_executor> descriptor_;
    ownership owner_;
    SSL* tls_;
    bool read_wants_write_ = false;
    bool write_wants_read_ = false;
};

/// The loop's shared receive buffer: contents are valid until the next co_await.
constexpr std::size_t receive_bytes = 64 * 1024;
char* receive_buffer();

}  // namespace pgduet::proxy
