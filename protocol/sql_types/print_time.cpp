#include "protocol/sql_types/print_time.hpp"

namespace pgduet::protocol::codec {

std::string padded(std::int64_t number, std::size_t width) {
    std::string digits = std::to_string(number);
    if (digits.size() < width)
        digits.insert(0, width - digits.size(), '0');
    return digits;
}

std::string print_date(const civil_date& civil) {
    const std::int64_t year = civil.year > 0 ? civil.year : 1 - civil.year;
    return padded(year, 4) + "-" + padded(civil.month, 2) + "-" + padded(civil.day, 2);
}

std::string print_seconds(std::int64_t usecs) {
    std::string out = padded(usecs / usecs_per_second, 2);
    if (const std::int64_t fraction = usecs % usecs_per_second) {
        out += "." + padded(fraction, 6);
        out.erase(out.find_last_not_of('0') + 1);
    }
    return out;
}

std::string print_clock(std::int64_t usecs) {
    const std::int64_t minutes = usecs / (60 * usecs_per_second);
    return padded(minutes / 60, 2) + ":" + padded(minutes % 60, 2) + ":" +
           print_seconds(usecs % (60 * usecs_per_second));
}

}  // namespace pgduet::protocol::codec
