#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "protocol/sql_types/oid.hpp"
#include "shadow/store/sqlite/serve_session.hpp"

namespace pgduet::store::sqlite {

/// Plans by (statement text, types given, schema version), least recently used out first. Plans of
/// a schema only one transaction sees have a version of their own, so they never mix. Thread-safe.
class plan_cache {
public:
    explicit plan_cache(std::size_t plans_max) : plans_max_(plans_max) {}

    static std::string key(const std::string& text,
                           const std::vector<protocol::oid>& given_types,
                           std::uint64_t schema_version);
    std::shared_ptr<const plan> find(const std::string& key);
    void add(const std::string& key, std::shared_ptr<const plan> made);

private:
    using entry = std::pair<std::string, std::shared_ptr<const plan>>;
    std::mutex mutex_;
    std::size_t plans_max_;
    std::list<entry> plans_;
    std::unordered_map<std::string_view, std::list<entry>::iterator> by_key_;
};

}  // namespace pgduet::store::sqlite
