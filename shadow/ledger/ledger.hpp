#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/sql_types/sql_error.hpp"

namespace pgduet::ledger {

/// Why an exchange was not compared. One name per fate; names appear in reports and metrics.
///   transaction   BEGIN, COMMIT, SAVEPOINT, ...: control, judged by what it controls
///   session       SET, SHOW, PREPARE, LISTEN, cursors, ...
///   catalog       reads of pg_catalog / information_schema and system functions
///   maintenance   VACUUM, ANALYZE, ...
///   nondeterministic  answers that may differ between two runs on one store
///   temporary     temporary objects
///   position      a conflicting write overlapped, so the two stores were at different points
///   order         LIMIT without a total order
///   dirty         touches a table already known to differ
///   sampled_out   not chosen by compare_reads
///   queue_full    a read shed because the shadow's queue was at its bound
///   unsupported   the primary itself refused the statement (0A000), or it cannot be replayed
///   cancelled     cancelled or timed out on either side
///   too_large     result beyond the retention bound and not equal by digest
///   interrupted   the shadow was lost or the process stopped before the comparison
using reason = std::string;

/// What one difference is, as handed to the ledger by the applier.
struct difference {
    std::string finding_class;  ///< "state" or "semantic"
    std::string cause;          ///< grouping key within the class; equal cause = one finding
    std::uint64_t fingerprint = 0;
    std::string statement;  ///< normalised text
    std::vector<std::string> tables;
    std::string sql;         ///< the example's text
    std::string parameters;  ///< printed as a JSON array of text or null
    std::string primary;     ///< printed answers, bounded
    std::string shadow;
};

/// One group of equal-cause differences.
struct finding {
    std::int64_t id = 0;
    difference example;  ///< the first one seen
    std::uint64_t count = 0;
    std::string first_seen;  ///< RFC 3339, UTC
    std::string last_seen;
};

struct latency {
    std::uint64_t fingerprint = 0;
    std::string statement;
    std::uint64_t count = 0;
    std::uint64_t primary_us_sum = 0;
    std::uint64_t shadow_us_sum = 0;
    std::uint64_t primary_us_max = 0;
    std::uint64_t shadow_us_max = 0;
};

/// A table whose rows on the shadow are known to differ until re-synced, and why.
struct dirty_table {
    std::string table;
    std::string reason;
    std::uint64_t units = 0;
    std::string since;
};

/// Everything a report needs, at one moment.
struct snapshot {
    std::uint64_t observed = 0;
    std::uint64_t equal = 0;
    std::uint64_t differs = 0;
    std::uint64_t dropped = 0;  ///< exchanges of writing units lost to the queue's bound
    std::map<reason, std::uint64_t> not_compared;
    std::uint64_t lag_units = 0;
    std::uint64_t lag_ms = 0;
    std::uint64_t findings_not_kept = 0;      ///< differences beyond findings_max, in `differs`
    std::uint64_t fingerprints_not_kept = 0;  ///< timings beyond fingerprints_max
    std::string stage;
    std::string primary;  ///< store names
    std::string shadow;
    std::string since;
    std::string updated;
    std::vector<dirty_table> dirty;
    std::vector<finding> findings;
    std::vector<latency> latencies;

    std::uint64_t compared() const { return equal + differs; }
};

/// Bounds of what the ledger keeps.
struct limits {
    std::size_t findings_max = 1000;        ///< further causes are counted as "differs" only
    std::size_t fingerprints_max = 2000;    ///< latency rows
    std::size_t example_bytes_max = 16384;  ///< per text of an example
};

/// The parity ledger: counters and findings in memory, written to one SQLite file
/// (`<directory>/ledger.db`) by `flush()`. Thread-safe; `count` and `differ` take one short lock
/// and do no I/O. The file outlives the process and is what `pgduet report` reads.
class ledger {
public:
    /// Opens or creates the file and loads what it holds. Error 58030 / 53100 / XX001.
    static protocol::sql_result<std::unique_ptr<ledger>> open(
        const std::filesystem::path& directory, limits bounds = {});
    virtual ~ledger() = default;

    virtual void observed(std::uint64_t exchanges) = 0;
    virtual void equal() = 0;
    virtual void differ(difference what) = 0;
    virtual void not_compared(const reason& why, std::uint64_t exchanges = 1) = 0;
    virtual void dropped(std::uint64_t exchanges, const std::vector<std::string>& tables) = 0;
    virtual void mark_dirty(const std::string& table, const std::string& why) = 0;
    virtual bool is_dirty(const std::string& table) const = 0;
    virtual void clear_dirty(const std::string& table) = 0;
    virtual void record_latency(std::uint64_t fingerprint,
                                const std::string& statement,
                                std::chrono::microseconds primary,
                                std::chrono::microseconds shadow) = 0;
    virtual void set_lag(std::uint64_t units, std::chrono::milliseconds age) = 0;
    virtual void set_roles(const std::string& stage,
                           const std::string& primary,
                           const std::string& shadow) = 0;
    /// Forgets counters and findings (`pgduet` after a repair), keeps the file.
    virtual void reset() = 0;

    virtual snapshot read() const = 0;
    /// Writes what changed since the last flush. An error (disk full) leaves memory intact; the
    /// next flush tries again. Call from a background thread only.
    virtual std::optional<protocol::sql_error> flush() = 0;
};

/// Reads the ledger file of a (running or stopped) pgduet.
protocol::sql_result<snapshot> read_ledger(const std::filesystem::path& directory);

}  // namespace pgduet::ledger
