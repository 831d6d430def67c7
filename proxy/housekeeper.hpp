#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "proxy/admin/routes.hpp"
#include "proxy/config/config.hpp"
#include "proxy/metrics.hpp"
#include "shadow/ledger/ledger.hpp"

namespace pgduet::proxy {

/// The thread for what must happen now and then and may block: writes the ledger to its file, and
/// asks whether the primary answers. Trouble is kept for /readyz, and logged when it begins, once
/// a minute while it lasts, and when it ends.
class housekeeper {
public:
    struct services {
        ledger::ledger& results;
        metrics& counts;
        milliseconds flush_interval;
        /// The primary's trouble, empty if none; called on the housekeeper's thread.
        std::function<std::string()> probe_primary;
        /// The shadow's lag, for the ledger.
        std::function<std::optional<shadow::duet_status>()> duet;
    };

    explicit housekeeper(services s);
    ~housekeeper();

    readiness seen() const;
    /// A last flush, then the end of the thread.
    void stop();

private:
    /// One kind of trouble and when it was last logged.
    struct complaint {
        std::string text;
        std::chrono::steady_clock::time_point logged;
        void update(const char* what, std::string now);
    };

    void run();
    void flush();
    void probe();

    services services_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    complaint primary_;
    complaint ledger_;
    std::thread thread_;
};

}  // namespace pgduet::proxy
