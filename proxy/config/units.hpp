#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgduet::proxy {

/// "250ms", "10s", "2min", "1h" -> milliseconds. A unit is required; no sign, no fraction.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
std::string print_duration(std::chrono::milliseconds value);

/// "512B", "64KiB", "64MiB", "2GiB" -> bytes. A unit is required (kB, MB, GB are powers of 1000).
std::optional<std::uint64_t> parse_size(std::string_view text);

/// Replaces ${NAME} and ${NAME:-fallback}; "$$" stays as it is. Names that are unset and have no
/// fallback, and a brace never closed, are reported.
struct substitution {
    std::string text;
    bool changed = false;
    std::string error;  ///< empty if fine
};
substitution substitute_environment(std::string_view text,
                                    std::optional<std::string> (*lookup)(const std::string& name));

/// The candidate with the smallest edit distance, if it is near enough to be a typing error
/// (distance at most 1 + length / 4); empty otherwise.
std::string nearest_name(std::string_view typed, const std::vector<std::string>& candidates);

}  // namespace pgduet::proxy
