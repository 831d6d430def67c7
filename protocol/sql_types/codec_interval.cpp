#include <cmath>
#include <cstdlib>
#include <limits>

#include "protocol/sql_types/big_endian.hpp"
#include "protocol/sql_types/codec.hpp"
#include "protocol/sql_types/interval_input.hpp"
#include "protocol/sql_types/print_time.hpp"

// interval: int64 microseconds, int32 days, int32 months; each with its own sign.
namespace pgduet::protocol::codec {

namespace {

constexpr std::int64_t usecs_per_hour = 3600 * usecs_per_second;
constexpr std::int32_t precision_mask = 0xffff;

std::int64_t rounded(std::int64_t usecs, std::int32_t modifier) {
    const std::int32_t precision = modifier & precision_mask;
    if (modifier < 0 || precision > 5)
        return usecs;
    std::int64_t scale = 1;
    for (int i = precision; i < 6; ++i)
        scale *= 10;
    const auto half = static_cast<std::uint64_t>(scale / 2);
    const auto bits = static_cast<std::uint64_t>(usecs);
    // At the ends of the range PostgreSQL's sum wraps around, and so does this.
    if (usecs >= 0)
        return static_cast<std::int64_t>(bits + half) / scale * scale;
    const std::int64_t magnitude = static_cast<std::int64_t>(half - bits) / scale * scale;
    return static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(magnitude));
}

result to_binary(std::string_view text, const context& how) {
    const sql_result<span> value = read_interval(text);
    if (!value)
        return value.error();
    std::string out;
    put_int64(out, rounded(value->usecs, how.modifier));
    put_int32(out, value->days);
    put_int32(out, value->months);
    return out;
}

/// IntervalStyle postgres: `1 year 2 mons -3 days +04:05:06.7`. After a negative part a positive
/// one shows its sign.
result to_text(std::string_view binary, const context&) {
    binary_cursor in(binary);
    const std::int64_t usecs = in.int64();
    const std::int32_t days = in.int32();
    const std::int32_t months = in.int32();
    if (!in.finished())
        return invalid_binary("incorrect binary data format");
    std::string out;
    bool negative_before = false;
    const auto part = [&](std::int64_t value, std::string_view unit) {
        if (value == 0)
            return;
        if (!out.empty())
            out += ' ';
        if (negative_before && value > 0)
            out += '+';
        out.append(std::to_string(value)).append(" ").append(unit);
        if (value != 1)
            out += 's';
        negative_before = value < 0;
    };
    part(months / 12, "year");
    part(months % 12, "mon");
    part(days, "day");
    if (out.empty() || usecs != 0) {
        if (!out.empty())
            out += ' ';
        if (usecs < 0)
            out += '-';
        else if (negative_before)
            out += '+';
        // The smallest number has no positive; its parts have.
        const std::int64_t hours = std::abs(usecs / usecs_per_hour);
        const std::int64_t rest = std::abs(usecs % usecs_per_hour);
        out += padded(hours, 2) + ":" + padded(rest / (60 * usecs_per_second), 2) + ":" +
               print_seconds(rest % (60 * usecs_per_second));
    }
    return out;
}

}  // namespace

functions interval_functions() {
    return {to_binary, to_text};
}

}  // namespace pgduet::protocol::codec
