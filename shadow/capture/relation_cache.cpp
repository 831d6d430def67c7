#include "shadow/capture/relation_cache.hpp"

namespace pgduet::capture {

std::optional<std::shared_ptr<const sql::relation_info>> relation_cache::find(
    const key& which) const {
    const std::lock_guard lock(mutex_);
    const auto found = relations_.find(which);
    if (found == relations_.end())
        return std::nullopt;
    return found->second;
}

void relation_cache::put(const key& which, std::shared_ptr<const sql::relation_info> relation) {
    const std::lock_guard lock(mutex_);
    if (relations_.size() >= entries_max)
        relations_.clear();
    relations_[which] = std::move(relation);
}

void relation_cache::clear() {
    const std::lock_guard lock(mutex_);
    relations_.clear();
}

}  // namespace pgduet::capture
