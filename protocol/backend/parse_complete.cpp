#include "protocol/backend/parse_complete.hpp"

#include <ostream>

namespace pgduet::protocol {

result<parse_complete> parse_complete::decode(byte_reader in) {
    if (const auto ec = in.finish())
        return ec;
    return parse_complete{};
}

void parse_complete::encode(byte_writer& out) const {
    out.close(out.open(tag));
}

std::ostream& operator<<(std::ostream& out, const parse_complete&) {
    return out << "ParseComplete";
}

}  // namespace pgduet::protocol
