#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "protocol/sql_types/sql_error.hpp"
#include "shadow/sql/relation.hpp"

namespace pgduet::store::sqlite {

class advisory_locks;
class catalog;
class connection;
class database;
class plan_cache;
class sequences;

/// How a SQLite file is opened and how much it may use.
struct database_options {
    std::string path;
    std::string name;               ///< what current_database() says; empty: the file's stem
    bool synchronous_full = false;  ///< FULL instead of NORMAL: no commit lost at a power failure
    std::chrono::milliseconds busy_timeout{10'000};  ///< wait for locks of *other processes*
    std::size_t readers_max = 4;                     ///< reader connections beside the one writer
    std::size_t statements_max = 256;                ///< prepared statements kept per connection
    std::size_t plans_max = 2048;                    ///< translations kept
    bool capture_effects = false;                    ///< collect row images of DML on the writer
    std::size_t effects_bytes_max = 16u << 20;  ///< of one statement; beyond: `has_effects` false
    std::size_t materialise_bytes_max = 64u << 20;  ///< rows kept for a suspended portal or cursor
};

/// The right to use one connection, given back when destroyed or reset. Movable, may move between
/// threads; an empty lease holds nothing. Giving back wakes the next waiter on this thread.
class lease {
public:
    lease() = default;
    lease(lease&& other) noexcept;
    lease& operator=(lease&& other) noexcept;
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    ~lease() { reset(); }

    explicit operator bool() const { return held_ != nullptr; }
    bool is_writer() const;
    connection& operator*() const { return *held_; }
    connection* operator->() const { return held_; }
    void reset();

private:
    friend class database;
    lease(database& owner, connection& held) : owner_(&owner), held_(&held) {}
    database* owner_ = nullptr;
    connection* held_ = nullptr;
};

/// One SQLite file: one writer connection, a bounded pool of readers, the catalog, and what all
/// sessions of this process share (commit sequence, advisory locks, sequences, plans).
///
/// Thread-safe. A connection may be used by any thread, by one at a time: that is what leases are
/// for. Nothing here knows about Asio: waiting is a callback, called exactly once, in FIFO order,
/// either inside `acquire_*` (free now) or on the thread that gives a lease back; it should only
/// post. All leases must be given back before the database is destroyed.
class database {
public:
    using ticket = std::uint64_t;  ///< names a waiter; 0 is none
    using granted = std::function<void(lease)>;

    /// Opens the file, creating it if it is missing: WAL, foreign keys on, double-quoted strings
    /// off, LIKE case-sensitive. Errors: 58P01 cannot open, XX001 not a database or corrupt,
    /// 53100 disk full, 42501 not permitted.
    static protocol::sql_result<std::unique_ptr<database>> open(database_options options);
    ~database();
    database(const database&) = delete;
    database& operator=(const database&) = delete;

    /// A free reader, or an empty lease. Never waits (opening a further reader may touch the disk).
    lease try_acquire_reader();
    /// The writer if it is free and nobody waits for it, or an empty lease.
    lease try_acquire_writer();

    ticket acquire_reader(granted when);
    ticket acquire_writer(granted when);
    /// True: the waiter is gone and its callback will not be called. False: it was called already.
    bool cancel(ticket waiting);

    /// Number of writing transactions committed through this database object: the shadow's token.
    std::uint64_t commit_sequence() const;

    /// Describes a table or view as last committed; null if there is none. `schema` empty, "public"
    /// or "main".
    std::shared_ptr<const sql::relation_info> find_relation(const std::string& schema,
                                                            const std::string& name);

    const database_options& options() const { return options_; }

    // Shared parts, for this folder only.
    sqlite::catalog& relations() { return *catalog_; }
    advisory_locks& locks() { return *locks_; }
    sqlite::sequences& sequences() { return *sequences_; }
    plan_cache& plans() { return *plans_; }
    /// Counts a commit; called with the writer held. Returns its number.
    std::uint64_t count_commit();

private:
    friend class lease;
    struct pool;
    explicit database(database_options options);
    void give_back(connection& held);

    database_options options_;
    std::unique_ptr<sqlite::catalog> catalog_;
    std::unique_ptr<advisory_locks> locks_;
    std::unique_ptr<sqlite::sequences> sequences_;
    std::unique_ptr<plan_cache> plans_;
    std::unique_ptr<pool> pool_;
};

}  // namespace pgduet::store::sqlite
