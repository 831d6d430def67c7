#include "protocol/backend/close_complete.hpp"

#include <ostream>

namespace pgduet::protocol {

result<close_complete> close_complete::decode(byte_reader in) {
    if (const auto ec = in.finish())
        return ec;
    return close_complete{};
}

void close_complete::encode(byte_writer& out) const {
    out.close(out.open(tag));
}

std::ostream& operator<<(std::ostream& out, const close_complete&) {
    return out << "CloseComplete";
}

}  // namespace pgduet::protocol
