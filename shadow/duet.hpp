#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "shadow/capture/primary_order.hpp"
#include "shadow/ledger/ledger.hpp"
#include "shadow/store/store.hpp"
#include "shadow/unit.hpp"

namespace pgduet::shadow {

/// Bounds and choices of the shadowing.
struct duet_options {
    std::size_t queue_bytes_max = 256u << 20;  ///< captured units waiting; beyond: counted loss
    double compare_reads = 1.0;                ///< share of reads that are compared, 0..1
    std::chrono::milliseconds reconnect_delay_max{2000};
    std::string run;  ///< identity of this process run, written with the watermark
};

/// Live figures for metrics and readiness.
struct duet_status {
    bool connected = false;  ///< the shadow store is reachable
    std::string last_error;  ///< of the shadow, empty when fine
    std::uint64_t queue_units = 0;
    std::uint64_t queue_bytes = 0;
    std::uint64_t applied_units = 0;
    std::chrono::milliseconds lag{0};  ///< age of the oldest unit not applied
};

/// The face the proxy uses: takes finished units by value, runs them on the shadow in the
/// primary's order on its own thread, compares, and writes the ledger. No call waits for the
/// shadow, except `drain` and `stop`. All calls are thread-safe.
class duet {
public:
    /// `shadow` opens the shadow's session when the applier thread starts; `order` is shared with
    /// the capture side and outlives the duet.
    static std::unique_ptr<duet> start(std::unique_ptr<store::session> shadow,
                                       capture::primary_order& order,
                                       ledger::ledger& results,
                                       duet_options options);
    virtual ~duet() = default;

    /// Hands a finished unit over. Never blocks on the shadow; over the bound the unit is dropped,
    /// counted, and its tables are named dirty (reads are shed first, reason `queue_full`).
    virtual void submit(unit finished) = 0;

    /// Counts statements that are observed but not run on the shadow.
    virtual void skip(const ledger::reason& why, std::uint64_t exchanges = 1) = 0;
    /// Names what was lost: counted as observed and dropped, the tables dirty, `why` reported.
    virtual void lose(std::uint64_t exchanges,
                      const std::vector<std::string>& tables,
                      const std::string& why) = 0;
    /// Tells the applier that the order may have released more units.
    virtual void wake() = 0;

    /// Waits until no more than `units_left` units are not applied and compared; false at the
    /// deadline.
    virtual bool drain(std::chrono::steady_clock::time_point deadline,
                       std::uint64_t units_left = 0) = 0;
    /// Stops the applier; what was not applied is counted `interrupted` / dropped and named.
    virtual void stop() = 0;

    virtual duet_status status() const = 0;
    virtual const duet_options& options() const = 0;
};

}  // namespace pgduet::shadow
