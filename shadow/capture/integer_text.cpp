#include "shadow/capture/integer_text.hpp"

#include <charconv>
#include <cstdint>
#include <string_view>

#include "protocol/sql_types/oid.hpp"

namespace pgduet::capture {

namespace {

std::optional<std::string> canonical(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec != std::errc() || end != text.data() + text.size() || text.empty())
        return std::nullopt;
    return std::to_string(value);
}

std::optional<std::string> from_binary(std::string_view bytes, protocol::oid type) {
    using namespace protocol;
    const bool fits = (type == type_oid::int2 && bytes.size() == 2) ||
                      (type == type_oid::int4 && bytes.size() == 4) ||
                      (type == type_oid::int8 && bytes.size() == 8);
    if (!fits)
        return std::nullopt;
    std::uint64_t value =
        (static_cast<unsigned char>(bytes[0]) & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    for (const char c : bytes)
        value = value << 8 | static_cast<unsigned char>(c);
    return std::to_string(static_cast<std::int64_t>(value));
}

}  // namespace

std::optional<std::string> integer_text(const sql::equality& eq, const shadow::exchange& done) {
    if (eq.parameter == 0)
        return canonical(eq.literal);
    const auto index = static_cast<std::size_t>(eq.parameter - 1);
    if (index >= done.parameters.size() || !done.parameters[index].value)
        return std::nullopt;
    const protocol::parameter& given = done.parameters[index];
    if (given.encoding == protocol::format::text)
        return canonical(*given.value);
    const protocol::oid type =
        index < done.parameter_types.size() ? done.parameter_types[index] : 0;
    return from_binary(*given.value, type);
}

}  // namespace pgduet::capture
