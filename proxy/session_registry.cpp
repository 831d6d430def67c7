#include "proxy/session_registry.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>

#include "proxy/session.hpp"

namespace pgduet::proxy {

namespace {
/// Connections over the limit that may be in their login at once, with a limit of one.
constexpr std::size_t refusals_max = 64;
}  // namespace

void session_registry::spawn(session_services& services, int descriptor) {
    const std::size_t limit = services.configuration.listen.max_clients;
    const bool welcome = alive_.size() < limit;
    if (!welcome)
        counts_.sessions_refused.add();
    if (alive_.size() >= 2 * limit + refusals_max) {
        ::close(descriptor);
        return;
    }
    const std::uint64_t id = ++last_id_;
    alive_.emplace(id, nullptr);
    counts_.sessions_accepted.add();
    auto finished = [this, id](std::exception_ptr failure) {
        // The second of the two places that catch: a session's failure ends that session only.
        if (failure) {
            try {
                std::rethrow_exception(failure);
            } catch (const std::exception& error) {
                spdlog::error("session {}: closed after a failure: {}", id, error.what());
            }
        }
        alive_.erase(id);
        counts_.sessions_ended.add();
        changed_.notify_all();
    };
    asio::co_spawn(services.loop, run(services, descriptor, id, welcome), std::move(finished));
}

task<> session_registry::run(session_services& services,
                             int descriptor,
                             std::uint64_t id,
                             bool welcome) {
    session self{services, descriptor, id, welcome};
    struct listing {
        session*& entry;
        ~listing() { entry = nullptr; }
    } const listed{alive_.at(id)};
    listed.entry = &self;
    co_await self.run();
}

void session_registry::order_all(bool leave_at_rest) {
    for (const auto& [id, one] : alive_) {
        if (one)
            one->order(leave_at_rest);
    }
}

void session_registry::stop_all(bool now) {
    for (const auto& [id, one] : alive_) {
        if (one)
            one->stop(now);
    }
}

task<> session_registry::join() {
    while (!alive_.empty())
        co_await changed_.wait();
}

std::vector<std::string> session_registry::blockers() const {
    std::vector<std::string> out;
    for (const auto& [id, one] : alive_) {
        if (one && one->is_busy())
            out.push_back(one->describe());
    }
    return out;
}

}  // namespace pgduet::proxy
