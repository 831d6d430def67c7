#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgduet::store::sqlite {

/// PostgreSQL's numeric: exact, with a display scale. Our own, because the operations are few and
/// the result scales are PostgreSQL's rules, which no library has; cpp_int alone would cost a
/// minute of compiling.
///
///   value := (-1)^negative * (sum of limbs[i] * 10^(9 i)) / 10^scale
class decimal {
public:
    decimal() = default;
    explicit decimal(std::int64_t value);

    /// Reads numeric's text (exponents too); NaN and Infinity give nothing.
    static std::optional<decimal> parse(std::string_view text);
    std::string print() const;

    bool is_zero() const { return limbs_.empty(); }
    bool is_negative() const { return negative_; }
    std::int32_t scale() const { return scale_; }

    decimal negated() const;
    decimal absolute() const;
    decimal rounded(std::int32_t scale) const;    ///< half away from zero
    decimal truncated(std::int32_t scale) const;  ///< scale < 0 zeroes integer digits
    decimal ceiling() const;
    decimal floor() const;

    friend decimal operator+(const decimal& a, const decimal& b);
    friend decimal operator-(const decimal& a, const decimal& b) { return a + b.negated(); }
    friend decimal operator*(const decimal& a, const decimal& b);
    /// Scale as select_div_scale() chooses; the divisor is not zero.
    friend decimal operator/(const decimal& a, const decimal& b);
    friend decimal operator%(const decimal& a, const decimal& b);
    friend std::strong_ordering operator<=>(const decimal& a, const decimal& b);
    friend bool operator==(const decimal& a, const decimal& b) { return (a <=> b) == 0; }

private:
    using digits = std::vector<std::uint32_t>;
    decimal(bool negative, digits limbs, std::int32_t scale);
    decimal scaled_up(std::int32_t scale) const;
    decimal cut(std::int32_t scale, bool round) const;
    std::int32_t leading_exponent() const;  ///< of ten, of the first digit; not zero

    bool negative_ = false;
    digits limbs_;  ///< base 10^9, least first, no zeros at the top
    std::int32_t scale_ = 0;
};

}  // namespace pgduet::store::sqlite
