#include "proxy/config/units.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>

namespace pgduet::proxy {

namespace {

struct unit_name {
    std::string_view name;
    std::uint64_t factor;
};

constexpr unit_name durations[] = {
    {"ms", 1}, {"s", 1'000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};

constexpr unit_name sizes[] = {{"B", 1},
                               {"kB", 1'000},
                               {"MB", 1'000'000},
                               {"GB", 1'000'000'000},
                               {"KiB", 1ull << 10},
                               {"MiB", 1ull << 20},
                               {"GiB", 1ull << 30}};

template <std::size_t Count>
std::optional<std::uint64_t> parse_with(std::string_view text, const unit_name (&units)[Count]) {
    std::uint64_t number = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (ec != std::errc{})
        return std::nullopt;
    std::string_view rest = text.substr(end - text.data());
    while (!rest.empty() && rest.front() == ' ')
        rest.remove_prefix(1);
    for (const unit_name& unit : units) {
        if (rest != unit.name)
            continue;
        if (number > std::numeric_limits<std::int64_t>::max() / unit.factor)
            return std::nullopt;
        return number * unit.factor;
    }
    return std::nullopt;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
            diagonal = above;
        }
    }
    return row.back();
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    const auto value = parse_with(text, durations);
    if (!value)
        return std::nullopt;
    return std::chrono::milliseconds{static_cast<std::int64_t>(*value)};
}

std::string print_duration(std::chrono::milliseconds value) {
    const auto count = value.count();
    if (count != 0 && count % 1'000 == 0)
        return std::to_string(count / 1'000) + "s";
    return std::to_string(count) + "ms";
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    return parse_with(text, sizes);
}

substitution substitute_environment(std::string_view text,
                                    std::optional<std::string> (*lookup)(const std::string& name)) {
    substitution result;
    while (!text.empty()) {
        const std::size_t start = text.find("${");
        result.text += text.substr(0, start);
        if (start == std::string_view::npos)
            break;
        const std::size_t end = text.find('}', start);
        if (end == std::string_view::npos) {
            result.error = "\"${\" without \"}\"";
            return result;
        }
        const std::string_view inside = text.substr(start + 2, end - start - 2);
        const std::size_t split = inside.find(":-");
        const std::string name{inside.substr(0, split)};
        const std::optional<std::string> value = lookup(name);
        if (value && !(value->empty() && split != std::string_view::npos)) {
            result.text += *value;
        } else if (split != std::string_view::npos) {
            result.text += inside.substr(split + 2);
        } else {
            result.error = "environment variable " + name + " is not set";
            return result;
        }
        result.changed = true;
        text.remove_prefix(end + 1);
    }
    return result;
}

std::string nearest_name(std::string_view typed, const std::vector<std::string>& candidates) {
    std::string best;
    std::size_t best_distance = 2 + typed.size() / 4;
    for (const std::string& candidate : candidates) {
        const std::size_t distance = edit_distance(typed, candidate);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

}  // namespace pgduet::proxy
