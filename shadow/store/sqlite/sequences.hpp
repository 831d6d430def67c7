#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "protocol/sql_types/sql_error.hpp"

namespace pgduet::store::sqlite {

class connection;
class schema_picture;

/// nextval() and friends over SQLite: a sequence is the table of values behind a rowid key
/// (`t_id_seq` of t.id). Numbers given out in this process and not yet in the file are remembered,
/// so two calls never give the same one; like PostgreSQL's they are not given back by a rollback.
/// Thread-safe.
class sequences {
public:
    /// Error 42P01 when there is no such sequence.
    protocol::sql_result<std::int64_t> next(connection& on,
                                            const schema_picture& schema,
                                            const std::string& name);
    protocol::sql_result<std::int64_t> set(connection& on,
                                           const schema_picture& schema,
                                           const std::string& name,
                                           std::int64_t value,
                                           bool called);

private:
    std::mutex mutex_;
    std::map<std::string, std::int64_t> given_;  ///< largest number given out, by sequence
};

/// Largest value in use of a table's rowid key: of sqlite_sequence and of the rows.
protocol::sql_result<std::int64_t> largest_rowid(connection& on, const std::string& table);
/// Makes later generated rowids of the table larger than `value`, where SQLite allows that
/// (AUTOINCREMENT); the writer's transaction.
std::optional<protocol::sql_error> raise_rowid(connection& on,
                                               const std::string& table,
                                               std::int64_t value);

}  // namespace pgduet::store::sqlite
