#include "protocol/backend/parameter_status.hpp"

#include <ostream>

#include "protocol/quoted.hpp"

namespace pgduet::protocol {

result<parameter_status> parameter_status::decode(byte_reader in) {
    parameter_status message;
    message.name = in.cstring();
    message.value = in.cstring();
    if (const auto ec = in.finish())
        return ec;
    return message;
}

void parameter_status::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.cstring(name);
    out.cstring(value);
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const parameter_status& message) {
    return out << "ParameterStatus " << message.name << '=' << quoted(message.value);
}

}  // namespace pgduet::protocol
