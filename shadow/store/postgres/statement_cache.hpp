#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "protocol/sql_types/oid.hpp"

namespace pgduet::store::postgres {

/// Which texts have a named prepared statement on the server. A text gets its name when it is seen
/// the second time, so that texts with constants in them pass through without one. The least
/// recently used goes when `prepared_max` is reached.
class statement_cache {
public:
    explicit statement_cache(std::size_t prepared_max) : prepared_max_(prepared_max) {}

    struct plan {
        std::string name;      ///< empty: run it unnamed
        bool prepare = false;  ///< it must be prepared first, under `name`
    };
    /// What to do with a text that is about to run.
    plan look_up(const std::string& text, const std::vector<protocol::oid>& types);
    /// Preparing it failed: the name does not exist.
    void forget(const std::string& text, const std::vector<protocol::oid>& types);
    /// Uses none of the names any more; they are to be deallocated.
    void retire_all();
    /// The server has forgotten everything: a new connection.
    void clear();
    /// Names to deallocate on the server; they are handed out once.
    std::vector<std::string> take_retired() { return std::exchange(retired_, {}); }

private:
    struct entry {
        std::string key;
        std::string name;  ///< empty: seen once
    };
    static std::string key_of(const std::string& text, const std::vector<protocol::oid>& types);

    std::size_t prepared_max_;
    std::uint64_t next_ = 1;
    std::list<entry> entries_;  ///< most recently used first
    std::unordered_map<std::string, std::list<entry>::iterator> index_;
    std::vector<std::string> retired_;
};

}  // namespace pgduet::store::postgres
