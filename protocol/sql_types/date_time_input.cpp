#include "protocol/sql_types/date_time_input.hpp"

#include <optional>

#include "protocol/sql_types/calendar.hpp"
#include "protocol/sql_types/date_time_fields.hpp"

namespace pgduet::protocol::codec {

namespace {

using shape = date_time_field::shape;
using meaning = date_time_word::meaning;

// What has been seen. A part seen twice makes the text invalid.
enum part : unsigned {
    year = 1,
    month = 2,
    day = 4,
    day_of_year = 8,
    time_of_day = 16,
    zone = 32,
    meridiem = 64,
    era = 128,
    weekday_name = 256,
    date_parts = year | month | day,
};

constexpr std::int64_t julian_epoch = 2'440'588;  // Julian day of 1970-01-01
constexpr std::int64_t displacement_hours_max = 15;
constexpr std::int64_t int32_max = INT32_MAX;

/// One text's decoding. Functions answer with what is wrong, or none.
class reader {
public:
    explicit reader(bool time_only) : time_only_(time_only) {}

    trouble read(const std::vector<date_time_field>& fields) {
        for (index_ = 0; index_ < fields.size(); ++index_) {
            added_ = 0;
            if (const trouble t = one(fields, fields[index_]); t != trouble::none)
                return t;
            if (refusal_)
                return trouble::none;
            if (added_ & seen_)
                return trouble::bad_format;
            seen_ |= added_;
        }
        if (iso_time_prefix_)
            return trouble::bad_format;
        if (const trouble t = check_date(); t != trouble::none)
            return t;
        return check_time();
    }

    unsigned seen() const { return seen_; }
    moment value() const {
        moment out;
        out.what = special_;
        out.year = year_;
        out.month = static_cast<int>(month_);
        out.day = static_cast<int>(day_);
        out.usecs = ((hour_ * 60 + minute_) * 60 + second_) * usecs_per_second + usecs_;
        out.offset = offset_;
        return out;
    }
    const std::optional<time_zone>& named_zone() const { return named_zone_; }
    const std::optional<sql_error>& refusal() const { return refusal_; }
    bool is_special() const { return is_special_; }

private:
    trouble one(const std::vector<date_time_field>& fields, const date_time_field& field) {
        switch (field.kind) {
            case shape::date:
                return date_field(fields, field.text);
            case shape::time:
                iso_time_prefix_ = false;
                return julian_prefix_ ? trouble::bad_format : colon_time(field.text);
            case shape::zone:
                return displacement(field.text);
            case shape::number:
                return number_field(fields, field.text);
            case shape::word:
            case shape::special:
                return word(fields, field.text);
        }
        return trouble::bad_format;
    }

    unsigned known() const { return seen_ | (time_only_ && !in_date_ ? date_parts : 0U); }
    bool has(unsigned parts) const { return (seen_ & parts) == parts; }

    // --- fields that look like a date -------------------------------------------------------

    trouble date_field(const std::vector<date_time_field>& fields, const std::string& text) {
        if (julian_prefix_)
            return julian_with_zone(text);
        if (time_only_) {
            const bool leading =
                index_ == 0 && fields.size() >= 2 &&
                (fields.back().kind == shape::date || fields[1].kind == shape::time);
            if (leading)
                return date(text);
        } else if (!iso_time_prefix_ && !has(month | day)) {
            return date(text);
        }
        if (iso_time_prefix_ || is_digit(text[0])) {
            iso_time_prefix_ = false;
            // A time run together with a displacement: 040506-08.
            const std::size_t sign = text.find('-');
            if (has(time_of_day) || sign == text.npos)
                return trouble::bad_format;
            if (const trouble t = displacement(text.substr(sign)); t != trouble::none)
                return t;
            return concatenated(text.substr(0, sign), date_parts);
        }
        return zone_name(text);
    }

    trouble julian_with_zone(const std::string& text) {
        julian_prefix_ = false;
        const std::size_t sign = text.find_first_not_of("0123456789");
        if (sign == text.npos || text[sign] != '-')
            return trouble::bad_format;
        if (const trouble t = displacement(text.substr(sign)); t != trouble::none)
            return t;
        const unsigned zone_part = added_;
        const trouble t = julian(text.substr(0, sign));
        added_ |= zone_part;
        return t;
    }

    /// Numbers and a month's name, parted by anything else.
    trouble date(std::string_view text) {
        std::vector<std::string> numbers;
        bool month_name = false;
        unsigned parts = 0;
        std::size_t count = 0;
        const auto size_while = [&](auto test) {
            std::size_t size = 0;
            while (size < text.size() && test(text[size]))
                ++size;
            return size;
        };
        for (;;) {
            text.remove_prefix(size_while([](char c) { return !is_digit(c) && !is_alpha(c); }));
            if (text.empty())
                break;
            if (is_digit(text[0])) {
                const std::size_t size = size_while(is_digit);
                numbers.emplace_back(text.substr(0, size));
                text.remove_prefix(size);
            } else if (is_alpha(text[0])) {
                const std::size_t size = size_while(is_alpha);
                const date_time_word found = find_date_time_word(text.substr(0, size));
                text.remove_prefix(size);
                if (found.what != meaning::month || ((seen_ | parts) & month))
                    return trouble::bad_format;
                parts |= month;
                month_ = found.value;
                month_name = true;
            }
            if (++count > 25)
                return trouble::bad_format;
            // The one character after a piece parts it from the next, whatever it is.
            text.remove_prefix(std::min<std::size_t>(text.size(), 1));
        }
        in_date_ = true;
        for (const std::string& number : numbers) {
            added_ = 0;
            const unsigned before = seen_;
            seen_ |= parts;
            const trouble t = place(number, month_name);
            seen_ = before;
            if (t != trouble::none)
                return t;
            if (added_ & (seen_ | parts))
                return trouble::bad_format;
            parts |= added_;
        }
        in_date_ = false;
        added_ = parts;
        const bool whole = ((seen_ | parts) & ~(day_of_year | zone)) == date_parts;
        return whole ? trouble::none : trouble::bad_format;
    }

    // --- numbers ----------------------------------------------------------------------------

    trouble number_field(const std::vector<date_time_field>& fields, const std::string& text) {
        if (unit_prefix_) {
            refusal_ = make_error(sqlstate::feature_not_supported,
                                  "dates with units (y2001m02d04) are not supported");
            return trouble::none;
        }
        if (julian_prefix_) {
            julian_prefix_ = false;
            return julian(text);
        }
        const std::size_t point = text.find('.');
        if (iso_time_prefix_) {
            iso_time_prefix_ = false;
            const trouble t = concatenated(text, date_parts);
            return t == trouble::none && added_ != time_of_day ? trouble::bad_format : t;
        }
        if (time_only_) {
            if (point != text.npos) {
                if (index_ == 0 && fields.size() >= 2 && fields.back().kind == shape::date)
                    return date(text);
                return point > 2 ? concatenated(text, date_parts) : trouble::bad_format;
            }
            return text.size() > 4 ? concatenated(text, date_parts) : place(text, month_name_);
        }
        if (point != text.npos && !(seen_ & date_parts))
            return date(text);
        if (point != text.npos && point > 2)
            return concatenated(text, seen_);
        // Six digits and more are a whole date or time, unless only a year is left to come.
        if (text.size() >= 6 && (!(seen_ & date_parts) || !(seen_ & time_of_day)))
            return concatenated(text, seen_);
        return place(text, month_name_);
    }

    trouble julian(std::string_view text) {
        std::int64_t number = 0;
        if (!take_number(text, number))
            return trouble::bad_format;
        if (number < 0 || number > int32_max)
            return trouble::field_overflow;
        const civil_date civil = civil_from_days(number - julian_epoch);
        year_ = civil.year;
        month_ = civil.month;
        day_ = civil.day;
        added_ |= date_parts;
        is_julian_ = true;
        if (text.empty())
            return trouble::none;
        std::int64_t fraction = 0;
        // The fraction of a Julian day is a time of day.
        if (!read_day_fraction(text, fraction))
            return trouble::bad_format;
        set_time(fraction);
        added_ |= time_of_day;
        return trouble::none;
    }

    static bool read_day_fraction(std::string_view text, std::int64_t& usecs) {
        if (text.size() < 2 || text[0] != '.' ||
            text.find_first_not_of("0123456789", 1) != text.npos)
            return false;
        usecs = static_cast<std::int64_t>(std::strtod(std::string(text).c_str(), nullptr) *
                                          static_cast<double>(usecs_per_day));
        return true;
    }

    void set_time(std::int64_t usecs) {
        usecs_ = usecs % usecs_per_second;
        const std::int64_t seconds = usecs / usecs_per_second;
        second_ = seconds % 60;
        minute_ = seconds / 60 % 60;
        hour_ = seconds / 3600;
    }

    /// One number of a date, or the time after it, by what is known already.
    trouble place(const std::string& text, bool month_name) {
        std::string_view rest = text;
        std::int64_t number = 0;
        if (!take_number(rest, number))
            return trouble::bad_format;
        if (number > int32_max)
            return trouble::field_overflow;
        if (!rest.empty()) {
            if (text.size() - rest.size() > 2)
                return concatenated(text, known() | date_parts);
            std::int64_t fraction = 0;
            if (!read_fraction(rest, fraction))
                return trouble::bad_format;
            usecs_ = fraction;
        }
        const std::size_t size = text.size();
        const unsigned have = known() & date_parts;
        if (size == 3 && have == year && number >= 1 && number <= 366) {
            added_ = day_of_year | month | day;
            day_of_year_ = number;
            return trouble::none;
        }
        switch (have) {
            case 0:
                size >= 3 ? set_year(number, size) : set_month(number);
                break;
            case year:
                set_month(number);
                break;
            case month:
                // Beside a month's name: 2024-jan-02, else 02-jan-2024; after a number, the day.
                month_name&& size >= 3 ? set_year(number, size) : set_day(number);
                break;
            case year | month:
                if (month_name && size >= 3 && short_year_) {
                    // What was taken for a short year was the day.
                    day_ = year_;
                    year_ = number;
                    short_year_ = false;
                    added_ = day;
                } else {
                    set_day(number);
                }
                break;
            case day:
                set_month(number);
                break;
            case month | day:
                set_year(number, size);
                break;
            case date_parts:
                return concatenated(text, known());
            default:
                return trouble::bad_format;
        }
        return trouble::none;
    }

    void set_year(std::int64_t number, std::size_t digits) {
        year_ = number;
        short_year_ = digits <= 2;
        added_ = year;
    }
    void set_month(std::int64_t number) {
        month_ = number;
        added_ = month;
    }
    void set_day(std::int64_t number) {
        day_ = number;
        added_ = day;
    }

    /// Digits run together: yyyymmdd, yymmdd, hhmmss, hhmm, hhmmss.ffffff.
    trouble concatenated(std::string_view text, unsigned have) {
        const auto number = [](std::string_view digits) {
            std::int64_t value = 0;
            take_number(digits, value);
            return value;
        };
        const std::size_t point = text.find('.');
        const std::string_view digits = text.substr(0, point);
        if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos)
            return trouble::bad_format;
        const std::size_t size = digits.size();
        if (point != text.npos) {
            if (!read_fraction(text.substr(point), usecs_))
                return trouble::bad_format;
        } else if ((have & date_parts) != date_parts && size >= 6) {
            day_ = number(digits.substr(size - 2));
            month_ = number(digits.substr(size - 4, 2));
            year_ = number(digits.substr(0, size - 4));
            short_year_ = size - 4 == 2;
            added_ |= date_parts;
            return trouble::none;
        }
        if ((seen_ & time_of_day) || (size != 6 && size != 4))
            return trouble::bad_format;
        hour_ = number(digits.substr(0, 2));
        minute_ = number(digits.substr(2, 2));
        second_ = size == 6 ? number(digits.substr(4, 2)) : 0;
        added_ |= time_of_day;
        return trouble::none;
    }

    // --- times and zones --------------------------------------------------------------------

    /// hh:mm, hh:mm:ss, hh:mm:ss.ffffff, and mm:ss.ffffff.
    trouble colon_time(std::string_view rest) {
        added_ = time_of_day;
        second_ = usecs_ = 0;
        if (!take_number(rest, hour_) || !rest.starts_with(':'))
            return trouble::bad_format;
        rest.remove_prefix(1);
        if (!take_number(rest, minute_))
            minute_ = 0;
        if (rest.starts_with('.')) {
            second_ = minute_;
            minute_ = hour_;
            hour_ = 0;
            if (!read_fraction(rest, usecs_))
                return trouble::bad_format;
        } else if (rest.starts_with(':')) {
            rest.remove_prefix(1);
            if (!take_number(rest, second_))
                second_ = 0;
            if (!rest.empty() && !read_fraction(rest, usecs_))
                return trouble::bad_format;
        } else if (!rest.empty()) {
            return trouble::bad_format;
        }
        bool inside = minute_ <= 59 && second_ <= 60 && hour_ <= int32_max;
        // With a date the hour is judged at once, without one only with am and pm.
        if (!time_only_)
            inside = inside && hour_ <= 24 && value().usecs <= usecs_per_day;
        return inside ? trouble::none : trouble::field_overflow;
    }

    /// +hh, +hhmm, +hh:mm, +hh:mm:ss.
    trouble displacement(std::string_view text) {
        const bool negative = text[0] == '-';
        const std::size_t whole_size = text.size();
        text.remove_prefix(1);
        std::int64_t hours = 0, minutes = 0, seconds = 0;
        take_number(text, hours);
        if (hours > int32_max)
            return trouble::zone_overflow;
        if (text.starts_with(':')) {
            text.remove_prefix(1);
            take_number(text, minutes);
            if (text.starts_with(':')) {
                text.remove_prefix(1);
                take_number(text, seconds);
            }
        } else if (text.empty() && whole_size > 3) {
            minutes = hours % 100;
            hours /= 100;
        }
        const auto outside = [](std::int64_t n, std::int64_t most) { return n < 0 || n > most; };
        if (outside(hours, displacement_hours_max) || outside(minutes, 59) || outside(seconds, 59))
            return trouble::zone_overflow;
        if (!text.empty())
            return trouble::bad_format;
        offset_ = static_cast<std::int32_t>((hours * 60 + minutes) * 60 + seconds);
        if (negative)
            offset_ = -offset_;
        added_ |= zone;
        return trouble::none;
    }

    trouble zone_name(const std::string& text) {
        sql_result<time_zone> found = time_zone::parse(text);
        if (!found) {
            refusal_ = make_error(sqlstate::invalid_parameter_value,
                                  "time zone \"" + text + "\" not recognized");
            return trouble::none;
        }
        named_zone_ = *found;
        added_ = zone;
        return trouble::none;
    }

    // --- words ------------------------------------------------------------------------------

    trouble word(const std::vector<date_time_field>& fields, const std::string& text) {
        const date_time_word found = find_date_time_word(text);
        switch (found.what) {
            case meaning::ignored:
                return trouble::none;
            case meaning::month:
                if (time_only_)
                    return trouble::bad_format;
                added_ = month;
                if (has(month) && !month_name_ && !has(day) && month_ >= 1 && month_ <= 31) {
                    day_ = month_;  // the number before was the day
                    added_ = day;
                }
                month_name_ = true;
                month_ = found.value;
                return trouble::none;
            case meaning::weekday:
                added_ = weekday_name;
                return time_only_ ? trouble::bad_format : trouble::none;
            case meaning::meridiem:
                added_ = meridiem;
                afternoon_ = found.value == 1;
                return trouble::none;
            case meaning::era:
                added_ = era;
                before_christ_ = found.value == 1;
                return trouble::none;
            case meaning::offset:
                added_ = zone;
                offset_ = found.value;
                return trouble::none;
            case meaning::iso_time: {
                const shape next =
                    index_ + 1 < fields.size() ? fields[index_ + 1].kind : shape::word;
                const bool follows =
                    next == shape::number || next == shape::time || next == shape::date;
                if ((!time_only_ && !has(date_parts)) || !follows)
                    return trouble::bad_format;
                iso_time_prefix_ = true;
                return trouble::none;
            }
            case meaning::unit:
                unit_prefix_ = true;
                return trouble::none;
            case meaning::julian:
                julian_prefix_ = true;
                return trouble::none;
            case meaning::all_balls:
                added_ = time_of_day | zone;
                return trouble::none;
            case meaning::epoch:
            case meaning::infinity:
            case meaning::minus_infinity:
                return special_word(found.what);
            case meaning::clock:
                refusal_ = make_error(sqlstate::feature_not_supported,
                                      "date/time input \"" + text + "\" needs a clock");
                return trouble::none;
            case meaning::unknown:
                break;
        }
        if (!time_zone::parse(text))
            return trouble::bad_format;
        return zone_name(text);
    }

    trouble special_word(meaning what) {
        if (time_only_)
            return trouble::bad_format;
        added_ = date_parts | time_of_day | zone;
        is_special_ = true;
        year_ = 1970;
        month_ = day_ = 1;
        if (what != meaning::epoch)
            special_ =
                what == meaning::infinity ? moment::kind::infinity : moment::kind::minus_infinity;
        return trouble::none;
    }

    // --- the whole --------------------------------------------------------------------------

    trouble check_date() {
        if (seen_ & year && !is_julian_ && !is_special_) {
            if (before_christ_) {
                if (year_ <= 0)
                    return trouble::field_overflow;
                year_ = 1 - year_;
            } else if (short_year_) {
                year_ += year_ < 70 ? 2000 : year_ < 100 ? 1900 : 0;
            } else if (year_ <= 0) {
                return trouble::field_overflow;
            }
        }
        if (seen_ & day_of_year) {
            const civil_date civil =
                civil_from_days(days_from_civil(year_, 1, 1) + day_of_year_ - 1);
            year_ = civil.year;
            month_ = civil.month;
            day_ = civil.day;
        }
        if ((seen_ & month) && (month_ < 1 || month_ > 12))
            return trouble::month_day_overflow;
        if ((seen_ & day) && (day_ < 1 || day_ > 31))
            return trouble::month_day_overflow;
        if (has(date_parts) && day_ > days_in_month(year_, static_cast<int>(month_)))
            return trouble::field_overflow;
        return trouble::none;
    }

    trouble check_time() {
        if (seen_ & meridiem) {
            if (hour_ > 12)
                return trouble::field_overflow;
            if (afternoon_ && hour_ != 12)
                hour_ += 12;
            else if (!afternoon_ && hour_ == 12)
                hour_ = 0;
        }
        // With a date, digits run together may name a time of the next days: PostgreSQL counts on.
        const bool inside = !time_only_ || (hour_ <= 24 && minute_ <= 59 && second_ <= 60 &&
                                            value().usecs <= usecs_per_day);
        return inside ? trouble::none : trouble::field_overflow;
    }

    const bool time_only_;
    std::size_t index_ = 0;
    unsigned seen_ = 0;
    unsigned added_ = 0;  // by the field being read

    std::int64_t year_ = 0, month_ = 0, day_ = 0, day_of_year_ = 0;
    std::int64_t hour_ = 0, minute_ = 0, second_ = 0, usecs_ = 0;
    std::int32_t offset_ = 0;
    std::optional<time_zone> named_zone_;
    moment::kind special_ = moment::kind::normal;
    bool is_special_ = false;
    bool short_year_ = false;
    bool month_name_ = false;
    bool is_julian_ = false;
    bool afternoon_ = false;
    bool before_christ_ = false;
    bool julian_prefix_ = false;
    bool unit_prefix_ = false;
    bool in_date_ = false;
    bool iso_time_prefix_ = false;
    std::optional<sql_error> refusal_;
};

std::int64_t local_seconds(const moment& at) {
    return days_from_civil(at.year, at.month, at.day) * seconds_per_day +
           at.usecs / usecs_per_second;
}

/// The one offset of a zone all year, in our time; nothing when there is daylight time.
std::optional<std::int32_t> constant_offset(const time_zone& zone) {
    const std::int64_t winter = days_from_civil(2024, 1, 1) * seconds_per_day;
    const std::int64_t summer = days_from_civil(2024, 7, 1) * seconds_per_day;
    const std::int32_t offset = zone.offset_at_utc(winter);
    return offset == zone.offset_at_utc(summer) ? std::optional(offset) : std::nullopt;
}

}  // namespace

sql_result<moment> read_date_time(std::string_view text,
                                  std::string_view type,
                                  const value_settings& settings) {
    const auto fields = split_date_time(text);
    if (!fields || fields->empty())
        return date_time_error(trouble::bad_format, type, text);
    reader in(false);
    trouble t = in.read(*fields);
    if (in.refusal())
        return *in.refusal();
    if (t == trouble::none && (in.seen() & date_parts) != date_parts)
        t = trouble::bad_format;
    if (t != trouble::none)
        return date_time_error(t, type, text);
    moment out = in.value();
    if (out.what != moment::kind::normal || in.is_special())
        return out;
    if (in.named_zone())
        out.offset = in.named_zone()->offset_at_local(local_seconds(out));
    else if (!(in.seen() & zone))
        out.offset = settings.zone.offset_at_local(local_seconds(out));
    return out;
}

sql_result<moment> read_time(std::string_view text,
                             std::string_view type,
                             bool with_zone,
                             const value_settings& settings) {
    const auto fields = split_date_time(text);
    if (!fields || fields->empty())
        return date_time_error(trouble::bad_format, type, text);
    reader in(true);
    trouble t = in.read(*fields);
    if (in.refusal())
        return *in.refusal();
    if (t == trouble::none && !(in.seen() & time_of_day))
        t = trouble::bad_format;
    if (t != trouble::none)
        return date_time_error(t, type, text);
    moment out = in.value();
    const bool dated = (in.seen() & date_parts) == date_parts;
    if (in.named_zone() && !dated && !constant_offset(*in.named_zone()))
        return date_time_error(trouble::bad_format, type, text);
    if (!with_zone || ((in.seen() & zone) && !in.named_zone()))
        return out;
    const time_zone& where = in.named_zone() ? *in.named_zone() : settings.zone;
    if (dated) {
        out.offset = where.offset_at_local(local_seconds(out));
    } else if (const auto offset = constant_offset(where)) {
        out.offset = *offset;
    } else {
        return make_error(sqlstate::feature_not_supported,
                          "a time with time zone without an offset needs a clock in time zone \"" +
                              where.name() + "\"");
    }
    return out;
}

}  // namespace pgduet::protocol::codec
