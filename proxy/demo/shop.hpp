#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace pgduet::proxy::demo {

/// The sample application: a web shop that knows PostgreSQL and nothing of pgduet. Schema and
/// rows, and a steady mix of browsing, searching, ordering and restocking over libpq.
class shop {
public:
    static constexpr int products = 1000;
    static constexpr int customers = 500;

    explicit shop(std::string dsn) : dsn_(std::move(dsn)) {}
    ~shop() { close(); }
    shop(const shop&) = delete;
    shop& operator=(const shop&) = delete;

    /// Creates the tables and fills them. Throws std::runtime_error.
    void build();
    /// Opens: `customers_at_once` clients work until `close()`.
    void open(int customers_at_once);
    void close();

    std::uint64_t transactions() const { return transactions_; }
    std::uint64_t errors() const { return errors_; }
    /// The first error a client saw, empty if none.
    std::string first_error() const;

private:
    void work(unsigned seed);

    std::string dsn_;
    std::vector<std::thread> clients_;
    std::atomic<bool> closing_{false};
    std::atomic<std::uint64_t> transactions_{0};
    std::atomic<std::uint64_t> errors_{0};
    mutable std::mutex mutex_;
    std::string first_error_;
};

}  // namespace pgduet::proxy::demo
