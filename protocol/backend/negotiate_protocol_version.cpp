#include "protocol/backend/negotiate_protocol_version.hpp"

#include <ostream>

#include "protocol/quoted.hpp"

namespace pgduet::protocol {

result<negotiate_protocol_version> negotiate_protocol_version::decode(byte_reader in) {
    negotiate_protocol_version message;
    message.version = in.uint32();
    const std::uint32_t count = in.uint32();
    if (!in.error() && count > in.remaining())  // a name takes at least its terminator
        return errc::truncated;
    for (std::uint32_t i = 0; i < count && !in.error(); ++i)
        message.options.push_back(in.cstring());
    if (const auto ec = in.finish())
        return ec;
    return message;
}

void negotiate_protocol_version::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.uint32(version);
    out.uint32(static_cast<std::uint32_t>(options.size()));
    for (const std::string_view option : options)
        out.cstring(option);
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const negotiate_protocol_version& message) {
    out << "NegotiateProtocolVersion version=" << (message.version >> 16) << '.'
        << (message.version & 0xffff);
    for (const std::string_view option : message.options)
        out << ' ' << quoted(option);
    return out;
}

}  // namespace pgduet::protocol
