#include "protocol/backend/ready_for_query.hpp"

#include <ostream>

namespace pgduet::protocol {

result<ready_for_query> ready_for_query::decode(byte_reader in) {
    const char status = in.byte();
    if (const auto ec = in.finish())
        return ec;
    if (status != 'I' && status != 'T' && status != 'E')
        return errc::bad_field;
    return ready_for_query{transaction{status}};
}

void ready_for_query::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.byte(static_cast<char>(status));
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const ready_for_query& message) {
    return out << "ReadyForQuery " << static_cast<char>(message.status);
}

}  // namespace pgduet::protocol
