#include "protocol/backend/no_data.hpp"

#include <ostream>

namespace pgduet::protocol {

result<no_data> no_data::decode(byte_reader in) {
    if (const auto ec = in.finish())
        return ec;
    return no_data{};
}

void no_data::encode(byte_writer& out) const {
    out.close(out.open(tag));
}

std::ostream& operator<<(std::ostream& out, const no_data&) {
    return out << "NoData";
}

}  // namespace pgduet::protocol
