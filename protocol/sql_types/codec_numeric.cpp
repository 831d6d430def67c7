#include <algorithm>
#include <optional>

#include "protocol/sql_types/big_endian.hpp"
#include "protocol/sql_types/codec.hpp"

// numeric, arbitrary precision:
//
//   ndigits : int16   base-10000 digits that follow
//   weight  : int16   power of 10000 of the first digit
//   sign    : uint16  0x0000 plus, 0x4000 minus, 0xC000 NaN, 0xD000 Infinity, 0xF000 -Infinity
//   dscale  : uint16  decimal digits shown after the point
//   digit*  : int16   0-9999, neither first nor last zero
namespace pgduet::protocol::codec {

namespace {

constexpr std::uint16_t plus = 0x0000, minus = 0x4000, nan = 0xC000;
constexpr std::uint16_t infinity = 0xD000, minus_infinity = 0xF000;
// What numeric_send() writes as the scale of infinities: a stray bit of their header.
constexpr std::uint16_t infinity_scale = 0x20;
constexpr int scale_max = 0x3FFF;
constexpr int weight_max = 0x7FFF;

/// A finite number in decimal: sign, digits of the whole part without leading zeros, and exactly
/// `dscale` digits of the fraction.
struct decimal {
    bool negative = false;
    std::string whole;
    std::string fraction;

    bool is_zero() const {
        return whole.empty() && fraction.find_first_not_of('0') == fraction.npos;
    }
};

std::string special(std::uint16_t sign) {
    std::string out(4, '\0');
    put(out, sign);
    put(out, sign == nan ? std::uint16_t{0} : infinity_scale);
    return out;
}

sql_error overflow() {
    return make_error(sqlstate::numeric_value_out_of_range, "value overflows numeric format");
}

result encode(const decimal& number) {
    if (number.fraction.size() > scale_max)
        return overflow();
    std::string whole = number.whole;
    whole.insert(0, (4 - whole.size() % 4) % 4, '0');
    std::string all = whole + number.fraction;
    all.append((4 - all.size() % 4) % 4, '0');
    std::int64_t weight = static_cast<std::int64_t>(whole.size() / 4) - 1;
    std::string digits;
    for (std::size_t i = 0; i < all.size(); i += 4) {
        const int digit = (all[i] - '0') * 1000 + (all[i + 1] - '0') * 100 +
                          (all[i + 2] - '0') * 10 + (all[i + 3] - '0');
        if (digit == 0 && digits.empty())
            --weight;
        else
            put_int16(digits, static_cast<std::int16_t>(digit));
    }
    while (digits.ends_with(std::string_view("\0\0", 2)))
        digits.resize(digits.size() - 2);
    if (digits.empty())
        weight = 0;
    if (weight > weight_max)
        return overflow();
    std::string out;
    put_int16(out, static_cast<std::int16_t>(digits.size() / 2));
    put_int16(out, static_cast<std::int16_t>(weight));
    put(out, number.negative && !digits.empty() ? minus : plus);
    put(out, static_cast<std::uint16_t>(number.fraction.size()));
    return out + digits;
}

/// Reads `NaN`, `[+-]Infinity`, `[+-]inf` without regard to case; nothing for other words.
std::optional<std::uint16_t> read_special(std::string_view word) {
    const std::string text = lower(word);
    if (text == "nan")
        return nan;
    const bool negative = text.starts_with('-');
    const std::string_view name =
        std::string_view(text).substr(negative || text.starts_with('+') ? 1 : 0);
    if (name == "infinity" || name == "inf")
        return negative ? minus_infinity : infinity;
    return std::nullopt;
}

std::string_view take_digits(std::string_view& rest) {
    const std::size_t end = std::min(rest.find_first_not_of("0123456789"), rest.size());
    const std::string_view digits = rest.substr(0, end);
    rest.remove_prefix(end);
    return digits;
}

/// [+-] digits [. digits] [e [+-] digits], with a digit somewhere before the exponent.
sql_result<decimal> read_decimal(std::string_view word, std::string_view text) {
    decimal out;
    out.negative = word.starts_with('-');
    if (out.negative || word.starts_with('+'))
        word.remove_prefix(1);
    std::string whole(take_digits(word));
    std::string fraction;
    const bool point = word.starts_with('.');
    if (point) {
        word.remove_prefix(1);
        fraction = take_digits(word);
    }
    if (whole.empty() && fraction.empty())
        return invalid_syntax("numeric", text);
    std::int64_t exponent = 0;
    if (!word.empty() && to_lower(word[0]) == 'e') {
        word.remove_prefix(1);
        const bool negative = word.starts_with('-');
        if (negative || word.starts_with('+'))
            word.remove_prefix(1);
        const std::string_view digits = take_digits(word);
        if (digits.empty())
            return invalid_syntax("numeric", text);
        for (const char c : digits)
            if (exponent < INT32_MAX)
                exponent = exponent * 10 + (c - '0');
        if (exponent >= INT32_MAX / 2)
            return overflow();
        if (negative)
            exponent = -exponent;
    }
    if (!word.empty())
        return invalid_syntax("numeric", text);
    whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
    const bool zero = whole.empty() && fraction.find_first_not_of('0') == fraction.npos;
    // Shift the point; a number far out of bounds is refused before it is spelled out.
    const std::int64_t scale =
        std::max<std::int64_t>(static_cast<std::int64_t>(fraction.size()) - exponent, 0);
    if (scale > scale_max)
        return overflow();
    if (zero) {
        out.fraction.assign(static_cast<std::size_t>(scale), '0');
        return out;
    }
    if (exponent > 4 * (weight_max + 1))
        return overflow();
    if (exponent > 0) {
        const auto shift = static_cast<std::size_t>(exponent);
        const std::size_t from_fraction = std::min(shift, fraction.size());
        whole += fraction.substr(0, from_fraction);
        fraction.erase(0, from_fraction);
        whole.append(shift - from_fraction, '0');
        whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
    } else if (exponent < 0) {
        const auto shift = static_cast<std::size_t>(-exponent);
        if (whole.size() < shift)
            whole.insert(0, shift - whole.size(), '0');
        fraction.insert(0, whole.substr(whole.size() - shift));
        whole.resize(whole.size() - shift);
        whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
    }
    if (whole.size() > 4 * (weight_max + 1))
        return overflow();
    out.whole = std::move(whole);
    out.fraction = std::move(fraction);
    return out;
}

struct modifier {
    int precision;
    int scale;  ///< may be negative since PostgreSQL 15
};

std::optional<modifier> read_modifier(std::int32_t raw) {
    if (raw < 4)
        return std::nullopt;
    const int packed = raw - 4;
    return modifier{(packed >> 16) & 0xffff, ((packed & 0x7ff) ^ 1024) - 1024};
}

sql_error field_overflow(const modifier& limit, bool infinite) {
    sql_error error = make_error(sqlstate::numeric_value_out_of_range, "numeric field overflow");
    error.detail = "A field with precision " + std::to_string(limit.precision) + ", scale " +
                   std::to_string(limit.scale);
    const int power = limit.precision - limit.scale;
    if (infinite)
        error.detail += " cannot hold an infinite value.";
    else
        error.detail += " must round to an absolute value less than " +
                        (power ? "10^" + std::to_string(power) : std::string("1")) + ".";
    return error;
}

/// Rounds half away from zero to `scale` digits after the point (before it when negative).
void round(decimal& number, int scale) {
    std::string all = number.whole + number.fraction;
    const std::int64_t keep = static_cast<std::int64_t>(number.whole.size()) + scale;
    std::size_t whole = number.whole.size();
    if (keep < 0) {
        number.whole.clear();
        number.fraction.clear();
        return;
    }
    const auto kept = static_cast<std::size_t>(keep);
    if (kept < all.size()) {
        const bool up = all[kept] >= '5';
        all.resize(kept);
        std::size_t i = kept;
        bool carry = up;
        while (carry && i-- > 0) {
            carry = all[i] == '9';
            all[i] = carry ? '0' : static_cast<char>(all[i] + 1);
        }
        if (carry) {
            all.insert(0, 1, '1');
            ++whole;
        }
    }
    all.resize(std::max(all.size(), whole), '0');
    number.whole = all.substr(0, whole);
    number.fraction = all.substr(whole);
    number.fraction.resize(static_cast<std::size_t>(std::max(scale, 0)), '0');
    number.whole.erase(0, std::min(number.whole.find_first_not_of('0'), number.whole.size()));
}

result to_binary(std::string_view text, const context& how) {
    const std::string_view word = trim(text);
    const std::optional<modifier> limit = read_modifier(how.modifier);
    if (const auto sign = read_special(word)) {
        if (limit && *sign != nan)
            return field_overflow(*limit, true);
        return special(*sign);
    }
    sql_result<decimal> number = read_decimal(word, text);
    if (!number)
        return number.error();
    if (limit) {
        round(*number, limit->scale);
        if (!number->is_zero()) {
            // Digits before the point; negative when the number starts behind it with zeros.
            std::int64_t size = static_cast<std::int64_t>(number->whole.size());
            if (size == 0)
                size = -static_cast<std::int64_t>(number->fraction.find_first_not_of('0'));
            if (size > limit->precision - limit->scale)
                return field_overflow(*limit, false);
        }
    }
    return encode(*number);
}

void append_digit(std::string& out, int digit) {
    for (const int power : {1000, 100, 10, 1})
        out.push_back(static_cast<char>('0' + digit / power % 10));
}

result to_text(std::string_view binary, const context&) {
    binary_cursor in(binary);
    const std::int16_t count = in.int16();
    const std::int16_t weight = in.int16();
    const std::uint16_t sign = in.uint16();
    const std::uint16_t scale = in.uint16();
    if (in.failed() || count < 0 || in.left() != static_cast<std::size_t>(count) * 2)
        return invalid_binary("invalid length in external \"numeric\" value");
    if (sign == nan)
        return "NaN";
    if (sign == infinity || sign == minus_infinity)
        return sign == infinity ? "Infinity" : "-Infinity";
    if (sign != plus && sign != minus)
        return invalid_binary("invalid sign in external \"numeric\" value");
    if (scale > scale_max)
        return invalid_binary("invalid scale in external \"numeric\" value");
    std::string whole, fraction;
    // Digits stand at powers weight, weight - 1, ...; those below zero form the fraction.
    if (weight < -1)
        fraction.append(static_cast<std::size_t>(-1 - weight) * 4, '0');
    bool zero = true;
    for (int i = 0; i < count; ++i) {
        const std::int16_t digit = in.int16();
        if (digit < 0 || digit > 9999)
            return invalid_binary("invalid digit in external \"numeric\" value");
        zero = zero && digit == 0;
        append_digit(weight - i >= 0 ? whole : fraction, digit);
    }
    if (count > 0 && weight >= count)
        whole.append(static_cast<std::size_t>(weight - count + 1) * 4, '0');
    fraction.resize(scale, '0');
    whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
    std::string out = sign == minus && !zero ? "-" : "";
    out += whole.empty() ? "0" : whole;
    if (scale > 0)
        out.append(".").append(fraction);
    return out;
}

}  // namespace

functions numeric_functions() {
    return {to_binary, to_text};
}

}  // namespace pgduet::protocol::codec
