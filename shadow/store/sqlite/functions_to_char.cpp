#include <algorithm>
#include <array>
#include <cstdlib>

#include "protocol/sql_types/print_time.hpp"
#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/store/sqlite/decimal.hpp"
#include "shadow/store/sqlite/moments.hpp"

/// to_char(): templates of dates and of numbers. A pattern it does not know is 0A000.
namespace pgduet::store::sqlite::functions {
namespace {

namespace codec = protocol::codec;
namespace sqlstate = protocol::sqlstate;
namespace type_oid = protocol::type_oid;

constexpr std::array<std::string_view, 12> months = {"January",
                                                     "February",
                                                     "March",
                                                     "April",
                                                     "May",
                                                     "June",
                                                     "July",
                                                     "August",
                                                     "September",
                                                     "October",
                                                     "November",
                                                     "December"};
constexpr std::array<std::string_view, 7> days = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

/// The value a template shows: a moment, or an interval's parts in the same fields.
struct shown {
    std::int64_t year = 0;
    int month = 1;
    int day = 1;
    std::int64_t clock = 0;
    std::int64_t day_number = 0;  ///< since 1970
    bool interval = false;
    std::int32_t offset = 0;
    std::string zone;
};

enum class letters { upper, capital, lower };

std::string cased(std::string_view word, letters how) {
    std::string out(word);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const bool up = how == letters::upper || (how == letters::capital && i == 0);
        const char c = out[i];
        out[i] = static_cast<char>(up && c >= 'a' && c <= 'z'    ? c - 32
                                   : !up && c >= 'A' && c <= 'Z' ? c + 32
                                                                 : c);
    }
    return out;
}

std::string number(std::int64_t value, std::size_t width, bool fill) {
    if (value < 0)
        return "-" + number(-value, width, fill);
    return fill ? codec::padded(value, width) : std::to_string(value);
}

std::string name(std::string_view word, letters how, std::size_t width, bool fill) {
    std::string out = cased(word, how);
    if (fill && out.size() < width)
        out.append(width - out.size(), ' ');
    return out;
}

struct pattern {
    std::string_view text;
    std::string (*print)(const shown&, bool fill);
};

std::int64_t hour(const shown& v) {
    return v.clock / 3'600'000'000;
}
std::int64_t hour12(const shown& v) {
    return hour(v) % 12 == 0 ? 12 : hour(v) % 12;
}
std::string_view month_name(const shown& v) {
    return months[static_cast<std::size_t>(std::clamp(v.month, 1, 12) - 1)];
}
std::string_view day_name(const shown& v) {
    return days[static_cast<std::size_t>(codec::weekday(v.day_number))];
}

// Longer patterns come before those they begin with.
constexpr pattern patterns[] = {
    {"YYYY", [](const shown& v, bool f) { return number(v.year, 4, f); }},
    {"IYYY", [](const shown& v, bool f) { return number(week_of(v.day_number).year, 4, f); }},
    {"YYY", [](const shown& v, bool f) { return number(v.year % 1000, 3, f); }},
    {"YY", [](const shown& v, bool f) { return number(v.year % 100, 2, f); }},
    {"Y", [](const shown& v, bool f) { return number(v.year % 10, 1, f); }},
    {"HH24", [](const shown& v, bool f) { return number(hour(v), 2, f); }},
    {"HH12", [](const shown& v, bool f) { return number(hour12(v), 2, f); }},
    {"HH", [](const shown& v, bool f) { return number(hour12(v), 2, f); }},
    {"MONTH", [](const shown& v, bool f) { return name(month_name(v), letters::upper, 9, f); }},
    {"Month", [](const shown& v, bool f) { return name(month_name(v), letters::capital, 9, f); }},
    {"month", [](const shown& v, bool f) { return name(month_name(v), letters::lower, 9, f); }},
    {"MON", [](const shown& v, bool) { return cased(month_name(v).substr(0, 3), letters::upper); }},
    {"Mon",
     [](const shown& v, bool) { return cased(month_name(v).substr(0, 3), letters::capital); }},
    {"mon", [](const shown& v, bool) { return cased(month_name(v).substr(0, 3), letters::lower); }},
    {"MM", [](const shown& v, bool f) { return number(v.month, 2, f); }},
    {"MI", [](const shown& v, bool f) { return number(v.clock / 60'000'000 % 60, 2, f); }},
    {"MS", [](const shown& v, bool f) { return number(v.clock / 1000 % 1000, 3, f); }},
    {"SSSS", [](const shown& v, bool) { return std::to_string(v.clock / 1'000'000); }},
    {"SS", [](const shown& v, bool f) { return number(v.clock / 1'000'000 % 60, 2, f); }},
    {"US", [](const shown& v, bool f) { return number(v.clock % 1'000'000, 6, f); }},
    {"DAY", [](const shown& v, bool f) { return name(day_name(v), letters::upper, 9, f); }},
    {"Day", [](const shown& v, bool f) { return name(day_name(v), letters::capital, 9, f); }},
    {"day", [](const shown& v, bool f) { return name(day_name(v), letters::lower, 9, f); }},
    {"DY", [](const shown& v, bool) { return cased(day_name(v).substr(0, 3), letters::upper); }},
    {"Dy", [](const shown& v, bool) { return cased(day_name(v).substr(0, 3), letters::capital); }},
    {"dy", [](const shown& v, bool) { return cased(day_name(v).substr(0, 3), letters::lower); }},
    {"DDD",
     [](const shown& v, bool f) {
         return number(v.day_number - codec::days_from_civil(v.year, 1, 1) + 1, 3, f);
     }},
    {"DD", [](const shown& v, bool f) { return number(v.day, 2, f); }},
    {"D", [](const shown& v, bool) { return std::to_string(codec::weekday(v.day_number) + 1); }},
    {"ID",
     [](const shown& v, bool) {
         return std::to_string((codec::weekday(v.day_number) + 6) % 7 + 1);
     }},
    {"IW", [](const shown& v, bool f) { return number(week_of(v.day_number).week, 2, f); }},
    {"WW",
     [](const shown& v, bool f) {
         return number((v.day_number - codec::days_from_civil(v.year, 1, 1)) / 7 + 1, 2, f);
     }},
    {"Q", [](const shown& v, bool) { return std::to_string((v.month - 1) / 3 + 1); }},
    {"AM", [](const shown& v, bool) { return std::string(hour(v) % 24 >= 12 ? "PM" : "AM"); }},
    {"PM", [](const shown& v, bool) { return std::string(hour(v) % 24 >= 12 ? "PM" : "AM"); }},
    {"am", [](const shown& v, bool) { return std::string(hour(v) % 24 >= 12 ? "pm" : "am"); }},
    {"pm", [](const shown& v, bool) { return std::string(hour(v) % 24 >= 12 ? "pm" : "am"); }},
    {"OF", [](const shown& v, bool) { return codec::print_offset(v.offset); }},
};

bool is_letter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

sql_error unsupported(std::string_view format) {
    return make_error(sqlstate::feature_not_supported,
                      "to_char with the format \"" + std::string(format) +
                          "\" is not supported on a SQLite store");
}

/// Numbers may be written in lower case; of names the case is the meaning, so it comes first.
const pattern* find_pattern(std::string_view rest) {
    for (const pattern& one : patterns) {
        if (rest.starts_with(one.text))
            return &one;
    }
    for (const pattern& one : patterns) {
        if (rest.starts_with(cased(one.text, letters::lower)))
            return &one;
    }
    return nullptr;
}

sql_result<std::string> print_moment(const shown& value, std::string_view format) {
    std::string out;
    for (std::size_t at = 0; at < format.size();) {
        if (format[at] == '"') {
            const std::size_t end = std::min(format.find('"', at + 1), format.size());
            out += format.substr(at + 1, end - at - 1);
            at = end + 1;
            continue;
        }
        bool fill = true;
        if (format.substr(at, 2) == "FM") {
            fill = false;
            at += 2;
        }
        const pattern* const found = find_pattern(format.substr(at));
        if (found != nullptr) {
            out += found->print(value, fill);
            at += found->text.size();
        } else if (is_letter(format[at])) {
            return unsupported(format);
        } else {
            out.push_back(format[at++]);
        }
    }
    return out;
}

/// 9 and 0 digits, one decimal point (. or D), group commas (, or G), FM, S or MI in front or
/// behind.
sql_result<std::string> print_number(const std::string& text, std::string_view format) {
    const std::string_view given = format;
    bool fill = true;
    bool sign_in_front = false;
    bool sign_behind = false;
    bool minus_behind = false;
    if (format.starts_with("FM")) {
        fill = false;
        format.remove_prefix(2);
    }
    if (format.starts_with("S")) {
        sign_in_front = true;
        format.remove_prefix(1);
    }
    if (format.ends_with("MI")) {
        minus_behind = true;
        format.remove_suffix(2);
    } else if (format.ends_with("S")) {
        sign_behind = true;
        format.remove_suffix(1);
    }
    std::string whole_format;
    std::string fraction_format;
    bool point = false;
    for (const char c : format) {
        if (c == '.' || c == 'D') {
            if (point)
                return unsupported(given);
            point = true;
        } else if (c == '9' || c == '0' || ((c == ',' || c == 'G') && !point)) {
            (point ? fraction_format : whole_format).push_back(c == 'G' ? ',' : c);
        } else {
            return unsupported(given);
        }
    }
    const auto parsed = decimal::parse(text);
    if (!parsed)
        return unsupported(given);
    const decimal value = parsed->rounded(static_cast<std::int32_t>(fraction_format.size()));
    std::string digits = value.absolute().print();
    std::string fraction;
    if (const std::size_t dot = digits.find('.'); dot != std::string::npos) {
        fraction = digits.substr(dot + 1);
        digits.erase(dot);
    }
    const auto places = static_cast<std::size_t>(
        std::count_if(whole_format.begin(), whole_format.end(), [](char c) { return c != ','; }));
    const bool zero = digits == "0";
    const bool overflow = digits.size() > places && !(zero && places == 0);
    std::string out;
    std::size_t place = 0;
    bool started = false;
    for (const char c : whole_format) {
        if (c == ',') {
            out += started ? "," : fill ? " " : "";
            continue;
        }
        const std::size_t left = places - place++;
        if (overflow) {
            out.push_back('#');
            started = true;
            continue;
        }
        const bool have = left <= digits.size() && !(zero && left == 1 && point && c == '9' &&
                                                     !fraction_format.empty() && !started);
        if (have || c == '0' || started) {
            out.push_back(have && left <= digits.size() ? digits[digits.size() - left] : '0');
            started = true;
        } else if (fill) {
            out.push_back(' ');
        }
    }
    if (point) {
        out.push_back('.');
        std::string shown_fraction = overflow ? std::string(fraction_format.size(), '#') : fraction;
        if (!fill) {
            std::size_t keep = fraction_format.rfind('0');
            keep = keep == std::string::npos ? 0 : keep + 1;
            while (shown_fraction.size() > keep && shown_fraction.back() == '0')
                shown_fraction.pop_back();
        }
        out += shown_fraction;
    }
    const bool negative = value.is_negative();
    if (minus_behind)
        return out + (negative ? "-" : fill ? " " : "");
    if (sign_behind)
        return out + (negative ? "-" : "+");
    const std::size_t first = out.find_first_not_of(' ');
    const std::string sign = negative ? "-" : sign_in_front ? "+" : fill ? " " : "";
    out.insert(negative || sign_in_front ? (first == std::string::npos ? 0 : first) : 0, sign);
    return out;
}

void pg_to_char(const call& c) {
    const oid type = type_named(c.text(2));
    shown value;
    if (type == type_oid::timestamp || type == type_oid::timestamptz || type == type_oid::date) {
        const auto utc = read_usecs(c.text(0), type);
        if (!utc) {
            c.raise(utc.error());
            return;
        }
        if (is_infinite(*utc)) {
            c.answer_null();
            return;
        }
        const bool zoned = type == type_oid::timestamptz;
        const std::int64_t local = zoned ? to_local(*utc, c.session().values.zone) : *utc;
        const civil at = take_apart(local);
        value.year = at.date.year;
        value.month = at.date.month;
        value.day = at.date.day;
        value.clock = at.clock;
        value.day_number = at.days;
        value.offset = static_cast<std::int32_t>((local - *utc) / codec::usecs_per_second);
        c.answer(print_moment(value, c.text(1)));
    } else if (type == type_oid::interval) {
        const auto span = read_span(c.text(0));
        if (!span) {
            c.raise(span.error());
            return;
        }
        value.year = span->months / 12;
        value.month = span->months % 12;
        value.day = span->days;
        value.clock = span->usecs;
        value.interval = true;
        c.answer(print_moment(value, c.text(1)));
    } else {
        const auto text = argument_text(c.raw(0), type);
        if (text)
            c.answer(print_number(*text, c.text(1)));
        else
            c.raise(text.error());
    }
}

constexpr definition list[] = {
    {"pg_to_char", 3, pg_to_char, true, false},
};

}  // namespace

void register_to_char(connection& target) {
    define(target, list);
}

}  // namespace pgduet::store::sqlite::functions
