#include "protocol/backend/command_complete.hpp"

#include <ostream>

#include "protocol/quoted.hpp"

namespace pgduet::protocol {

result<command_complete> command_complete::decode(byte_reader in) {
    const std::string_view command = in.cstring();
    if (const auto ec = in.finish())
        return ec;
    return command_complete{command};
}

void command_complete::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.cstring(command);
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const command_complete& message) {
    return out << "CommandComplete command=" << quoted(message.command);
}

}  // namespace pgduet::protocol
