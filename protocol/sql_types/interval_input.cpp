#include "protocol/sql_types/interval_input.hpp"

#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "protocol/sql_types/calendar.hpp"
#include "protocol/sql_types/codec.hpp"
#include "protocol/sql_types/date_time_fields.hpp"

namespace pgduet::protocol::codec {

namespace {

using shape = date_time_field::shape;

enum class unit {
    microsecond,
    millisecond,
    second,
    minute,
    hour,
    day,
    week,
    month,
    year,
    decade,
    century,
    millennium,
    ago,
    none,
};

struct unit_name {
    std::string_view name;
    unit what;
};

constexpr std::array unit_names = {
    unit_name{"us", unit::microsecond},
    unit_name{"usec", unit::microsecond},
    unit_name{"usecs", unit::microsecond},
    unit_name{"usecond", unit::microsecond},
    unit_name{"useconds", unit::microsecond},
    unit_name{"microsecon", unit::microsecond},
    unit_name{"ms", unit::millisecond},
    unit_name{"msec", unit::millisecond},
    unit_name{"msecs", unit::millisecond},
    unit_name{"mseconds", unit::millisecond},
    unit_name{"millisecon", unit::millisecond},
    unit_name{"s", unit::second},
    unit_name{"sec", unit::second},
    unit_name{"secs", unit::second},
    unit_name{"second", unit::second},
    unit_name{"seconds", unit::second},
    unit_name{"m", unit::minute},
    unit_name{"min", unit::minute},
    unit_name{"mins", unit::minute},
    unit_name{"minute", unit::minute},
    unit_name{"minutes", unit::minute},
    unit_name{"h", unit::hour},
    unit_name{"hr", unit::hour},
    unit_name{"hrs", unit::hour},
    unit_name{"hour", unit::hour},
    unit_name{"hours", unit::hour},
    unit_name{"d", unit::day},
    unit_name{"day", unit::day},
    unit_name{"days", unit::day},
    unit_name{"w", unit::week},
    unit_name{"week", unit::week},
    unit_name{"weeks", unit::week},
    unit_name{"mon", unit::month},
    unit_name{"mons", unit::month},
    unit_name{"month", unit::month},
    unit_name{"months", unit::month},
    unit_name{"y", unit::year},
    unit_name{"yr", unit::year},
    unit_name{"yrs", unit::year},
    unit_name{"year", unit::year},
    unit_name{"years", unit::year},
    unit_name{"dec", unit::decade},
    unit_name{"decs", unit::decade},
    unit_name{"decade", unit::decade},
    unit_name{"decades", unit::decade},
    unit_name{"c", unit::century},
    unit_name{"cent", unit::century},
    unit_name{"century", unit::century},
    unit_name{"centuries", unit::century},
    unit_name{"mil", unit::millennium},
    unit_name{"mils", unit::millennium},
    unit_name{"millennia", unit::millennium},
    unit_name{"millennium", unit::millennium},
    unit_name{"ago", unit::ago},
};

std::optional<unit> find_unit(std::string_view word) {
    const std::string_view start = word.substr(0, 10);
    for (const unit_name& entry : unit_names)
        if (entry.name == start)
            return entry.what;
    return std::nullopt;
}

constexpr std::int64_t usecs_of(unit what) {
    switch (what) {
        case unit::microsecond:
            return 1;
        case unit::millisecond:
            return 1000;
        case unit::second:
            return usecs_per_second;
        case unit::minute:
            return 60 * usecs_per_second;
        case unit::hour:
            return 3600 * usecs_per_second;
        default:
            return 0;
    }
}

constexpr std::int64_t years_of(unit what) {
    switch (what) {
        case unit::year:
            return 1;
        case unit::decade:
            return 10;
        case unit::century:
            return 100;
        case unit::millennium:
            return 1000;
        default:
            return 0;
    }
}

/// The sum of the parts read so far; every addition says whether it fitted.
class sum {
public:
    bool add_usecs(std::int64_t count, std::int64_t scale) {
        std::int64_t product = 0;
        return !__builtin_mul_overflow(count, scale, &product) &&
               !__builtin_add_overflow(value_.usecs, product, &value_.usecs);
    }
    bool add_days(std::int64_t count, std::int64_t scale) { return add(value_.days, count, scale); }
    bool add_months(std::int64_t count, std::int64_t scale) {
        return add(value_.months, count, scale);
    }
    /// Rounds to microseconds as PostgreSQL's AdjustFractMicroseconds: a half goes towards zero.
    bool add_fraction_usecs(double fraction, std::int64_t scale) {
        fraction *= static_cast<double>(scale);
        auto whole = static_cast<std::int64_t>(fraction);
        fraction -= static_cast<double>(whole);
        if (fraction > 0.5)
            ++whole;
        else if (fraction < -0.5)
            --whole;
        return add_usecs(whole, 1);
    }
    /// A fraction of a week or month: whole days, and the rest as time.
    bool add_fraction_days(double fraction, int scale) {
        if (fraction == 0)
            return true;
        fraction *= scale;
        const auto whole = static_cast<std::int64_t>(fraction);
        return add_days(whole, 1) &&
               add_fraction_usecs(fraction - static_cast<double>(whole), usecs_per_day);
    }
    bool add_fraction_months(double fraction, std::int64_t scale) {
        return add_months(
            static_cast<std::int64_t>(std::rint(fraction * static_cast<double>(scale))), 1);
    }

    /// One number with its unit.
    bool add(unit what, std::int64_t count, double fraction) {
        if (const std::int64_t scale = usecs_of(what))
            return add_usecs(count, scale) && add_fraction_usecs(fraction, scale);
        if (const std::int64_t scale = years_of(what))
            return add(years_, count, scale) && add_fraction_months(fraction, scale * 12);
        switch (what) {
            case unit::day:
                return add_days(count, 1) && add_fraction_usecs(fraction, usecs_per_day);
            case unit::week:
                return add_days(count, 7) && add_fraction_days(fraction, 7);
            case unit::month:
                return add_months(count, 1) && add_fraction_days(fraction, 30);
            default:
                return false;
        }
    }

    bool negate() {
        return !__builtin_sub_overflow(std::int64_t{0}, value_.usecs, &value_.usecs) &&
               !__builtin_sub_overflow(0, value_.days, &value_.days) &&
               !__builtin_sub_overflow(0, value_.months, &value_.months) &&
               !__builtin_sub_overflow(0, years_, &years_);
    }

    /// The whole; nothing when years and months together are too many.
    std::optional<span> value() const {
        const std::int64_t months = std::int64_t{years_} * 12 + value_.months;
        if (months != static_cast<std::int32_t>(months))
            return std::nullopt;
        return span{value_.usecs, value_.days, static_cast<std::int32_t>(months)};
    }

private:
    static bool add(std::int32_t& to, std::int64_t count, std::int64_t scale) {
        std::int64_t product = 0;
        return !__builtin_mul_overflow(count, scale, &product) &&
               !__builtin_add_overflow(product, std::int64_t{to}, &product) &&
               product == (to = static_cast<std::int32_t>(product));
    }

    span value_;
    std::int32_t years_ = 0;
};

/// The fraction after a number, as a double; false when the rest is anything else.
bool take_fraction(std::string_view rest, double& fraction) {
    fraction = 0;
    if (rest.empty())
        return true;
    if (rest[0] != '.' || rest.find_first_not_of("0123456789", 1) != rest.npos)
        return false;
    if (rest.size() > 1)
        fraction = std::strtod(std::string(rest).c_str(), nullptr);
    return true;
}

/// A count that may use all 64 bits; false when there is none, `fits` false when it is larger.
bool take_count(std::string_view& rest, std::int64_t& count, bool& fits) {
    const std::string copy(rest);
    char* end = nullptr;
    errno = 0;
    count = std::strtoll(copy.c_str(), &end, 10);
    fits = errno != ERANGE;
    rest.remove_prefix(static_cast<std::size_t>(end - copy.c_str()));
    return end != copy.c_str();
}

/// hh:mm[:ss[.ffffff]] or mm:ss.ffffff, as microseconds; hours may be many.
trouble clock_time(std::string_view rest, std::int64_t& usecs) {
    std::int64_t hour = 0, minute = 0, second = 0, fraction = 0;
    bool fits = true;
    if (!take_count(rest, hour, fits) || !rest.starts_with(':'))
        return trouble::bad_format;
    if (!fits)
        return trouble::field_overflow;
    rest.remove_prefix(1);
    if (!take_number(rest, minute))
        minute = 0;
    if (rest.starts_with('.')) {
        if (!read_fraction(rest, fraction))
            return trouble::bad_format;
        second = minute;
        minute = hour;
        hour = 0;
    } else if (rest.starts_with(':')) {
        rest.remove_prefix(1);
        if (!take_number(rest, second))
            second = 0;
        if (!rest.empty() && !read_fraction(rest, fraction))
            return trouble::bad_format;
    } else if (!rest.empty()) {
        return trouble::bad_format;
    }
    if (hour < 0 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return trouble::field_overflow;
    std::int64_t total = 0;
    if (__builtin_mul_overflow(hour, 3600 * usecs_per_second, &total) ||
        __builtin_add_overflow(total, (minute * 60 + second) * usecs_per_second + fraction, &total))
        return trouble::field_overflow;
    usecs = total;
    return trouble::none;
}

/// PostgreSQL's and SQL's form. Read from the end, so that a number meets its unit first.
trouble read_fields(const std::vector<date_time_field>& fields, sum& out) {
    unit next = unit::none;  // unit of the number to the left
    unsigned seen = 0;       // units that had a number
    bool ago = false;
    constexpr auto bit = [](unit what) { return 1U << static_cast<int>(what); };
    constexpr unsigned second_bits =
        bit(unit::second) | bit(unit::millisecond) | bit(unit::microsecond);
    constexpr unsigned clock_bits = second_bits | bit(unit::minute) | bit(unit::hour);
    const auto mark = [&](unsigned bits) {
        const bool twice = (seen & bits) != 0;
        seen |= bits;
        return !twice;
    };
    for (std::size_t i = fields.size(); i-- > 0;) {
        const std::string& text = fields[i].text;
        const bool has_colon = text.find(':') != text.npos;
        if (fields[i].kind == shape::word || fields[i].kind == shape::special) {
            const std::optional<unit> what = find_unit(text);
            if (!what) {
                if (find_date_time_word(text).what == date_time_word::meaning::ignored)
                    continue;
                return trouble::bad_format;
            }
            if (*what == unit::ago) {
                ago = true;
                next = unit::ago;
            } else {
                next = *what;
            }
            continue;
        }
        std::int64_t usecs = 0;
        if (fields[i].kind == shape::time || (fields[i].kind == shape::zone && has_colon)) {
            const bool is_signed = fields[i].kind == shape::zone;
            const trouble t = clock_time(std::string_view(text).substr(is_signed), usecs);
            if (t != trouble::none)
                return is_signed ? trouble::bad_format : t;
            if (is_signed && text[0] == '-')
                usecs = -usecs;
            if (!mark(clock_bits))
                return trouble::bad_format;
            if (!out.add_usecs(usecs, 1))
                return trouble::field_overflow;
            next = unit::day;
            continue;
        }
        // A number, perhaps years-months.
        std::string_view rest = text;
        std::int64_t count = 0;
        bool fits = true;
        double fraction = 0;
        if (next == unit::none)
            next = unit::second;
        if (!take_count(rest, count, fits))
            count = 0;  // .5
        if (!fits)
            return trouble::field_overflow;
        const bool negative = text[0] == '-';
        if (rest.starts_with('-')) {
            rest.remove_prefix(1);
            std::int64_t months = 0;
            take_number(rest, months);
            if (!rest.empty())
                return trouble::bad_format;
            if (months < 0 || months >= 12)
                return trouble::field_overflow;
            next = unit::month;
            if (__builtin_mul_overflow(count, std::int64_t{12}, &count) ||
                __builtin_add_overflow(count, negative ? -months : months, &count))
                return trouble::field_overflow;
        } else if (!take_fraction(rest, fraction)) {
            return trouble::bad_format;
        }
        if (next == unit::ago)
            return trouble::bad_format;
        if (!out.add(next, count, negative ? -fraction : fraction))
            return trouble::field_overflow;
        if (!mark(next == unit::second && fraction != 0 ? second_bits : bit(next)))
            return trouble::bad_format;
        if (next == unit::hour)
            next = unit::day;
    }
    if (seen == 0)
        return trouble::bad_format;
    if (ago && !out.negate())
        return trouble::field_overflow;
    return trouble::none;
}

/// A number with sign and fraction at the front.
trouble take_decimal(std::string_view& rest, std::int64_t& whole, double& fraction) {
    if (rest.empty() || (!is_digit(rest[0]) && rest[0] != '-' && rest[0] != '.'))
        return trouble::bad_format;
    const std::string copy(rest);
    char* end = nullptr;
    const double value = std::strtod(copy.c_str(), &end);
    if (end == copy.c_str())
        return trouble::bad_format;
    if (std::isnan(value) || value < -1.0e15 || value > 1.0e15)
        return trouble::field_overflow;
    whole = static_cast<std::int64_t>(value);
    fraction = value - static_cast<double>(whole);
    rest.remove_prefix(static_cast<std::size_t>(end - copy.c_str()));
    return trouble::none;
}

/// P[nY][nM][nW][nD][T[nH][nM][nS]] and Pyyyy-mm-ddThh:mm:ss.
trouble read_iso(std::string_view rest, sum& out) {
    if (rest.size() < 2 || rest[0] != 'P')
        return trouble::bad_format;
    rest.remove_prefix(1);
    bool in_date = true;
    bool any = false;
    while (!rest.empty()) {
        if (rest[0] == 'T') {
            in_date = false;
            any = false;
            rest.remove_prefix(1);
            continue;
        }
        std::int64_t whole = 0;
        double fraction = 0;
        if (const trouble t = take_decimal(rest, whole, fraction); t != trouble::none)
            return t;
        const char designator = rest.empty() ? '\0' : rest[0];
        static constexpr struct {
            char letter;
            bool date;
            unit what;
        } designators[] = {
            {'Y', true, unit::year},
            {'M', true, unit::month},
            {'W', true, unit::week},
            {'D', true, unit::day},
            {'H', false, unit::hour},
            {'M', false, unit::minute},
            {'S', false, unit::second},
        };
        std::optional<unit> what;
        for (const auto& entry : designators)
            if (entry.letter == designator && entry.date == in_date)
                what = entry.what;
        if (what) {
            rest.remove_prefix(1);
            if (!out.add(*what, whole, fraction))
                return trouble::field_overflow;
            any = true;
            continue;
        }
        if (any)
            return trouble::bad_format;
        // The alternative format, of the date or of the time: parts in order, delimited.
        static constexpr unit dates[] = {unit::year, unit::month, unit::day};
        static constexpr unit times[] = {unit::hour, unit::minute, unit::second};
        const char delimiter = in_date ? '-' : ':';
        for (int i = 0;; ++i) {
            if (!out.add((in_date ? dates : times)[i], whole, fraction))
                return trouble::field_overflow;
            if (rest.empty() || rest[0] == 'T')
                break;
            if (i == 2 || rest[0] != delimiter)
                return trouble::bad_format;
            rest.remove_prefix(1);
            if (const trouble t = take_decimal(rest, whole, fraction); t != trouble::none)
                return t;
        }
        any = true;
        if (!in_date && !rest.empty())
            return trouble::bad_format;
    }
    return trouble::none;
}

}  // namespace

sql_result<span> read_interval(std::string_view text) {
    const auto fields = split_date_time(text);
    sum out;
    trouble t = fields ? read_fields(*fields, out) : trouble::bad_format;
    if (t == trouble::bad_format) {
        out = sum();
        t = read_iso(text, out);
    }
    if (t == trouble::field_overflow)
        t = trouble::interval_overflow;
    if (t != trouble::none)
        return date_time_error(t, "interval", text);
    if (const std::optional<span> value = out.value())
        return *value;
    return make_error(sqlstate::datetime_field_overflow, "interval out of range");
}

}  // namespace pgduet::protocol::codec
