#include "protocol/backend/bind_complete.hpp"

#include <ostream>

namespace pgduet::protocol {

result<bind_complete> bind_complete::decode(byte_reader in) {
    if (const auto ec = in.finish())
        return ec;
    return bind_complete{};
}

void bind_complete::encode(byte_writer& out) const {
    out.close(out.open(tag));
}

std::ostream& operator<<(std::ostream& out, const bind_complete&) {
    return out << "BindComplete";
}

}  // namespace pgduet::protocol
