#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/sql_types/sql_error.hpp"
#include "shadow/sql/relation.hpp"

namespace pgduet::store::sqlite {

class connection;

/// A unique key of a table under the name PostgreSQL would show in errors.
struct unique_key {
    std::string name;        ///< t_pkey, t_a_b_key, or the index's own name
    std::string index_name;  ///< SQLite's, empty for the rowid
    std::vector<std::string> columns;
    bool primary = false;
    bool partial = false;  ///< only some rows: not a key of the table
};

/// A file's tables and views at one moment. Immutable.
class schema_picture final : public sql::relation_source {
public:
    struct entry {
        std::shared_ptr<const sql::relation_info> relation;
        std::vector<unique_key> keys;
        std::string create_sql;
        bool without_rowid = false;
        std::string rowid_column;  ///< the INTEGER PRIMARY KEY column, or empty
        bool autoincrement = false;
    };

    std::shared_ptr<const sql::relation_info> find(std::string_view schema,
                                                   std::string_view name) const override;
    const entry* find_entry(std::string_view name) const;
    const std::map<std::string, entry, std::less<>>& entries() const { return entries_; }
    /// Numbers pictures: plans made for another number are made anew.
    std::uint64_t version() const { return version_; }

    static protocol::sql_result<std::shared_ptr<schema_picture>> read(connection& from,
                                                                      std::uint64_t version);

private:
    std::map<std::string, entry, std::less<>> entries_;  ///< by name in lower case
    std::uint64_t version_ = 0;
};

/// The committed schema, shared by all sessions; notices what other processes change by looking at
/// SQLite's schema cookie now and then. Thread-safe.
class catalog {
public:
    explicit catalog(std::unique_ptr<connection> own);
    ~catalog();

    /// The picture last read; looks at the cookie again when the last look is older than
    /// `look_again` (foreign processes only; our own DDL calls refresh()).
    std::shared_ptr<const schema_picture> current();
    /// After a commit that changed the schema.
    void refresh();
    /// A number for a picture that only one transaction sees (uncommitted DDL).
    std::uint64_t next_version() { return ++versions_; }

private:
    static constexpr std::chrono::milliseconds look_again{100};
    void look(bool force);

    std::mutex mutex_;
    std::unique_ptr<connection> own_;
    std::shared_ptr<const schema_picture> picture_;
    std::int64_t cookie_ = -1;
    std::chrono::steady_clock::time_point looked_;
    std::atomic<std::uint64_t> versions_{0};
};

}  // namespace pgduet::store::sqlite
