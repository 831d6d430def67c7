#include "protocol/frontend/bind.hpp"

#include <ostream>

#include "protocol/quoted.hpp"

namespace pgduet::protocol {

namespace {

std::vector<format> read_formats(byte_reader& in) {
    std::vector<format> formats(in.count16(2));
    for (format& one : formats)
        one = static_cast<format>(in.int16());
    return formats;
}

void write_formats(byte_writer& out, const std::vector<format>& formats) {
    out.uint16(static_cast<std::uint16_t>(formats.size()));
    for (const format one : formats)
        out.int16(static_cast<std::int16_t>(one));
}

}  // namespace

result<bind> bind::decode(byte_reader in) {
    bind message;
    message.portal = in.cstring();
    message.statement = in.cstring();
    message.parameter_formats = read_formats(in);
    message.values.resize(in.count16(4));
    for (auto& value : message.values)
        value = in.value();
    message.result_formats = read_formats(in);
    if (const auto ec = in.finish())
        return ec;
    return message;
}

void bind::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.cstring(portal);
    out.cstring(statement);
    write_formats(out, parameter_formats);
    out.uint16(static_cast<std::uint16_t>(values.size()));
    for (const auto& value : values)
        out.value(value);
    write_formats(out, result_formats);
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const bind& message) {
    out << "Bind portal=" << quoted(message.portal) << " statement=" << quoted(message.statement)
        << " parameters=" << message.values.size();
    if (!message.parameter_formats.empty())
        out << " formats=" << listed(message.parameter_formats);
    if (!message.result_formats.empty())
        out << " results=" << listed(message.result_formats);
    return out;
}

void print_with_values(std::ostream& out, const bind& message) {
    out << message << " values=" << listed_values(message.values);
}

}  // namespace pgduet::protocol
