#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "shadow/ledger/ledger.hpp"

namespace pgduet::ledger {

/// What changed since the last time, with its full new values.
struct changes {
    bool everything = false;  ///< forget what the file holds first
    std::map<std::string, std::uint64_t> counters;
    std::map<std::string, std::string> texts;
    std::vector<finding> findings;
    std::vector<latency> latencies;
    std::vector<dirty_table> dirty;
    std::vector<std::string> clean;  ///< tables no longer dirty
};

/// The ledger's SQLite file: tables `counter`, `text`, `finding`, `latency`, `dirty`. Errors 58030,
/// 53100 (disk full), XX001 (not a ledger). Not thread-safe.
class ledger_file {
public:
    static protocol::sql_result<ledger_file> open(const std::filesystem::path& file, bool writable);

    /// Fills in what the file holds.
    std::optional<protocol::sql_error> load(snapshot& into) const;
    /// Writes all of it in one transaction, or nothing.
    std::optional<protocol::sql_error> store(const changes& what);

private:
    struct closer {
        void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
    };
    std::unique_ptr<sqlite3, closer> db_;
};

}  // namespace pgduet::ledger
