#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace pgduet::proxy {

namespace asio = boost::asio;
using boost::system::error_code;

/// The sessions' loop: one io_context run by one thread. Everything of a session happens there.
using loop_executor = asio::io_context::executor_type;

/// A coroutine of the loop.
template <class T = void>
using task = asio::awaitable<T, loop_executor>;

using awaitable_token = asio::use_awaitable_t<loop_executor>;
inline constexpr awaitable_token awaited{};
/// Gives the error as a value: `auto [ec] = co_await x.async_wait(..., as_ec)`.
inline constexpr asio::as_tuple_t<awaitable_token> as_ec{awaited};

}  // namespace pgduet::proxy
