#include "tests/protocol/sql_types/value_samples.hpp"

#include <bit>
#include <cstdio>
#include <map>

#include "protocol/sql_types/value_codec.hpp"

namespace pgduet::protocol::test {

namespace {

using random_source = std::mt19937_64;

std::int64_t between(random_source& random, std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random);
}

std::string pick(random_source& random, const std::vector<std::string>& from) {
    return from[static_cast<std::size_t>(
        between(random, 0, static_cast<std::int64_t>(from.size()) - 1))];
}

std::string printed(const char* how, auto... values) {
    char buffer[200];
    std::snprintf(buffer, sizeof buffer, how, values...);
    return buffer;
}

std::string digits(random_source& random, std::int64_t most) {
    std::string out;
    for (std::int64_t n = between(random, 1, most); n > 0; --n)
        out += static_cast<char>('0' + between(random, 0, 9));
    return out;
}

std::string random_integer(random_source& random, int bits) {
    const auto value = static_cast<std::int64_t>(random()) >> between(random, 64 - bits, 63);
    return std::to_string(value);
}

std::string random_double(random_source& random) {
    switch (between(random, 0, 4)) {
        case 0:
            return printed("%.17g", std::bit_cast<double>(random()));
        case 1:  // powers of two, where the gap to the neighbours differs
            return printed("%.17g", std::bit_cast<double>((random() >> 53) << 52));
        case 2:
            return printed(
                "%.17g",
                static_cast<double>(between(random, -1'000'000'000, 1'000'000'000)) / 1000);
        case 3:  // large integers
            return printed("%.17g", static_cast<double>(static_cast<std::int64_t>(random())));
        default:
            return digits(random, 20) + "." + digits(random, 20) + "e" +
                   std::to_string(between(random, -330, 300));
    }
}

std::string random_float(random_source& random) {
    switch (between(random, 0, 3)) {
        case 0:
            return printed("%.9g", std::bit_cast<float>(static_cast<std::uint32_t>(random())));
        case 1:
            return printed("%.9g",
                           std::bit_cast<float>(static_cast<std::uint32_t>(random() >> 56) << 23));
        case 2:
            return printed("%.9g",
                           static_cast<float>(between(random, -1'000'000'000, 1'000'000'000)));
        default:
            return digits(random, 8) + "." + digits(random, 8) + "e" +
                   std::to_string(between(random, -45, 30));
    }
}

std::string random_numeric(random_source& random) {
    std::string out = pick(random, {"", "-", "+"}) + digits(random, 40);
    if (between(random, 0, 1))
        out += "." + digits(random, 40);
    if (between(random, 0, 3) == 0)
        out += pick(random, {"e", "E"}) + std::to_string(between(random, -60, 60));
    return out;
}

std::string random_text(random_source& random) {
    static const std::vector<std::string> pieces = {"a",
                                                    "B",
                                                    " ",
                                                    "0",
                                                    "é",
                                                    "ß",
                                                    "漢",
                                                    "😀",
                                                    "\"",
                                                    "\\",
                                                    "'",
                                                    ",",
                                                    "{",
                                                    "}",
                                                    "\n",
                                                    "\t",
                                                    "NULL",
                                                    "%",
                                                    "\x7f"};
    std::string out;
    for (std::int64_t n = between(random, 0, 12); n > 0; --n)
        out += pick(random, pieces);
    return out;
}

std::string random_bytea(random_source& random) {
    std::string out = "\\x";
    for (std::int64_t n = between(random, 0, 20); n > 0; --n)
        out += printed(between(random, 0, 1) ? "%02x" : "%02X",
                       static_cast<unsigned>(between(random, 0, 255)));
    return out;
}

const std::vector<std::string> months = {
    "jan", "feb", "March", "apr", "may", "JUNE", "july", "aug", "sept", "oct", "November", "dec"};

std::string random_date(random_source& random) {
    const auto year = static_cast<int>(between(random, 0, 3) ? between(random, 1900, 2100)
                                                             : between(random, 1, 9999));
    const auto month = static_cast<int>(between(random, 1, 12));
    const auto day = static_cast<int>(between(random, 1, 28));
    const std::string name = months[static_cast<std::size_t>(month - 1)];
    std::string out;
    switch (between(random, 0, 9)) {
        case 0:
            out = printed("%d/%d/%04d", month, day, year);
            break;
        case 1:
            out = printed("%04d%02d%02d", year, month, day);
            break;
        case 2:
            out = printed("%s %d, %04d", name.c_str(), day, year);
            break;
        case 3:
            out = printed("%d %s %04d", day, name.c_str(), year);
            break;
        case 4:
            out = printed("%d-%s-%04d", day, name.c_str(), year);
            break;
        case 5:
            return printed("%04d.%d", year, static_cast<int>(between(random, 1, 366)));
        case 6:
            out = printed("%04d-%d-%d", year, month, day);
            break;
        default:
            out = printed("%04d-%02d-%02d", year, month, day);
    }
    return between(random, 0, 9) == 0 ? out + " BC" : out;
}

std::string random_time(random_source& random) {
    const auto hour = static_cast<int>(between(random, 0, 23));
    const auto minute = static_cast<int>(between(random, 0, 59));
    const auto second = static_cast<int>(between(random, 0, 59));
    switch (between(random, 0, 6)) {
        case 0:
            return printed("%d:%02d", hour, minute);
        case 1:
            return printed("%02d%02d%02d", hour, minute, second);
        case 2:
            return printed("%d:%02d %s",
                           static_cast<int>(between(random, 1, 12)),
                           minute,
                           between(random, 0, 1) ? "am" : "PM");
        case 3:
            return printed("%02d:%02d:%02d", hour, minute, second);
        default:
            return printed("%02d:%02d:%02d.", hour, minute, second) + digits(random, 9);
    }
}

std::string random_zone(random_source& random) {
    switch (between(random, 0, 4)) {
        case 0:
            return printed("%+03d", static_cast<int>(between(random, -15, 15)));
        case 1:
            return printed("%+03d:%02d",
                           static_cast<int>(between(random, -15, 15)),
                           static_cast<int>(between(random, 0, 59)));
        case 2:
            return printed("%+03d%02d",
                           static_cast<int>(between(random, -15, 15)),
                           static_cast<int>(between(random, 0, 59)));
        case 3:
            return pick(random, {"Z", " UTC", " EST", " CEST", " PDT", "GMT", " zulu"});
        default:
            return pick(
                random,
                {" Europe/Berlin", " America/New_York", " asia/kathmandu", " Australia/Lord_Howe"});
    }
}

std::string random_timestamp(random_source& random, bool zone) {
    std::string date = random_date(random);
    std::string era;
    if (date.ends_with(" BC")) {
        date.resize(date.size() - 3);
        era = " BC";
    }
    std::string out = date + pick(random, {" ", "T", "  "}) + random_time(random);
    if (zone && between(random, 0, 2))
        out += random_zone(random);
    return out + era;
}

std::string random_interval(random_source& random) {
    static const std::vector<std::string> units = {"year",
                                                   "years",
                                                   "mon",
                                                   "months",
                                                   "week",
                                                   "days",
                                                   "d",
                                                   "hours",
                                                   "h",
                                                   "min",
                                                   "minutes",
                                                   "sec",
                                                   "s",
                                                   "ms",
                                                   "us",
                                                   "decade",
                                                   "century",
                                                   "millennium"};
    std::string out = between(random, 0, 5) ? "" : "@ ";
    for (std::int64_t n = between(random, 0, 3); n > 0; --n) {
        out += std::to_string(between(random, -100, 100));
        if (between(random, 0, 4) == 0)
            out += "." + digits(random, 7);
        out += pick(random, {" ", ""}) + pick(random, units) + " ";
    }
    switch (between(random, 0, 4)) {
        case 0:
            out += pick(random, {"", "-", "+"}) + random_time(random);
            break;
        case 1:
            out = "P" + std::to_string(between(random, -9, 99)) + "Y" +
                  std::to_string(between(random, 0, 20)) + "M" +
                  std::to_string(between(random, 0, 50)) + "DT" +
                  std::to_string(between(random, -5, 30)) + "H" +
                  std::to_string(between(random, 0, 99)) + "." + digits(random, 5) + "S";
            break;
        case 2:
            out += "ago";
            break;
        default:
            break;
    }
    return out;
}

std::string random_uuid(random_source& random) {
    std::string out;
    for (int i = 0; i < 16; ++i) {
        out += printed("%02X", static_cast<unsigned>(between(random, 0, 255)));
        if (i % 2 == 1 && i < 15 && between(random, 0, 1))
            out += '-';
    }
    return between(random, 0, 4) ? out : "{" + out + "}";
}

std::string random_json(random_source& random, int depth) {
    switch (between(random, 0, depth > 3 ? 4 : 6)) {
        case 0:
            return pick(random, {"true", "false", "null", " null "});
        case 1:
            return random_integer(random, 60);
        case 2:
            return printed("%.3f", static_cast<double>(between(random, -99'999, 99'999)) / 100) +
                   pick(random, {"", "e5", "E-3", "e+2"});
        case 3:
        case 4:
            return pick(random,
                        {R"("a")",
                         R"("")",
                         R"("é漢")",
                         R"("\u00e9\n")",
                         R"("\ud83d\ude00")",
                         R"("a\"b\\c\/")",
                         R"("\u0001\t")",
                         R"("😀")"});
        case 5: {
            std::string out = "[";
            for (std::int64_t n = between(random, 0, 4); n > 0; --n)
                out += random_json(random, depth + 1) + (n > 1 ? pick(random, {",", " , "}) : "");
            return out + "]";
        }
        default: {
            std::string out = "{";
            for (std::int64_t n = between(random, 0, 5); n > 0; --n)
                out +=
                    pick(random, {R"("a")", R"("bb")", R"("b")", R"("ccc")", R"("é")", R"("")"}) +
                    pick(random, {":", " : "}) + random_json(random, depth + 1) +
                    (n > 1 ? pick(random, {",", "\n,"}) : "");
            return out + "}";
        }
    }
}

std::string random_scalar(oid type, random_source& random);

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + "\"";
}

std::string random_braces(oid element, random_source& random, std::vector<std::int64_t> sizes) {
    const std::int64_t size = sizes.front();
    sizes.erase(sizes.begin());
    std::string out = "{";
    for (std::int64_t i = 0; i < size; ++i) {
        if (i > 0)
            out += pick(random, {",", " , "});
        if (!sizes.empty())
            out += random_braces(element, random, sizes);
        else if (between(random, 0, 5) == 0)
            out += pick(random, {"NULL", "null", " Null "});
        else
            out += quoted(random_scalar(element, random));
    }
    return out + "}";
}

std::string random_array(oid element, random_source& random) {
    std::vector<std::int64_t> sizes;
    for (std::int64_t n = between(random, 1, 3); n > 0; --n)
        sizes.push_back(between(random, 1, 3));
    std::string bounds;
    if (between(random, 0, 4) == 0) {
        for (const std::int64_t size : sizes) {
            const std::int64_t lower = between(random, -2, 3);
            bounds += "[" + std::to_string(lower) + ":" + std::to_string(lower + size - 1) + "]";
        }
        bounds += "=";
    }
    return bounds + random_braces(element, random, sizes);
}

std::string random_scalar(oid type, random_source& random) {
    switch (type) {
        case type_oid::boolean:
            return pick(
                random,
                {"t", "f", "true", "FALSE", "yes", "no", "on", "off", "1", "0", " tr ", "of"});
        case type_oid::int2:
            return random_integer(random, 16);
        case type_oid::int4:
            return random_integer(random, 32);
        case type_oid::int8:
            return random_integer(random, 64);
        case type_oid::oid_:
            return std::to_string(random() >> between(random, 32, 63));
        case type_oid::float4:
            return random_float(random);
        case type_oid::float8:
            return random_double(random);
        case type_oid::numeric:
            return random_numeric(random);
        case type_oid::bytea:
            return random_bytea(random);
        case type_oid::date:
            return random_date(random);
        case type_oid::time:
            return random_time(random);
        case type_oid::timetz:
            return random_time(random) + pick(random, {"+02", "-03:30", "Z", " UTC", "+1234", ""});
        case type_oid::timestamp:
            return random_timestamp(random, false);
        case type_oid::timestamptz:
            return random_timestamp(random, true);
        case type_oid::interval:
            return random_interval(random);
        case type_oid::uuid:
            return random_uuid(random);
        case type_oid::json:
        case type_oid::jsonb:
            return random_json(random, 0);
        default:
            return random_text(random);
    }
}

const std::map<oid, std::vector<std::string>> chosen = {
    {type_oid::boolean,
     {"", " ", "o", "of", "offf", "tru", "truee", "2", "01", "TRUE ", "\tyes\n", "oN", "n", "y"}},
    {type_oid::int2,
     {"",
      " ",
      "32767",
      "32768",
      "-32768",
      "-32769",
      "+1",
      "+-1",
      " 7 ",
      "7 x",
      "99999999x",
      "32768x",
      "0x10",
      "1_0",
      "1.0",
      "-0",
      "007",
      "1e3"}},
    {type_oid::int4,
     {"",
      "2147483647",
      "2147483648",
      "-2147483648",
      "-2147483649",
      " \t\n\v\f\r1 ",
      "abc",
      "1,000",
      "- 1"}},
    {type_oid::int8,
     {"",
      "9223372036854775807",
      "9223372036854775808",
      "-9223372036854775808",
      "-9223372036854775809",
      "12345678901234567890123",
      "x"}},
    {type_oid::oid_,
     {"",
      " ",
      "4294967295",
      "4294967296",
      "-1",
      "-2147483648",
      "-2147483649",
      "99999999999999999999999",
      "1x",
      "abc",
      " 5 "}},
    {type_oid::float4,
     {"",        "NaN",          "nan",     "inf",   "-inf",     "+Infinity", "INFINITY", "1e38",
      "1e39",    "-1e39",        "1e-46",   "1e-45", "0x10",     "1.5e",      "abc",      "1 2",
      " 1 ",     "-0",           "1e6",     "1e5",   "999999.5", "16777216",  "16777217", "0.0001",
      "0.00001", "3.4028235e38", "infinit", "1e400", "nan(5)"}},
    {type_oid::float8,
     {"",
      " ",
      "NaN",
      "nan",
      "-nan",
      "inf",
      "-inf",
      "+inf",
      "infinity",
      "1e308",
      "1e309",
      "-1e309",
      "4.9e-324",
      "2e-324",
      "1e-400",
      "0x1p3",
      "1.5e",
      "e5",
      ".5",
      "5.",
      ".",
      "1e15",
      "1e14",
      "123456789012345678",
      "1e23",
      "9007199254740993",
      "-0",
      "0.1",
      "0.0001",
      "0.00001",
      "1.7976931348623157e308",
      "5e-324",
      "1 x",
      "1,5",
      "1e5x",
      "9.5367431640625e-07",
      "2.2250738585072014e-308"}},
    {type_oid::numeric,
     {"",
      " ",
      "NaN",
      "nan",
      "Infinity",
      "-infinity",
      "+inf",
      "inf",
      "infinit",
      "-nan",
      "0",
      "-0",
      "-0.00",
      "00012.3400",
      "1e5",
      "1e-5",
      "1.5e10",
      "1e131071",
      "1e131072",
      "1e-16383",
      "1e-16384",
      "1e-20000",
      "1e999999999",
      "1e9999999999",
      "1e-9999999999",
      "0e999999",
      ".5",
      "5.",
      ".",
      "+.5",
      "1.2.3",
      "1e",
      "1e+",
      "1e5.5",
      "0x10",
      "1_000",
      "12 3",
      " 12 ",
      "9999",
      "10000",
      "99999999",
      "100000000",
      "0.0001",
      "0.00010000",
      "0.00000001",
      "123456789.987654321",
      "--5",
      "- 5",
      "1 e5"}},
    {type_oid::text,
     {"",
      " ",
      "a",
      "é",
      "漢字",
      "😀",
      "a\xff",
      "\xc0\x80",
      "\xed\xa0\x80",
      "\xf5\x80\x80\x80",
      "\xe2\x82",
      "ok\xc3",
      "\x80"}},
    {type_oid::name,
     {"",
      "short",
      std::string(63, 'a'),
      std::string(64, 'a'),
      std::string(62, 'a') + "é",
      std::string(61, 'a') + "é"}},
    {type_oid::quoted_char, {"", "a", "ab", " "}},
    {type_oid::bytea,
     {"",
      "\\x",
      "\\x0",
      "\\x00 ff",
      "\\xgg",
      "\\x0g",
      "\\X00",
      "abc",
      "\\000\\377",
      "\\400",
      "a\\\\b",
      "a\\b",
      "\\",
      "\\12",
      "\\x12 3",
      "\\x1 2",
      "é",
      "\\xé"}},
    {type_oid::date,
     {"",
      " ",
      "2024-02-29",
      "2023-02-29",
      "2024-02-30",
      "2024-13-01",
      "2024-00-01",
      "2024-01-00",
      "2024-01-32",
      "0000-01-01",
      "0001-01-01",
      "0001-01-01 BC",
      "4714-11-24 BC",
      "4714-11-23 BC",
      "5874897-12-31",
      "5874898-01-01",
      "infinity",
      "-infinity",
      "+infinity",
      "epoch",
      "J2451187",
      "j 2451187",
      "1/8/1999",
      "13/1/1999",
      "99-01-08",
      "08-Jan-99",
      "Jan-08-1999",
      "1999-Jan-08",
      "19990108",
      "990108",
      "1999.008",
      "January 8, 1999",
      "8 jan",
      "1999",
      "1999-01",
      "2024-01-01 10:00",
      "2024-01-01T10:00:00Z",
      "2024-01-01 25:00",
      "2024-01-01 24:00:00",
      "2024-01-01 AD",
      "2024-01-01 BC",
      "bc",
      "monday 2024-01-01",
      "2024/1/2",
      "2024.1.2",
      "2024-1-2-3",
      "20240230",
      "abc",
      "2024-01-01 x",
      "1 2 3",
      "1-2-3",
      "12-31-99",
      "31-12-99",
      "2024-366",
      "2024-060",
      "2024 060",
      "99999999-01-01",
      "2024-jan-01",
      "01 2024 jan",
      "2024-01-01 utc",
      "jan 1 99",
      "99 jan 1",
      "2 jan 2024 3"}},
    {type_oid::time,
     {"",
      "00:00",
      "24:00",
      "24:00:00",
      "24:00:01",
      "23:59:60",
      "23:59:60.5",
      "23:59:59.9999999",
      "25:00",
      "12:60",
      "12:34:61",
      "1234",
      "123456",
      "123",
      "12",
      "040506.789",
      "4:05 am",
      "4:05 PM",
      "12:00 am",
      "12:00 pm",
      "13:00 pm",
      "0:30 pm",
      "allballs",
      "10:00+02",
      "10:00 UTC",
      "10:00 Europe/Berlin",
      "2024-01-01 10:00 Europe/Berlin",
      "2024-01-01 10:00",
      "10:00:00.1234567",
      "10:00:00.",
      "10:00:",
      "10:",
      ":10",
      "t1234",
      "T12:34",
      "noon",
      "12:34.5",
      "1:2:3",
      "10:00 2024-01-01",
      "infinity",
      "10:00 x",
      "12:34:56:78",
      "10.5"}},
    {type_oid::timetz,
     {"",
      "04:05:06-08:00",
      "04:05+8",
      "040506-08",
      "04:05 z",
      "04:05:06 PST",
      "24:00-1559",
      "10:00+16",
      "10:00+15:59:59",
      "10:00 +02:60",
      "allballs",
      "2003-04-12 04:05:06 America/New_York",
      "10:00 America/New_York",
      "10:00",
      "10:00+02:30:15",
      "10:00 utc+2"}},
    {type_oid::timestamp,
     {"",
      "2024-01-01",
      "2024-01-02 03:04:05.678",
      "2024-1-2T3:04",
      "2024-01-01T24:00:00",
      "2024-12-31 24:00",
      "2024-01-01 23:59:60",
      "2024-01-01 23:59:59.9999999",
      "infinity",
      "-infinity",
      "epoch",
      "4714-11-24 00:00:00 BC",
      "4714-11-23 23:59:59 BC",
      "294276-12-31 23:59:59.999999",
      "294277-01-01",
      "0044-03-15 12:00 BC",
      "2024-01-01 10:00+02",
      "2024-01-01 10:00 Europe/Berlin",
      "2024-01-01 10:00 Nowhere/Land",
      "20240102T030405",
      "20240102 030405",
      "2024-01-02 10:00 pm",
      "January 8 04:05:06 1999",
      "Jan 8 1999 04:05:06 PM",
      "2024-01-01 12:34:56.",
      "2024-01-01 junk",
      "Mon Jan 8 04:05:06 1999",
      "Mon Jan 8 04:05:06 1999 PST",
      "10:00",
      "2024-01-01 10:00 10:00",
      "2024-01-01T",
      "T10:00",
      "2024-01-01 99:00",
      "1999-01-08 04:05:06.7 at",
      "2024-02-30 10:00",
      "J2451187.5",
      "2024-01-01,10:00",
      "2024-01-01 10.5",
      "10:00 2024-01-01",
      "10:00 jan 5 2024",
      "04:05:06 1999-01-08",
      "PST 2024-01-01 10:00"}},
    {type_oid::timestamptz,
     {"2024-01-01",
      "2024-06-15 12:00",
      "2024-03-31 02:30",
      "2024-10-27 02:30",
      "2024-03-10 02:30",
      "2024-11-03 01:30",
      "1890-01-01 00:00",
      "2050-07-01 00:00",
      "2500-07-01 00:00",
      "2024-01-01 10:00Z",
      "2024-01-01 10:00 z",
      "2024-01-01 10:00+05:30",
      "2024-01-01 10:00-0330",
      "2024-01-01 10:00+16",
      "2024-01-01 10:00+15:60",
      "2024-01-01 10:00 europe/berlin",
      "2024-07-01 10:00 America/New_York",
      "2024-01-01 10:00 Mars/Base",
      "2024-01-01 10:00 EST",
      "2024-01-01 10:00 xyz",
      "2024-01-01T10:00:00.123456+00:00",
      "infinity",
      "-infinity",
      "epoch",
      "4714-11-24 00:00:00+00 BC",
      "4714-11-24 00:00:00+10 BC",
      "294276-12-31 23:59:59-01",
      "0001-01-01 00:00:00 BC",
      "2024-01-01 10:00 +2",
      "2024-01-01 10:00+02 EST",
      "2024-01-01 10:00 GMT+3",
      "2024-01-01 10:00 UTC+3",
      "2024-01-01 10:00 EST5EDT",
      "2024-01-01 040506-08",
      "20240101T040506+02"}},
    {type_oid::interval,
     {"",
      " ",
      "1 day",
      "1 days",
      "1",
      "1.5",
      "-1.5",
      "1 2",
      "1 day 2",
      "1-2",
      "-1-2",
      "1-13",
      "1 2:03",
      "1 2:03:04",
      "-1 2:03:04",
      "1 -2:03:04",
      "1-2 3 4:05:06",
      "@ 1 minute ago",
      "1 year 2 mons ago",
      "ago",
      "day",
      "1 foo",
      "P1Y2M3DT4H5M6S",
      "P1Y",
      "PT1H",
      "P",
      "PT",
      "P1W",
      "P1.5Y",
      "P0001-02-03T04:05:06",
      "P1-2",
      "p1y",
      "P1S",
      "PT1D",
      "1 day 1 day",
      "1 second 1 ms",
      "1:2:3 4 sec",
      "1.5 years",
      "1.55 years",
      "1.5 mons",
      "0.5 weeks",
      "1.1 days",
      "-0.1 days",
      "2147483647 mons",
      "2147483648 mons",
      "2147483648 days",
      "178956970 years",
      "178956971 years",
      "99999999999 hours",
      "9223372036854775807 us",
      "9223372036854775808 us",
      "-9223372036854775808 us",
      "infinity",
      "1:61",
      "24:00:00",
      "100:00:00",
      "1:2",
      "1:2.5",
      ".5",
      "1.5.5",
      "+1 day",
      "1 day -1 hour",
      "-1 days +02:03",
      "1 century",
      "2 decades",
      "3 millennia",
      "1 microsecond",
      "1 millisecond",
      "5 s 5 m",
      "1 month 1 mon",
      "1 y 2 y",
      "1 hour 2:00",
      "1 min 5:00"}},
    {type_oid::uuid,
     {"",
      "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
      "{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}",
      "a0eebc999c0b4ef8bb6d6bb9bd380a11",
      "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11",
      "{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}",
      "{a0eebc999c0b4ef8bb6d6bb9bd380a11",
      "a0eebc999c0b4ef8bb6d6bb9bd380a11}",
      "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1",
      "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1g",
      " a0eebc999c0b4ef8bb6d6bb9bd380a11",
      "a0eebc999c0b4ef8bb6d6bb9bd380a11 ",
      "a-0eebc999c0b4ef8bb6d6bb9bd380a11",
      "a0eebc999c0b4ef8bb6d6bb9bd380a11-"}},
    {type_oid::json,
     {"",
      " ",
      "1",
      "-0",
      "01",
      "1.",
      ".5",
      "1e5",
      "1e",
      "-",
      "true",
      "tru",
      "True",
      "null",
      "nulll",
      "\"\"",
      "\"a",
      "\"a\nb\"",
      "\"\\x\"",
      "\"\\u12\"",
      "\"\\u0000\"",
      "\"\\ud800\"",
      "{}",
      "[]",
      "[1,]",
      "[,1]",
      "{\"a\"}",
      "{\"a\":}",
      "{\"a\":1,}",
      "{a:1}",
      "{\"a\":1 \"b\":2}",
      "[1 2]",
      "1 2",
      "[",
      "{",
      "]",
      "{\"a\":{\"b\":[1,2,{\"c\":null}]}}",
      "\"\\",
      "nan",
      "[1]x",
      "\"\x7f\"",
      "1x"}},
    {type_oid::int4_array,
     {"",
      "{}",
      "{1}",
      "{1,2,3}",
      " { 1 , 2 } ",
      "{NULL}",
      "{null,1}",
      "{\"1\"}",
      "{1,2",
      "{1,2}}",
      "1,2",
      "{{1,2},{3,4}}",
      "{{1,2},{3}}",
      "{{1},2}",
      "{1,{2}}",
      "[0:1]={1,2}",
      "[1:2]={1}",
      "[2:1]={}",
      "[3]={1,2,3}",
      "[0:0][1:2]={{1,2}}",
      "{,1}",
      "{1,}",
      "{1,,2}",
      "{abc}",
      "{99999999999}",
      "{{},{}}",
      "{{}}",
      "{1 2}",
      "{\"1\"2}",
      "{{{{{{1}}}}}}",
      "{{{{{{{1}}}}}}}",
      "[1:1]={{1}}",
      "{\"\"}",
      "{1}x",
      "[-2147483648:-2147483647]={1,2}",
      "[a:b]={1}"}},
    {type_oid::text_array,
     {"{}",
      "{a}",
      "{a b, c}",
      "{\"a,b\"}",
      "{\"a\\\"b\"}",
      "{\"\"}",
      "{\"NULL\"}",
      "{nUlL}",
      "{a\\,b}",
      "{a\\ }",
      "{\\NULL}",
      "{ a }",
      "{\" a \"}",
      "{a\"b\"}",
      "{{a},{b}}",
      "{\"{\"}",
      "{é,漢}",
      "{\\\"}",
      "{\"a\"b}"}},
};

}  // namespace

std::vector<std::string> samples(oid type, std::size_t count, random_source& random) {
    std::vector<std::string> out;
    const oid listed = type == type_oid::jsonb ? type_oid::json : type;
    if (const auto found = chosen.find(listed); found != chosen.end())
        out = found->second;
    const type_info* info = find_type(type);
    for (std::size_t i = 0; i < count; ++i)
        out.push_back(info->category == 'A' ? random_array(info->element, random)
                                            : random_scalar(type, random));
    return out;
}

std::string mutate(std::string text, random_source& random) {
    static const std::vector<std::string> additions = {"0",
                                                       "1",
                                                       "9",
                                                       "-",
                                                       "+",
                                                       ":",
                                                       ".",
                                                       " ",
                                                       "e",
                                                       "x",
                                                       "{",
                                                       "}",
                                                       "\"",
                                                       "\\",
                                                       ",",
                                                       "/",
                                                       "T",
                                                       "am",
                                                       "Z"};
    for (std::int64_t n = between(random, 1, 2); n > 0; --n) {
        const auto at =
            static_cast<std::size_t>(between(random, 0, static_cast<std::int64_t>(text.size())));
        switch (between(random, 0, 2)) {
            case 0:
                text.erase(std::min(at, text.size()), 1);
                break;
            case 1:
                text.insert(at, pick(random, additions));
                break;
            default:
                if (at < text.size())
                    text.replace(at, 1, pick(random, additions));
        }
    }
    return text;
}

}  // namespace pgduet::protocol::test
