#include "protocol/frontend/parse.hpp"

#include <ostream>

#include "protocol/quoted.hpp"

namespace pgduet::protocol {

result<parse> parse::decode(byte_reader in) {
    parse message;
    message.name = in.cstring();
    message.text = in.cstring();
    message.types.resize(in.count16(4));
    for (oid& type : message.types)
        type = in.uint32();
    if (const auto ec = in.finish())
        return ec;
    return message;
}

void parse::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.cstring(name);
    out.cstring(text);
    out.uint16(static_cast<std::uint16_t>(types.size()));
    for (const oid type : types)
        out.uint32(type);
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const parse& message) {
    out << "Parse statement=" << quoted(message.name) << " text=" << quoted(message.text);
    return message.types.empty() ? out : out << " types=" << listed(message.types);
}

}  // namespace pgduet::protocol
