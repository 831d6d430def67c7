#include "shadow/sql/parse_cache.hpp"

#include <xxhash.h>

#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

namespace pgduet::sql {

namespace {

using shared_query = std::shared_ptr<const parsed_query>;

/// A text with its hash, so that it is hashed once and outside of the lock.
struct key {
    std::uint64_t hash;
    std::string_view text;
    bool operator==(const key& other) const { return hash == other.hash && text == other.text; }
};
struct key_hash {
    std::size_t operator()(const key& k) const { return k.hash; }
};

/// What an entry is taken to hold: text twice (key and statements), again when normalised, and the
/// lists of a statement, which grow with its text.
std::size_t weight_of(std::string_view text, const parsed_query& query) {
    return 256 + 4 * text.size() + query.statements.size() * sizeof(statement);
}

}  // namespace

class parse_cache::implementation {
public:
    explicit implementation(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    shared_query find(const key& wanted) {
        const std::lock_guard lock(mutex_);
        const auto found = index_.find(wanted);
        if (found == index_.end()) {
            ++counters_.misses;
            return nullptr;
        }
        ++counters_.hits;
        entries_.splice(entries_.begin(), entries_, found->second);
        return found->second->query;
    }

    void keep(const key& parsed, shared_query query) {
        const std::size_t weight = weight_of(parsed.text, *query);
        if (parsed.text.size() > text_bytes_max || weight > bytes_max_)
            return;
        std::list<entry> fresh;  // built outside of the lock
        fresh.push_back({std::string(parsed.text), std::move(query), weight});
        std::list<entry> dropped;  // destroyed outside of the lock
        {
            const std::lock_guard lock(mutex_);
            const key own{parsed.hash, fresh.front().text};
            if (!index_.emplace(own, fresh.begin()).second)
                return;  // another thread was faster
            entries_.splice(entries_.begin(), fresh);
            counters_.bytes += weight;
            while (counters_.bytes > bytes_max_) {
                const entry& last = entries_.back();
                index_.erase({XXH3_64bits(last.text.data(), last.text.size()), last.text});
                counters_.bytes -= last.weight;
                ++counters_.evictions;
                dropped.splice(dropped.begin(), entries_, std::prev(entries_.end()));
            }
        }
    }

    counters count() const {
        const std::lock_guard lock(mutex_);
        counters out = counters_;
        out.entries = entries_.size();
        return out;
    }

private:
    struct entry {
        std::string text;
        shared_query query;
        std::size_t weight;
    };

    const std::size_t bytes_max_;
    mutable std::mutex mutex_;
    std::list<entry> entries_;  ///< most recently used first
    std::unordered_map<key, std::list<entry>::iterator, key_hash> index_;  ///< views of entries_
    counters counters_;
};

parse_cache::parse_cache(std::size_t bytes_max)
    : self_(std::make_unique<implementation>(bytes_max)) {}

parse_cache::~parse_cache() = default;

protocol::sql_result<std::shared_ptr<const parsed_query>> parse_cache::parse(
    std::string_view text) {
    const key wanted{XXH3_64bits(text.data(), text.size()), text};
    if (shared_query known = self_->find(wanted))
        return known;
    auto parsed = sql::parse(text);
    if (!parsed)
        return parsed.error();
    auto query = std::make_shared<const parsed_query>(std::move(*parsed));
    self_->keep(wanted, query);
    return shared_query(query);
}

parse_cache::counters parse_cache::count() const {
    return self_->count();
}

}  // namespace pgduet::sql
