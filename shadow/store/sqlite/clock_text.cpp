#include "shadow/store/sqlite/clock_text.hpp"

#include <chrono>
#include <cstdio>

namespace pgduet::store::sqlite {

std::string timestamp_text(std::int64_t microseconds, bool zoned) {
    using namespace std::chrono;
    const sys_time<std::chrono::microseconds> when{std::chrono::microseconds(microseconds)};
    const auto day = floor<days>(when);
    const year_month_day date(day);
    const hh_mm_ss time(floor<seconds>(when - day));
    auto fraction = static_cast<int>((when - floor<seconds>(when)).count());
    char text[64];
    int size = std::snprintf(text,
                             sizeof text,
                             "%04d-%02u-%02u %02d:%02d:%02d",
                             static_cast<int>(date.year()),
                             static_cast<unsigned>(date.month()),
                             static_cast<unsigned>(date.day()),
                             static_cast<int>(time.hours().count()),
                             static_cast<int>(time.minutes().count()),
                             static_cast<int>(time.seconds().count()));
    std::string out(text, static_cast<std::size_t>(size));
    if (fraction != 0) {
        size = std::snprintf(text, sizeof text, ".%06d", fraction);
        out.append(text, static_cast<std::size_t>(size));
        while (out.back() == '0')
            out.pop_back();
    }
    return zoned ? out + "+00" : out;
}

std::string clock_text() {
    using namespace std::chrono;
    return timestamp_text(
        duration_cast<std::chrono::microseconds>(system_clock::now().time_since_epoch()).count(),
        true);
}

}  // namespace pgduet::store::sqlite
