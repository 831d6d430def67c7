#include "protocol/backend/empty_query_response.hpp"

#include <ostream>

namespace pgduet::protocol {

result<empty_query_response> empty_query_response::decode(byte_reader in) {
    if (const auto ec = in.finish())
        return ec;
    return empty_query_response{};
}

void empty_query_response::encode(byte_writer& out) const {
    out.close(out.open(tag));
}

std::ostream& operator<<(std::ostream& out, const empty_query_response&) {
    return out << "EmptyQueryResponse";
}

}  // namespace pgduet::protocol
