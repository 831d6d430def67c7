#include "protocol/frontend/terminate.hpp"

#include <ostream>

namespace pgduet::protocol {

result<terminate> terminate::decode(byte_reader in) {
    if (const auto ec = in.finish())
        return ec;
    return terminate{};
}

void terminate::encode(byte_writer& out) const {
    out.close(out.open(tag));
}

std::ostream& operator<<(std::ostream& out, const terminate&) {
    return out << "Terminate";
}

}  // namespace pgduet::protocol
