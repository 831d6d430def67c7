#include "protocol/frontend/sync.hpp"

#include <ostream>

namespace pgduet::protocol {

result<sync> sync::decode(byte_reader in) {
    if (const auto ec = in.finish())
        return ec;
    return sync{};
}

void sync::encode(byte_writer& out) const {
    out.close(out.open(tag));
}

std::ostream& operator<<(std::ostream& out, const sync&) {
    return out << "Sync";
}

}  // namespace pgduet::protocol
