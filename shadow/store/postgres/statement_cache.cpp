#include "shadow/store/postgres/statement_cache.hpp"

namespace pgduet::store::postgres {

std::string statement_cache::key_of(const std::string& text,
                                    const std::vector<protocol::oid>& types) {
    std::string key = text;
    key.push_back('\0');
    for (const protocol::oid type : types)
        key += std::to_string(type) + ',';
    return key;
}

statement_cache::plan statement_cache::look_up(const std::string& text,
                                               const std::vector<protocol::oid>& types) {
    std::string key = key_of(text, types);
    if (const auto found = index_.find(key); found != index_.end()) {
        entries_.splice(entries_.begin(), entries_, found->second);
        entry& hit = entries_.front();
        if (!hit.name.empty())
            return {hit.name, false};
        hit.name = "pgduet_" + std::to_string(next_++);
        return {hit.name, true};
    }
    if (entries_.size() >= prepared_max_ && !entries_.empty()) {
        if (!entries_.back().name.empty())
            retired_.push_back(entries_.back().name);
        index_.erase(entries_.back().key);
        entries_.pop_back();
    }
    entries_.push_front({key, ""});
    index_.emplace(std::move(key), entries_.begin());
    return {};
}

void statement_cache::forget(const std::string& text, const std::vector<protocol::oid>& types) {
    if (const auto found = index_.find(key_of(text, types)); found != index_.end()) {
        entries_.erase(found->second);
        index_.erase(found);
    }
}

void statement_cache::retire_all() {
    // The texts stay known, so that each is prepared anew when it comes next.
    for (entry& known : entries_)
        if (!known.name.empty())
            retired_.push_back(std::exchange(known.name, {}));
}

void statement_cache::clear() {
    entries_.clear();
    index_.clear();
    retired_.clear();
}

}  // namespace pgduet::store::postgres
