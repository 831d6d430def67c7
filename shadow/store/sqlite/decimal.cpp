#include "shadow/store/sqlite/decimal.hpp"

#include <algorithm>
#include <charconv>

namespace pgduet::store::sqlite {
namespace {

using digits = std::vector<std::uint32_t>;
constexpr std::uint64_t base = 1'000'000'000;
constexpr int digits_per_limb = 9;
constexpr std::int32_t scale_max = 16383;

void trim(digits& a) {
    while (!a.empty() && a.back() == 0)
        a.pop_back();
}

int compare(const digits& a, const digits& b) {
    if (a.size() != b.size())
        return a.size() < b.size() ? -1 : 1;
    for (std::size_t i = a.size(); i-- > 0;) {
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    }
    return 0;
}

digits add(const digits& a, const digits& b) {
    digits out;
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < std::max(a.size(), b.size()) || carry != 0; ++i) {
        const std::uint64_t sum = carry + (i < a.size() ? a[i] : 0) + (i < b.size() ? b[i] : 0);
        out.push_back(static_cast<std::uint32_t>(sum % base));
        carry = sum / base;
    }
    return out;
}

/// a - b with a >= b.
digits subtract(const digits& a, const digits& b) {
    digits out = a;
    std::int64_t borrow = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        std::int64_t rest = static_cast<std::int64_t>(out[i]) - borrow -
                            (i < b.size() ? static_cast<std::int64_t>(b[i]) : 0);
        borrow = rest < 0 ? 1 : 0;
        if (rest < 0)
            rest += static_cast<std::int64_t>(base);
        out[i] = static_cast<std::uint32_t>(rest);
    }
    trim(out);
    return out;
}

digits multiply(const digits& a, const digits& b) {
    digits out(a.size() + b.size(), 0);
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::uint64_t carry = 0;
        for (std::size_t j = 0; j < b.size() || carry != 0; ++j) {
            const std::uint64_t sum =
                out[i + j] + carry + (j < b.size() ? std::uint64_t{a[i]} * b[j] : 0);
            out[i + j] = static_cast<std::uint32_t>(sum % base);
            carry = sum / base;
        }
    }
    trim(out);
    return out;
}

digits times_small(const digits& a, std::uint32_t by) {
    return multiply(a, digits{by});
}

digits power_of_ten(std::int32_t exponent) {
    digits out(static_cast<std::size_t>(exponent / digits_per_limb), 0);
    std::uint32_t top = 1;
    for (int i = 0; i < exponent % digits_per_limb; ++i)
        top *= 10;
    out.push_back(top);
    return out;
}

/// Quotient and remainder by Knuth's algorithm D.
std::pair<digits, digits> divide(const digits& a, const digits& b) {
    if (compare(a, b) < 0)
        return {{}, a};
    if (b.size() == 1) {
        digits quotient(a.size());
        std::uint64_t rest = 0;
        for (std::size_t i = a.size(); i-- > 0;) {
            rest = rest * base + a[i];
            quotient[i] = static_cast<std::uint32_t>(rest / b[0]);
            rest %= b[0];
        }
        trim(quotient);
        digits remainder;
        if (rest != 0)
            remainder.push_back(static_cast<std::uint32_t>(rest));
        return {quotient, remainder};
    }
    const auto shift = static_cast<std::uint32_t>(base / (b.back() + std::uint64_t{1}));
    digits u = times_small(a, shift);
    const digits v = times_small(b, shift);
    const std::size_t n = v.size();
    u.resize(std::max(u.size(), a.size()) + 1, 0);
    const std::size_t m = u.size() - n;
    digits quotient(m, 0);
    for (std::size_t j = m; j-- > 0;) {
        const std::uint64_t head = u[j + n] * base + u[j + n - 1];
        std::uint64_t guess = head / v[n - 1];
        std::uint64_t rest = head % v[n - 1];
        while (guess >= base || guess * v[n - 2] > rest * base + u[j + n - 2]) {
            --guess;
            rest += v[n - 1];
            if (rest >= base)
                break;
        }
        std::int64_t borrow = 0;
        std::uint64_t carry = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const std::uint64_t product = guess * v[i] + carry;
            carry = product / base;
            std::int64_t part = static_cast<std::int64_t>(u[i + j]) - borrow -
                                static_cast<std::int64_t>(product % base);
            borrow = part < 0 ? 1 : 0;
            if (part < 0)
                part += static_cast<std::int64_t>(base);
            u[i + j] = static_cast<std::uint32_t>(part);
        }
        std::int64_t top =
            static_cast<std::int64_t>(u[j + n]) - borrow - static_cast<std::int64_t>(carry);
        if (top < 0) {
            --guess;
            std::uint64_t add_carry = 0;
            for (std::size_t i = 0; i < n; ++i) {
                const std::uint64_t sum = std::uint64_t{u[i + j]} + v[i] + add_carry;
                u[i + j] = static_cast<std::uint32_t>(sum % base);
                add_carry = sum / base;
            }
            top += static_cast<std::int64_t>(add_carry);
        }
        u[j + n] = static_cast<std::uint32_t>(top);
        quotient[j] = static_cast<std::uint32_t>(guess);
    }
    trim(quotient);
    u.resize(n);
    trim(u);
    return {quotient, divide(u, digits{shift}).first};
}

}  // namespace

decimal::decimal(bool negative, digits limbs, std::int32_t scale)
    : negative_(negative), limbs_(std::move(limbs)), scale_(scale) {
    trim(limbs_);
    if (limbs_.empty())
        negative_ = false;
}

decimal::decimal(std::int64_t value) : negative_(value < 0) {
    std::uint64_t size =
        value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
    while (size != 0) {
        limbs_.push_back(static_cast<std::uint32_t>(size % base));
        size /= base;
    }
}

std::optional<decimal> decimal::parse(std::string_view text) {
    bool negative = false;
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
        negative = text[0] == '-';
        text.remove_prefix(1);
    }
    std::string all;
    std::int32_t scale = 0;
    bool point = false;
    std::size_t i = 0;
    for (; i < text.size(); ++i) {
        if (text[i] >= '0' && text[i] <= '9') {
            all.push_back(text[i]);
            scale += point ? 1 : 0;
        } else if (text[i] == '.' && !point) {
            point = true;
        } else {
            break;
        }
    }
    if (all.empty())
        return std::nullopt;
    if (i < text.size()) {
        if (text[i] != 'e' && text[i] != 'E')
            return std::nullopt;
        std::string_view exponent = text.substr(i + 1);
        if (exponent.starts_with('+'))
            exponent.remove_prefix(1);
        std::int32_t value = 0;
        const auto [end, ec] =
            std::from_chars(exponent.data(), exponent.data() + exponent.size(), value);
        if (ec != std::errc{} || end != exponent.data() + exponent.size() || value > scale_max ||
            value < -scale_max)
            return std::nullopt;
        scale -= value;
        if (scale < 0) {
            all.append(static_cast<std::size_t>(-scale), '0');
            scale = 0;
        }
    }
    digits limbs;
    for (std::size_t end = all.size(); end > 0;) {
        const std::size_t begin = end > digits_per_limb ? end - digits_per_limb : 0;
        std::uint32_t limb = 0;
        std::from_chars(all.data() + begin, all.data() + end, limb);
        limbs.push_back(limb);
        end = begin;
    }
    return decimal(negative, std::move(limbs), scale);
}

std::string decimal::print() const {
    std::string all;
    for (std::size_t i = limbs_.size(); i-- > 0;) {
        const std::string part = std::to_string(limbs_[i]);
        if (!all.empty())
            all.append(digits_per_limb - part.size(), '0');
        all += part;
    }
    const auto scale = static_cast<std::size_t>(scale_);
    if (all.size() <= scale)
        all.insert(0, scale + 1 - all.size(), '0');
    if (scale > 0)
        all.insert(all.size() - scale, ".");
    return negative_ ? "-" + all : all;
}

decimal decimal::negated() const {
    decimal out = *this;
    out.negative_ = !negative_ && !is_zero();
    return out;
}

decimal decimal::absolute() const {
    decimal out = *this;
    out.negative_ = false;
    return out;
}

decimal decimal::scaled_up(std::int32_t scale) const {
    if (scale <= scale_)
        return *this;
    return {negative_, multiply(limbs_, power_of_ten(scale - scale_)), scale};
}

decimal decimal::cut(std::int32_t scale, bool round) const {
    if (scale >= scale_)
        return scaled_up(scale);
    const digits unit = power_of_ten(scale_ - scale);
    auto [quotient, remainder] = divide(limbs_, unit);
    if (round && compare(times_small(remainder, 2), unit) >= 0)
        quotient = add(quotient, {1});
    if (scale < 0)
        return {negative_, multiply(quotient, power_of_ten(-scale)), 0};
    return {negative_, std::move(quotient), scale};
}

decimal decimal::rounded(std::int32_t scale) const {
    return cut(scale, true);
}

decimal decimal::truncated(std::int32_t scale) const {
    return cut(scale, false);
}

decimal decimal::ceiling() const {
    const decimal whole = truncated(0);
    return !negative_ && whole != *this ? whole + decimal(1) : whole;
}

decimal decimal::floor() const {
    const decimal whole = truncated(0);
    return negative_ && whole != *this ? whole - decimal(1) : whole;
}

std::int32_t decimal::leading_exponent() const {
    const auto length = static_cast<std::int32_t>(std::to_string(limbs_.back()).size() +
                                                  (limbs_.size() - 1) * digits_per_limb);
    return length - 1 - scale_;
}

decimal operator+(const decimal& a, const decimal& b) {
    const std::int32_t scale = std::max(a.scale_, b.scale_);
    const decimal x = a.scaled_up(scale);
    const decimal y = b.scaled_up(scale);
    if (x.negative_ == y.negative_)
        return {x.negative_, add(x.limbs_, y.limbs_), scale};
    if (compare(x.limbs_, y.limbs_) >= 0)
        return {x.negative_, subtract(x.limbs_, y.limbs_), scale};
    return {y.negative_, subtract(y.limbs_, x.limbs_), scale};
}

decimal operator*(const decimal& a, const decimal& b) {
    decimal out(a.negative_ != b.negative_, multiply(a.limbs_, b.limbs_), a.scale_ + b.scale_);
    return out.scale_ > scale_max ? out.rounded(scale_max) : out;
}

namespace {

/// Weight and first digit in PostgreSQL's base 10000, of a leading exponent and digits.
std::int32_t floor_quarter(std::int32_t exponent) {
    return exponent >= 0 ? exponent / 4 : -((-exponent + 3) / 4);
}

}  // namespace

decimal operator/(const decimal& a, const decimal& b) {
    const auto head = [](const decimal& x, std::int32_t& weight) {
        if (x.is_zero()) {
            weight = 0;
            return std::int64_t{0};
        }
        const std::int32_t exponent = x.leading_exponent();
        weight = floor_quarter(exponent);
        std::string shown = x.absolute().print();
        std::erase(shown, '.');
        shown.erase(0, shown.find_first_not_of('0'));
        const auto taken = static_cast<std::size_t>(exponent - 4 * weight + 1);
        shown.resize(std::max(taken, shown.size()), '0');
        return static_cast<std::int64_t>(std::stoll(shown.substr(0, taken)));
    };
    std::int32_t weight_a = 0;
    std::int32_t weight_b = 0;
    const std::int64_t first_a = head(a, weight_a);
    const std::int64_t first_b = head(b, weight_b);
    std::int32_t weight = weight_a - weight_b;
    if (first_a <= first_b)
        --weight;
    const std::int32_t scale =
        std::min(1000, std::max({16 - weight * 4, a.scale_, b.scale_, std::int32_t{0}}));
    // One digit more than asked for, then rounding.
    const std::int32_t up = scale + b.scale_ - a.scale_;
    digits dividend = up > 0 ? multiply(a.limbs_, power_of_ten(up)) : a.limbs_;
    const digits divisor = up < 0 ? multiply(b.limbs_, power_of_ten(-up)) : b.limbs_;
    auto [quotient, remainder] = divide(dividend, divisor);
    if (compare(times_small(remainder, 2), divisor) >= 0)
        quotient = add(quotient, {1});
    return {a.negative_ != b.negative_, std::move(quotient), scale};
}

decimal operator%(const decimal& a, const decimal& b) {
    const std::int32_t scale = std::max(a.scale_, b.scale_);
    const decimal x = a.scaled_up(scale);
    const decimal y = b.scaled_up(scale);
    return {x.negative_, divide(x.limbs_, y.limbs_).second, scale};
}

std::strong_ordering operator<=>(const decimal& a, const decimal& b) {
    if (a.negative_ != b.negative_)
        return a.negative_ ? std::strong_ordering::less : std::strong_ordering::greater;
    const std::int32_t scale = std::max(a.scale_, b.scale_);
    const int order = compare(a.scaled_up(scale).limbs_, b.scaled_up(scale).limbs_);
    const int signed_order = a.negative_ ? -order : order;
    return signed_order < 0   ? std::strong_ordering::less
           : signed_order > 0 ? std::strong_ordering::greater
                              : std::strong_ordering::equal;
}

}  // namespace pgduet::store::sqlite
