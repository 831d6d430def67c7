#include "protocol/frontend/copy_fail.hpp"

#include <ostream>

#include "protocol/quoted.hpp"

namespace pgduet::protocol {

result<copy_fail> copy_fail::decode(byte_reader in) {
    const std::string_view reason = in.cstring();
    if (const auto ec = in.finish())
        return ec;
    return copy_fail{reason};
}

void copy_fail::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.cstring(reason);
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const copy_fail& message) {
    return out << "CopyFail reason=" << quoted(message.reason);
}

}  // namespace pgduet::protocol
