#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "shadow/unit.hpp"

namespace pgduet::replay {

/// Finished units waiting for the shadow, sorted by the primary's order: position first, writing
/// units before reads of the same position, then arrival. Bounded in bytes.
/// Pure value; the duet's mutex guards it.
class shadow_queue {
public:
    explicit shadow_queue(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    enum class added { queued, full };
    /// Reads are refused from half of the bound on, so that writes keep their room.
    added add(shadow::unit one);

    /// What `next` would give, or null; valid until the queue changes.
    const shadow::unit* peek(shadow::token low) const;
    /// The next unit if its position is at most `low`.
    std::optional<shadow::unit> next(shadow::token low);
    /// Everything left, in order.
    std::optional<shadow::unit> next() { return next(~shadow::token{0}); }

    bool empty() const { return units_.empty(); }
    std::size_t size() const { return units_.size(); }
    std::size_t bytes() const { return bytes_; }
    /// When the unit that waits longest at the head was finished on the primary.
    std::optional<std::chrono::steady_clock::time_point> oldest() const;

private:
    struct key {
        shadow::token position;
        bool read;
        std::uint64_t arrival;
        auto operator<=>(const key&) const = default;
    };
    struct entry {
        shadow::unit one;
        std::size_t bytes;
    };
    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    std::uint64_t arrivals_ = 0;
    std::map<key, entry> units_;
};

}  // namespace pgduet::replay
