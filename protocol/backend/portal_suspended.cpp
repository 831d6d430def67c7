#include "protocol/backend/portal_suspended.hpp"

#include <ostream>

namespace pgduet::protocol {

result<portal_suspended> portal_suspended::decode(byte_reader in) {
    if (const auto ec = in.finish())
        return ec;
    return portal_suspended{};
}

void portal_suspended::encode(byte_writer& out) const {
    out.close(out.open(tag));
}

std::ostream& operator<<(std::ostream& out, const portal_suspended&) {
    return out << "PortalSuspended";
}

}  // namespace pgduet::protocol
