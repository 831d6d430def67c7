#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "shadow/sql/statement.hpp"

namespace pgduet::sql {

/// Remembers analysed query strings by their exact text, the least recently used going first.
/// Thread-safe; a look-up costs one hash of the text and one short lock, and allocates nothing
/// when it finds. Texts that do not parse are not kept.
class parse_cache {
public:
    /// Memory of the kept entries: their texts and an estimate of what analysing them made.
    static constexpr std::size_t bytes_max_default = 16u << 20;
    /// Longer texts (bulk INSERT with literals) are analysed each time.
    static constexpr std::size_t text_bytes_max = 64u << 10;

    explicit parse_cache(std::size_t bytes_max = bytes_max_default);
    ~parse_cache();
    parse_cache(const parse_cache&) = delete;
    parse_cache& operator=(const parse_cache&) = delete;

    /// The kept analysis of `text`, or parse(text). Never null when it succeeds.
    protocol::sql_result<std::shared_ptr<const parsed_query>> parse(std::string_view text);

    struct counters {
        std::uint64_t hits = 0;
        std::uint64_t misses = 0;
        std::uint64_t evictions = 0;
        std::size_t entries = 0;
        std::size_t bytes = 0;
    };
    counters count() const;

private:
    class implementation;
    std::unique_ptr<implementation> self_;
};

}  // namespace pgduet::sql
