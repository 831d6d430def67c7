#include "shadow/replay/shadow_queue.hpp"

namespace pgduet::replay {

shadow_queue::added shadow_queue::add(shadow::unit one) {
    const std::size_t bytes = one.bytes();
    const std::size_t bound = one.writes ? bytes_max_ : bytes_max_ / 2;
    if (bytes_ + bytes > bound)
        return added::full;
    bytes_ += bytes;
    const key where{one.position, !one.writes, arrivals_++};
    units_.emplace(where, entry{std::move(one), bytes});
    return added::queued;
}

const shadow::unit* shadow_queue::peek(shadow::token low) const {
    if (units_.empty() || units_.begin()->first.position > low)
        return nullptr;
    return &units_.begin()->second.one;
}

std::optional<shadow::unit> shadow_queue::next(shadow::token low) {
    if (peek(low) == nullptr)
        return std::nullopt;
    auto node = units_.extract(units_.begin());
    bytes_ -= node.mapped().bytes;
    return std::move(node.mapped().one);
}

std::optional<std::chrono::steady_clock::time_point> shadow_queue::oldest() const {
    if (units_.empty())
        return std::nullopt;
    return units_.begin()->second.one.finished;
}

}  // namespace pgduet::replay
