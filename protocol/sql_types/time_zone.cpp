#include "protocol/sql_types/time_zone.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <vector>

#include "protocol/sql_types/big_endian.hpp"
#include "protocol/sql_types/calendar.hpp"
#include "protocol/sql_types/codec.hpp"
#include "protocol/sql_types/posix_zone.hpp"

namespace pgduet::protocol {

namespace {

constexpr std::string_view zone_directory = "/usr/share/zoneinfo";
constexpr std::size_t zone_name_bytes_max = 255;
constexpr double offset_hours_max = 168;

struct transition {
    std::int64_t at;  ///< UTC seconds
    std::int32_t before;
    std::int32_t after;
};

sql_error unknown_zone(std::string_view name) {
    return make_error(sqlstate::invalid_parameter_value,
                      "invalid value for parameter \"TimeZone\": \"" + std::string(name) + "\"");
}

/// Follows `name` below the zone directory without regard to case, component by component; gives
/// the name as the directory spells it.
std::optional<std::string> find_zone_file(std::string_view name) {
    if (name.empty() || name.size() > zone_name_bytes_max || name.find("..") != name.npos ||
        name.front() == '/' || name.find('\0') != name.npos)
        return std::nullopt;
    namespace fs = std::filesystem;
    std::error_code ec;
    std::string found;
    while (!name.empty()) {
        const std::size_t slash = name.find('/');
        const std::string part = codec::lower(name.substr(0, slash));
        name = slash == name.npos ? std::string_view() : name.substr(slash + 1);
        const fs::path here = fs::path(zone_directory) / found;
        if (!fs::is_directory(here, ec))
            return std::nullopt;
        std::optional<std::string> match;
        for (const fs::directory_entry& entry : fs::directory_iterator(here, ec))
            if (std::string spelled = entry.path().filename(); codec::lower(spelled) == part)
                match = std::move(spelled);
        if (!match)
            return std::nullopt;
        found += (found.empty() ? "" : "/") + *match;
    }
    const fs::path file = fs::path(zone_directory) / found;
    return fs::is_regular_file(file, ec) ? std::optional(found) : std::nullopt;
}

}  // namespace

/// Transitions of a TZif file, and the rule for the time after them.
struct time_zone::rules {
    std::int32_t first_offset = 0;
    std::vector<transition> transitions;
    std::optional<codec::posix_zone> after;

    static std::shared_ptr<const rules> read(std::string_view tzif);

    /// The first change after `utc`, if any: of the file, else of the rule.
    std::optional<transition> next_change(std::int64_t utc) const;
    std::int32_t offset(std::int64_t utc) const;
};

/// RFC 8536: a block with 32-bit times, then (version 2 and up) one with 64-bit times, then the
/// rule between newlines. Only the second is read; system zones have had it for fifteen years.
///
///   header := "TZif" version:1 unused:15 isutcnt isstdcnt leapcnt timecnt typecnt charcnt : uint32
///   block  := time:8*timecnt index:1*timecnt (utoff:4 isdst:1 abbrind:1)*typecnt chars leap std ut
std::shared_ptr<const time_zone::rules> time_zone::rules::read(std::string_view tzif) {
    codec::binary_cursor in(tzif);
    for (const std::size_t time_size : {std::size_t{4}, std::size_t{8}}) {
        if (in.bytes(4) != "TZif")
            return nullptr;
        if (const std::string_view version = in.bytes(16); version.empty() || version[0] < '2')
            return nullptr;
        const std::size_t ut = in.uint32(), standard = in.uint32(), leaps = in.uint32();
        const std::size_t times = in.uint32(), types = in.uint32(), chars = in.uint32();
        if (time_size == 4) {
            in.bytes(times * 5 + types * 6 + chars + leaps * 8 + standard + ut);
            continue;
        }
        codec::binary_cursor at(in.bytes(times * 8));
        const std::string_view index = in.bytes(times);
        const std::string_view type = in.bytes(types * 6);
        in.bytes(chars + leaps * 12 + standard + ut);
        if (in.failed() || types == 0)
            return nullptr;
        const auto offset_of = [&](std::size_t i) {
            return codec::binary_cursor(type.substr(i * 6, 4)).int32();
        };
        auto out = std::make_shared<rules>();
        out->first_offset = offset_of(0);
        std::int32_t before = out->first_offset;
        for (std::size_t i = 0; i < times; ++i) {
            const auto kind = static_cast<unsigned char>(index[i]);
            if (kind >= types)
                return nullptr;
            out->transitions.push_back({at.int64(), before, offset_of(kind)});
            before = offset_of(kind);
        }
        const std::string_view footer = in.bytes(in.left());
        if (footer.size() > 2 && footer.front() == '\n' && footer.back() == '\n')
            out->after = codec::posix_zone::parse(footer.substr(1, footer.size() - 2));
        return out;
    }
    return nullptr;
}

std::optional<transition> time_zone::rules::next_change(std::int64_t utc) const {
    const auto next = std::ranges::upper_bound(transitions, utc, {}, &transition::at);
    if (next != transitions.end())
        return *next;
    if (!after || !after->has_daylight())
        return std::nullopt;
    const std::int64_t year =
        codec::civil_from_days(codec::floor_div(utc, codec::seconds_per_day)).year;
    for (std::int64_t y = year - 1; y <= year + 1; ++y)
        for (const codec::posix_zone::change& change : after->changes(y))
            if (change.at > utc)
                return transition{change.at, change.before, change.after};
    return std::nullopt;
}

std::int32_t time_zone::rules::offset(std::int64_t utc) const {
    const auto next = std::ranges::upper_bound(transitions, utc, {}, &transition::at);
    if (next != transitions.end())
        return next->before;
    if (after && after->has_daylight())
        return next_change(utc)->before;
    if (after)
        return after->standard_offset();
    return transitions.empty() ? first_offset : transitions.back().after;
}

sql_result<time_zone> time_zone::parse(std::string_view name) {
    time_zone zone;
    const std::string text(name);
    if (codec::lower(name) == "utc")
        return zone;
    // A bare number is hours east of UTC, and is shown as a POSIX zone, whose sign is reversed.
    if (!text.empty() && text.find_first_not_of("0123456789+-.") == text.npos) {
        char* end = nullptr;
        const double hours = std::strtod(text.c_str(), &end);
        if (*end == '\0') {
            if (std::fabs(hours) > offset_hours_max)
                return unknown_zone(name);
            zone.fixed_offset_ = static_cast<std::int32_t>(hours * 3600);
            const std::string east = codec::print_offset(zone.fixed_offset_);
            const std::string west = codec::print_offset(-zone.fixed_offset_);
            zone.name_ = "<" + east + ">" + (zone.fixed_offset_ == 0 ? "+00" : west);
            return zone;
        }
    }
    if (const std::optional<std::string> file = find_zone_file(name)) {
        std::ifstream in(std::string(zone_directory) + "/" + *file, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(in), {}};
        zone.rules_ = rules::read(bytes);
        zone.name_ = *file;
        return zone.rules_ ? sql_result<time_zone>(zone) : unknown_zone(name);
    }
    if (std::optional<codec::posix_zone> posix = codec::posix_zone::parse(name)) {
        auto only = std::make_shared<rules>();
        only->first_offset = posix->standard_offset();
        only->after = posix;
        zone.rules_ = std::move(only);
        zone.name_ = text;
        for (char& c : zone.name_)
            c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        return zone;
    }
    return unknown_zone(name);
}

std::int32_t time_zone::offset_at_utc(std::int64_t utc_seconds) const {
    return rules_ ? rules_->offset(utc_seconds) : fixed_offset_;
}

std::int32_t time_zone::offset_at_local(std::int64_t local_seconds) const {
    if (!rules_)
        return fixed_offset_;
    // The first change that can matter is the next one after the day before.
    const std::optional<transition> change =
        rules_->next_change(local_seconds - codec::seconds_per_day);
    if (!change)
        return rules_->offset(local_seconds);
    const std::int64_t as_before = local_seconds - change->before;
    const std::int64_t as_after = local_seconds - change->after;
    if (as_before < change->at && as_after < change->at)
        return change->before;
    if (as_before >= change->at && as_after >= change->at)
        return change->after;
    // Skipped in spring: the offset before the change; repeated in autumn: the one after it.
    return as_before > as_after ? change->before : change->after;
}

}  // namespace pgduet::protocol
