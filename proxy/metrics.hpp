#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace pgduet::proxy {

/// A number that only grows. Written by one thread, read by any.
class counter {
public:
    void add(std::uint64_t n = 1) { value_.store(get() + n, std::memory_order_relaxed); }
    std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// What the sessions' loop counts. Only the loop writes; the HTTP thread reads.
struct metrics {
    counter sessions_accepted;
    counter sessions_refused;  ///< over listen.max_clients
    counter sessions_ended;
    counter logins_failed;
    counter backend_failures;  ///< the primary could not be reached
    counter cancels;
    counter relay_queries;  ///< ReadyForQuery answers passed on
    counter relay_bytes_to_client;
    counter relay_bytes_to_server;
    counter serve_queries;  ///< statements run on a SQLite primary
    counter serve_bytes_to_client;
    counter serve_bytes_to_server;
    counter stage_moves;
    counter stage_refusals;
    counter sessions_moved;       ///< kept across a change of stage
    counter sessions_pinned;      ///< closed by it, because they could not move
    counter ledger_flush_errors;  ///< written by the flush thread
};

/// One line of Prometheus' text format, with its HELP and TYPE the first time.
class metrics_text {
public:
    void add(const char* name, const char* type, const char* help, double value);
    void add(const char* name,
             const char* type,
             const char* help,
             const std::string& label,
             const std::string& label_value,
             double value);
    std::string take() { return std::move(text_); }

private:
    void head(const char* name, const char* type, const char* help);

    std::string text_;
    std::string last_;
};

void add_metrics(metrics_text& out, const metrics& values);

}  // namespace pgduet::proxy
