#include "protocol/frontend/flush.hpp"

#include <ostream>

namespace pgduet::protocol {

result<flush> flush::decode(byte_reader in) {
    if (const auto ec = in.finish())
        return ec;
    return flush{};
}

void flush::encode(byte_writer& out) const {
    out.close(out.open(tag));
}

std::ostream& operator<<(std::ostream& out, const flush&) {
    return out << "Flush";
}

}  // namespace pgduet::protocol
