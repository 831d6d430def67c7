#include "shadow/store/sqlite/plan_cache.hpp"

namespace pgduet::store::sqlite {

std::string plan_cache::key(const std::string& text,
                            const std::vector<protocol::oid>& given_types,
                            std::uint64_t schema_version) {
    std::string out = std::to_string(schema_version);
    for (const protocol::oid type : given_types)
        out += "," + std::to_string(type);
    return out + ":" + text;
}

std::shared_ptr<const plan> plan_cache::find(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto it = by_key_.find(key);
    if (it == by_key_.end())
        return nullptr;
    plans_.splice(plans_.begin(), plans_, it->second);
    return it->second->second;
}

void plan_cache::add(const std::string& key, std::shared_ptr<const plan> made) {
    const std::lock_guard lock(mutex_);
    if (by_key_.contains(key))
        return;
    plans_.emplace_front(key, std::move(made));
    by_key_.emplace(plans_.front().first, plans_.begin());
    if (plans_.size() > plans_max_) {
        by_key_.erase(plans_.back().first);
        plans_.pop_back();
    }
}

}  // namespace pgduet::store::sqlite
