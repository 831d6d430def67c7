#include "protocol/frontend/execute.hpp"

#include <ostream>

#include "protocol/quoted.hpp"

namespace pgduet::protocol {

result<execute> execute::decode(byte_reader in) {
    execute message;
    message.portal = in.cstring();
    message.rows_max = in.int32();
    if (const auto ec = in.finish())
        return ec;
    return message;
}

void execute::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.cstring(portal);
    out.int32(rows_max);
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const execute& message) {
    return out << "Execute portal=" << quoted(message.portal) << " rows_max=" << message.rows_max;
}

}  // namespace pgduet::protocol
