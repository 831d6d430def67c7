#include "proxy/housekeeper.hpp"

#include <spdlog/spdlog.h>

namespace pgduet::proxy {

using std::chrono::steady_clock;

namespace {
constexpr std::chrono::seconds probe_interval{2};
constexpr std::chrono::minutes complaint_interval{1};
}  // namespace

housekeeper::housekeeper(services s) : services_(std::move(s)) {
    thread_ = std::thread([this] { run(); });
}

housekeeper::~housekeeper() {
    stop();
}

readiness housekeeper::seen() const {
    const std::lock_guard lock{mutex_};
    return {primary_.text, ledger_.text};
}

void housekeeper::stop() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_all();
    if (!thread_.joinable())
        return;
    thread_.join();
    flush();
}

void housekeeper::run() {
    steady_clock::time_point next_probe;
    std::unique_lock lock{mutex_};
    while (!stopping_) {
        lock.unlock();
        if (steady_clock::now() >= next_probe) {
            probe();
            next_probe = steady_clock::now() + probe_interval;
        }
        flush();
        lock.lock();
        wake_.wait_for(lock, services_.flush_interval, [this] { return stopping_; });
    }
}

void housekeeper::flush() {
    if (const auto status = services_.duet())
        services_.results.set_lag(status->queue_units, status->lag);
    else
        services_.results.set_lag(0, milliseconds{0});
    const auto error = services_.results.flush();
    if (error)
        services_.counts.ledger_flush_errors.add();
    const std::lock_guard lock{mutex_};
    ledger_.update("trouble in the state directory", error ? error->message : "");
}

void housekeeper::probe() {
    std::string trouble = services_.probe_primary();
    const std::lock_guard lock{mutex_};
    primary_.update("the primary cannot be reached", std::move(trouble));
}

void housekeeper::complaint::update(const char* what, std::string now) {
    if (now.empty()) {
        if (!text.empty())
            spdlog::info("no longer so: {}", what);
    } else if (text.empty() || steady_clock::now() - logged >= complaint_interval) {
        logged = steady_clock::now();
        spdlog::error("{}: {}", what, now);
    }
    text = std::move(now);
}

}  // namespace pgduet::proxy
