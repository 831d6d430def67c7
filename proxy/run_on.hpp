#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <exception>
#include <type_traits>
#include <utility>

#include "proxy/task.hpp"

namespace pgduet::proxy {

/// Runs `work` on a helper thread and resumes on the loop with what it returned or threw. The work
/// is never abandoned: the caller waits for it even when it is being cancelled, so references
/// into the caller's frame stay valid. What may take long must watch a flag of its own.
template <class Work>
task<std::invoke_result_t<Work>> run_on(asio::thread_pool& pool, Work work) {
    using value = std::invoke_result_t<Work>;
    static_assert(!std::is_void_v<value>, "return something, true for example");
    const loop_executor loop = co_await asio::this_coro::executor;
    auto start = [&pool, loop](auto handler, Work job) {
        auto keep_loop = asio::make_work_guard(loop);
        asio::post(
            pool,
            [job = std::move(job),
             handler = std::move(handler),
             keep_loop = std::move(keep_loop),
             loop]() mutable {
                std::exception_ptr failure;
                value result{};
                try {
                    result = job();
                } catch (...) {
                    failure = std::current_exception();
                }
                asio::post(
                    loop,
                    [handler = std::move(handler), failure, result = std::move(result)]() mutable {
                        std::move(handler)(failure, std::move(result));
                    });
            });
    };
    co_return co_await asio::async_initiate<const awaitable_token, void(std::exception_ptr, value)>(
        std::move(start), awaited, std::move(work));
}

}  // namespace pgduet::proxy
