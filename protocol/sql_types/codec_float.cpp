#include <bit>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "protocol/sql_types/big_endian.hpp"
#include "protocol/sql_types/codec.hpp"

// float4, float8: IEEE 754 single and double, network order.
namespace pgduet::protocol {

namespace {

template <class F>
std::string scientific(F value, int precision = -1) {
    char buffer[64];
    const auto end =
        precision < 0
            ? std::to_chars(buffer, std::end(buffer), value, std::chars_format::scientific)
            : std::to_chars(
                  buffer, std::end(buffer), value, std::chars_format::scientific, precision);
    return {buffer, end.ptr};
}

template <class F>
bool reads_back(const std::string& text, F value) {
    F back = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), back);
    return end.ec == std::errc() && back == value;
}

/// PostgreSQL does not rely on the reader's rounding half to even: a shortest text that lies
/// exactly half-way between two floats is not taken, one with more digits is. Half-way is where a
/// digit more, far behind, changes what is read.
template <class F>
bool inside(const std::string& text, F value) {
    const std::size_t exponent = text.find('e');
    std::string digits = text.substr(0, exponent);
    if (digits.find('.') == digits.npos)
        digits += '.';
    const std::string above = digits + std::string(30, '0') + "1";
    // The number just below: the last non-zero digit less one, then nines.
    std::string below = digits + std::string(30, '0');
    for (std::size_t i = below.size(); i-- > 0;) {
        if (below[i] == '.')
            continue;
        if (below[i] != '0') {
            --below[i];
            break;
        }
        below[i] = '9';
    }
    const std::string tail = text.substr(exponent);
    return reads_back(above + tail, value) && reads_back(below + tail, value);
}

/// Digits without a point, and the power of ten of the first one.
struct decimal {
    std::string digits;
    int exponent;
};

template <class F>
decimal shortest(F magnitude) {
    std::string text = scientific(magnitude);
    // Only an even mantissa attracts half-way texts.
    using bits = std::conditional_t<sizeof(F) == 8, std::uint64_t, std::uint32_t>;
    if (std::bit_cast<bits>(magnitude) % 2 == 0 && !inside(text, magnitude)) {
        int precision = static_cast<int>(text.find('e')) - 2;
        for (precision = std::max(precision, 0); precision < std::numeric_limits<F>::max_digits10;
             ++precision) {
            text = scientific(magnitude, precision);
            if (reads_back(text, magnitude) && inside(text, magnitude))
                break;
        }
    }
    const std::size_t mark = text.find('e');
    decimal out{text.substr(0, 1), std::atoi(text.c_str() + mark + 1)};
    if (mark > 2)
        out.digits += text.substr(2, mark - 2);
    while (out.digits.size() > 1 && out.digits.back() == '0')
        out.digits.pop_back();
    return out;
}

/// Fixed notation for exponents from -4 up to the digits every such float keeps, else d.ddde+XX.
template <class F>
std::string print(F value) {
    if (std::isnan(value))
        return "NaN";
    std::string out = std::signbit(value) ? "-" : "";
    if (std::isinf(value))
        return out + "Infinity";
    if (value == 0)
        return out + "0";
    const auto [digits, exponent] = shortest(std::fabs(value));
    const int size = static_cast<int>(digits.size());
    if (exponent < -4 || exponent >= std::numeric_limits<F>::digits10) {
        out += digits[0];
        if (size > 1)
            out.append(".").append(digits, 1);
        const std::string power = std::to_string(std::abs(exponent));
        return out + (exponent < 0 ? "e-" : "e+") + (power.size() < 2 ? "0" : "") + power;
    }
    if (exponent < 0)
        return out + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
    if (exponent + 1 >= size)
        return out + digits + std::string(static_cast<std::size_t>(exponent + 1 - size), '0');
    const auto whole = static_cast<std::size_t>(exponent + 1);
    return out + digits.substr(0, whole) + "." + digits.substr(whole);
}

}  // namespace

std::string print_float8(double value) {
    return print(value);
}

std::string print_float4(float value) {
    return print(value);
}

namespace codec {

namespace {

double read(const char* text, char** end, double) {
    return std::strtod(text, end);
}
float read(const char* text, char** end, float) {
    return std::strtof(text, end);
}

/// As float8in(): what strtod() takes in the C locale, hexadecimal included, between spaces.
template <class F>
sql_result<F> parse(std::string_view text, std::string_view type) {
    std::string_view rest = text;
    while (!rest.empty() && is_space(rest[0]))
        rest.remove_prefix(1);
    const std::string copy(rest);
    char* end = nullptr;
    errno = 0;
    const F value = read(copy.c_str(), &end, F{});
    if (end == copy.c_str())
        return invalid_syntax(type, text);
    // A denormal also sets ERANGE, and is welcome.
    if (errno == ERANGE && (value == 0 || std::isinf(value)))
        return make_error(
            sqlstate::numeric_value_out_of_range,
            // float4in() shows what follows the number, float8in() does not.
            "\"" +
                (sizeof(F) == 4 ? copy
                                : copy.substr(0, static_cast<std::size_t>(end - copy.c_str()))) +
                "\" is out of range for type " + std::string(type));
    if (!trim(end).empty())
        return invalid_syntax(type, text);
    return value;
}

result to_binary(std::string_view text, const context& how) {
    std::string out;
    if (how.type == type_oid::float4) {
        const sql_result<float> value = parse<float>(text, "real");
        if (!value)
            return value.error();
        put(out, std::bit_cast<std::uint32_t>(*value));
    } else {
        const sql_result<double> value = parse<double>(text, "double precision");
        if (!value)
            return value.error();
        put(out, std::bit_cast<std::uint64_t>(*value));
    }
    return out;
}

result to_text(std::string_view binary, const context& how) {
    binary_cursor in(binary);
    std::string out = how.type == type_oid::float4
                          ? print_float4(std::bit_cast<float>(in.uint32()))
                          : print_float8(std::bit_cast<double>(in.uint64()));
    if (!in.finished())
        return invalid_binary("incorrect binary data format");
    return out;
}

}  // namespace

functions float_functions() {
    return {to_binary, to_text};
}

}  // namespace codec

}  // namespace pgduet::protocol
