#pragma once

#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <mutex>

#include "protocol/sql_types/sql_error.hpp"
#include "proxy/config/config.hpp"
#include "shadow/store/sqlite/database.hpp"

namespace pgduet::proxy {

namespace asio = boost::asio;

/// How a SQLite store is opened, as primary and as shadow.
store::sqlite::database_options database_options_of(const store_options& store, bool effects);

/// The file that serves the clients of one stage, opened by the first of them, and the threads that
/// run its statements. A new stage gets a new one, because what this one remembers of the file
/// (catalog, commit numbers) is true only while nobody else writes to it. Thread-safe.
class sqlite_primary {
public:
    sqlite_primary(const store_options& store, bool capture_effects);
    ~sqlite_primary();

    protocol::sql_result<std::shared_ptr<store::sqlite::database>> open();
    asio::thread_pool& workers() { return workers_; }

private:
    const store_options& store_;
    bool capture_effects_;
    asio::thread_pool workers_;
    std::mutex mutex_;
    std::shared_ptr<store::sqlite::database> database_;
};

}  // namespace pgduet::proxy
