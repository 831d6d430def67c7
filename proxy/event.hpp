#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "proxy/task.hpp"

namespace pgduet::proxy {

/// Coroutines of the loop wait here until somebody says that something may have changed. A waiter
/// checks its condition itself, before and after: a wake-up promises nothing. Loop thread only.
class event {
public:
    explicit event(loop_executor loop) : timer_(loop) {
        timer_.expires_at(asio::steady_timer::time_point::max());
    }

    void notify_all() { timer_.cancel(); }

    /// Returns at the next `notify_all()` or when the waiter is cancelled.
    task<> wait() { co_await timer_.async_wait(as_ec); }

private:
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>,
                               loop_executor>
        timer_;
};

}  // namespace pgduet::proxy
