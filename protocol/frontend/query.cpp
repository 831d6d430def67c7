#include "protocol/frontend/query.hpp"

#include <ostream>

#include "protocol/quoted.hpp"

namespace pgduet::protocol {

result<query> query::decode(byte_reader in) {
    const std::string_view text = in.cstring();
    if (const auto ec = in.finish())
        return ec;
    return query{text};
}

void query::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.cstring(text);
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const query& message) {
    return out << "Query text=" << quoted(message.text);
}

}  // namespace pgduet::protocol
