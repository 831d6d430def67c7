#include "protocol/backend/parameter_description.hpp"

#include <ostream>

#include "protocol/quoted.hpp"

namespace pgduet::protocol {

result<parameter_description> parameter_description::decode(byte_reader in) {
    parameter_description message;
    message.types.resize(in.count16(4));
    for (oid& type : message.types)
        type = in.uint32();
    if (const auto ec = in.finish())
        return ec;
    return message;
}

void parameter_description::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.uint16(static_cast<std::uint16_t>(types.size()));
    for (const oid type : types)
        out.uint32(type);
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const parameter_description& message) {
    return out << "ParameterDescription types=" << listed(message.types);
}

}  // namespace pgduet::protocol
