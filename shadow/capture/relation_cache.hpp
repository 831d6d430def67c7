#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "shadow/sql/relation.hpp"

namespace pgduet::capture {

/// The primary's relations as its sessions looked them up, shared by all sessions of one duet.
/// Cleared whenever a session changed the schema. Thread-safe.
class relation_cache {
public:
    /// Entries are per search_path, because that decides what an unqualified name means.
    struct key {
        std::string search_path;
        std::string schema;
        std::string name;
        auto operator<=>(const key&) const = default;
    };

    /// The relation; a null pointer if it is known not to exist; nothing if it was not looked up.
    std::optional<std::shared_ptr<const sql::relation_info>> find(const key& which) const;
    void put(const key& which, std::shared_ptr<const sql::relation_info> relation);
    void clear();

    static constexpr std::size_t entries_max = 10000;

private:
    mutable std::mutex mutex_;
    std::map<key, std::shared_ptr<const sql::relation_info>> relations_;
};

}  // namespace pgduet::capture
