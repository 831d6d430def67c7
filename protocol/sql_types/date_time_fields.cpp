#include "protocol/sql_types/date_time_fields.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "protocol/sql_types/codec.hpp"

namespace pgduet::protocol::codec {

namespace {

using shape = date_time_field::shape;
using meaning = date_time_word::meaning;

constexpr std::size_t fields_max = 25;
constexpr std::size_t text_bytes_max = 178;
constexpr std::size_t word_bytes_max = 10;  // longer words are compared by their start
constexpr int hour = 3600;

struct word_entry {
    std::string_view word;
    meaning what;
    int value;
};

constexpr std::array words = {
    word_entry{"infinity", meaning::infinity, 0},
    word_entry{"-infinity", meaning::minus_infinity, 0},
    word_entry{"epoch", meaning::epoch, 0},
    word_entry{"allballs", meaning::all_balls, 0},
    word_entry{"now", meaning::clock, 0},
    word_entry{"today", meaning::clock, 0},
    word_entry{"tomorrow", meaning::clock, 0},
    word_entry{"yesterday", meaning::clock, 0},
    word_entry{"ad", meaning::era, 0},
    word_entry{"bc", meaning::era, 1},
    word_entry{"am", meaning::meridiem, 0},
    word_entry{"pm", meaning::meridiem, 1},
    word_entry{"at", meaning::ignored, 0},
    word_entry{"on", meaning::ignored, 0},
    word_entry{"t", meaning::iso_time, 0},
    word_entry{"d", meaning::unit, 0},
    word_entry{"h", meaning::unit, 0},
    word_entry{"m", meaning::unit, 0},
    word_entry{"mm", meaning::unit, 0},
    word_entry{"s", meaning::unit, 0},
    word_entry{"y", meaning::unit, 0},
    word_entry{"dow", meaning::unit, 0},
    word_entry{"doy", meaning::unit, 0},
    word_entry{"isodow", meaning::unit, 0},
    word_entry{"isoyear", meaning::unit, 0},
    word_entry{"j", meaning::julian, 0},
    word_entry{"jd", meaning::julian, 0},
    word_entry{"julian", meaning::julian, 0},
    word_entry{"jan", meaning::month, 1},
    word_entry{"january", meaning::month, 1},
    word_entry{"feb", meaning::month, 2},
    word_entry{"february", meaning::month, 2},
    word_entry{"mar", meaning::month, 3},
    word_entry{"march", meaning::month, 3},
    word_entry{"apr", meaning::month, 4},
    word_entry{"april", meaning::month, 4},
    word_entry{"may", meaning::month, 5},
    word_entry{"jun", meaning::month, 6},
    word_entry{"june", meaning::month, 6},
    word_entry{"jul", meaning::month, 7},
    word_entry{"july", meaning::month, 7},
    word_entry{"aug", meaning::month, 8},
    word_entry{"august", meaning::month, 8},
    word_entry{"sep", meaning::month, 9},
    word_entry{"sept", meaning::month, 9},
    word_entry{"september", meaning::month, 9},
    word_entry{"oct", meaning::month, 10},
    word_entry{"october", meaning::month, 10},
    word_entry{"nov", meaning::month, 11},
    word_entry{"november", meaning::month, 11},
    word_entry{"dec", meaning::month, 12},
    word_entry{"december", meaning::month, 12},
    word_entry{"sun", meaning::weekday, 0},
    word_entry{"sunday", meaning::weekday, 0},
    word_entry{"mon", meaning::weekday, 1},
    word_entry{"monday", meaning::weekday, 1},
    word_entry{"tue", meaning::weekday, 2},
    word_entry{"tues", meaning::weekday, 2},
    word_entry{"tuesday", meaning::weekday, 2},
    word_entry{"wed", meaning::weekday, 3},
    word_entry{"weds", meaning::weekday, 3},
    word_entry{"wednesday", meaning::weekday, 3},
    word_entry{"thu", meaning::weekday, 4},
    word_entry{"thur", meaning::weekday, 4},
    word_entry{"thurs", meaning::weekday, 4},
    word_entry{"thursday", meaning::weekday, 4},
    word_entry{"fri", meaning::weekday, 5},
    word_entry{"friday", meaning::weekday, 5},
    word_entry{"sat", meaning::weekday, 6},
    word_entry{"saturday", meaning::weekday, 6},
    // The fixed abbreviations of PostgreSQL's default set that applications meet.
    word_entry{"z", meaning::offset, 0},
    word_entry{"zulu", meaning::offset, 0},
    word_entry{"utc", meaning::offset, 0},
    word_entry{"uct", meaning::offset, 0},
    word_entry{"ut", meaning::offset, 0},
    word_entry{"gmt", meaning::offset, 0},
    word_entry{"wet", meaning::offset, 0},
    word_entry{"west", meaning::offset, 1 * hour},
    word_entry{"bst", meaning::offset, 1 * hour},
    word_entry{"cet", meaning::offset, 1 * hour},
    word_entry{"met", meaning::offset, 1 * hour},
    word_entry{"mez", meaning::offset, 1 * hour},
    word_entry{"cest", meaning::offset, 2 * hour},
    word_entry{"mest", meaning::offset, 2 * hour},
    word_entry{"mesz", meaning::offset, 2 * hour},
    word_entry{"eet", meaning::offset, 2 * hour},
    word_entry{"sast", meaning::offset, 2 * hour},
    word_entry{"ist", meaning::offset, 2 * hour},
    word_entry{"eest", meaning::offset, 3 * hour},
    word_entry{"idt", meaning::offset, 3 * hour},
    word_entry{"jst", meaning::offset, 9 * hour},
    word_entry{"kst", meaning::offset, 9 * hour},
    word_entry{"awst", meaning::offset, 8 * hour},
    word_entry{"acst", meaning::offset, 9 * hour + hour / 2},
    word_entry{"acdt", meaning::offset, 10 * hour + hour / 2},
    word_entry{"aest", meaning::offset, 10 * hour},
    word_entry{"aedt", meaning::offset, 11 * hour},
    word_entry{"nzst", meaning::offset, 12 * hour},
    word_entry{"nzdt", meaning::offset, 13 * hour},
    word_entry{"ast", meaning::offset, -4 * hour},
    word_entry{"adt", meaning::offset, -3 * hour},
    word_entry{"brt", meaning::offset, -3 * hour},
    word_entry{"est", meaning::offset, -5 * hour},
    word_entry{"edt", meaning::offset, -4 * hour},
    word_entry{"cst", meaning::offset, -6 * hour},
    word_entry{"cdt", meaning::offset, -5 * hour},
    word_entry{"mst", meaning::offset, -7 * hour},
    word_entry{"mdt", meaning::offset, -6 * hour},
    word_entry{"pst", meaning::offset, -8 * hour},
    word_entry{"pdt", meaning::offset, -7 * hour},
    word_entry{"akst", meaning::offset, -9 * hour},
    word_entry{"akdt", meaning::offset, -8 * hour},
    word_entry{"hst", meaning::offset, -10 * hour},
    word_entry{"nst", meaning::offset, -3 * hour - hour / 2},
    word_entry{"ndt", meaning::offset, -2 * hour - hour / 2},
};

constexpr bool is_alnum(char c) {
    return is_digit(c) || is_alpha(c);
}

/// Cuts one field after the other off the front of the text.
class splitter {
public:
    explicit splitter(std::string_view text) : rest_(text) {}

    std::optional<std::vector<date_time_field>> split() {
        std::size_t bytes = 0;
        while (!rest_.empty()) {
            const char c = rest_[0];
            if (is_space(c)) {
                rest_.remove_prefix(1);
                continue;
            }
            if (is_digit(c))
                starts_with_digit();
            else if (c == '.')
                add(shape::number, take_while([](char d) { return is_digit(d); }, 1));
            else if (is_alpha(c))
                starts_with_letter();
            else if (c == '+' || c == '-') {
                if (!starts_with_sign())
                    return std::nullopt;
            } else if (c > ' ' && c < 0x7f) {
                rest_.remove_prefix(1);  // other punctuation separates
                continue;
            } else {
                return std::nullopt;
            }
            bytes += out_.back().text.size() + 1;
            if (out_.size() > fields_max || bytes > text_bytes_max)
                return std::nullopt;
        }
        return std::move(out_);
    }

private:
    char front() const { return rest_.empty() ? '\0' : rest_[0]; }

    void add(shape kind, std::string text) { out_.push_back({kind, std::move(text)}); }

    /// Takes `always` characters and then as long as the test holds, in lower case.
    template <class Test>
    std::string take_while(Test test, std::size_t always = 0) {
        std::size_t size = always;
        while (size < rest_.size() && test(rest_[size]))
            ++size;
        std::string taken = lower(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return taken;
    }

    void starts_with_digit() {
        std::string text = take_while(is_digit);
        const char delimiter = front();
        if (delimiter == ':') {
            text += take_while([](char c) { return is_digit(c) || c == ':' || c == '.'; });
            return add(shape::time, std::move(text));
        }
        if (delimiter != '-' && delimiter != '/' && delimiter != '.')
            return add(shape::number, std::move(text));
        text += take_while([](char) { return false; }, 1);
        if (!is_digit(front())) {
            text += take_while([&](char c) { return is_alnum(c) || c == delimiter; });
            return add(shape::date, std::move(text));
        }
        text += take_while(is_digit);
        if (front() == delimiter) {
            text += take_while([&](char c) { return is_digit(c) || c == delimiter; });
            return add(shape::date, std::move(text));
        }
        add(delimiter == '.' ? shape::number : shape::date, std::move(text));
    }

    void starts_with_letter() {
        std::string text = take_while(is_alpha);
        const char next = front();
        // A zone name like america/new_york or gmt+5; but 2024-01-02t10:00 and j2451187 are words.
        const bool joined = next == '-' || next == '/' || next == '.' ||
                            ((next == '+' || is_digit(next)) && !is_plain_word(text));
        if (!joined)
            return add(shape::word, std::move(text));
        text += take_while([](char c) {
            return is_alnum(c) || std::string_view("+-/_.:").find(c) != std::string_view::npos;
        });
        add(shape::date, std::move(text));
    }

    bool starts_with_sign() {
        std::string text = take_while([](char) { return false; }, 1);
        take_while(is_space);
        if (is_digit(front())) {
            text +=
                take_while([](char c) { return is_digit(c) || c == ':' || c == '.' || c == '-'; });
            add(shape::zone, std::move(text));
            return true;
        }
        if (!is_alpha(front()))
            return false;
        text += take_while(is_alpha);
        add(shape::special, std::move(text));
        return true;
    }

    static bool is_plain_word(std::string_view text) {
        const meaning what = find_date_time_word(text).what;
        if (what == meaning::offset)
            return false;
        return what != meaning::unknown || text == "dst";
    }

    std::string_view rest_;
    std::vector<date_time_field> out_;
};

}  // namespace

sql_error date_time_error(trouble what, std::string_view type, std::string_view text) {
    const auto with_text = [&](std::string_view state, std::string_view message) {
        return make_error(state, std::string(message) + ": \"" + std::string(text) + "\"");
    };
    switch (what) {
        case trouble::field_overflow:
            return with_text(sqlstate::datetime_field_overflow,
                             "date/time field value out of range");
        case trouble::month_day_overflow: {
            sql_error error =
                with_text(sqlstate::datetime_field_overflow, "date/time field value out of range");
            error.hint = "Perhaps you need a different \"datestyle\" setting.";
            return error;
        }
        case trouble::zone_overflow:
            return with_text("22009", "time zone displacement out of range");
        case trouble::interval_overflow:
            return with_text("22015", "interval field value out of range");
        case trouble::none:
        case trouble::bad_format:
            break;
    }
    sql_error error = invalid_syntax(type, text);
    error.sqlstate = sqlstate::invalid_datetime_format;
    return error;
}

std::optional<std::vector<date_time_field>> split_date_time(std::string_view text) {
    return splitter(text).split();
}

date_time_word find_date_time_word(std::string_view word) {
    const std::string_view start = word.substr(0, word_bytes_max);
    for (const word_entry& entry : words)
        if (entry.word == start)
            return {entry.what, entry.value};
    return {};
}

bool take_number(std::string_view& rest, std::int64_t& value) {
    constexpr std::int64_t beyond = 100'000'000'000'000;
    const bool negative = rest.starts_with('-');
    std::string_view digits = rest;
    if (negative || rest.starts_with('+'))
        digits.remove_prefix(1);
    if (digits.empty() || !is_digit(digits[0]))
        return false;
    value = 0;
    for (; !digits.empty() && is_digit(digits[0]); digits.remove_prefix(1))
        if (value < beyond)
            value = value * 10 + (digits[0] - '0');
    if (negative)
        value = -value;
    rest = digits;
    return true;
}

bool read_fraction(std::string_view text, std::int64_t& usecs) {
    if (text.empty() || text[0] != '.' || text.find_first_not_of("0123456789", 1) != text.npos)
        return false;
    usecs = static_cast<std::int64_t>(
        std::rint(std::strtod(std::string(text).c_str(), nullptr) * 1'000'000));
    return true;
}

}  // namespace pgduet::protocol::codec
