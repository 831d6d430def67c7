#include "protocol/frontend/describe.hpp"

#include <ostream>

#include "protocol/quoted.hpp"

namespace pgduet::protocol {

result<describe> describe::decode(byte_reader in) {
    const char kind = in.byte();
    const std::string_view name = in.cstring();
    if (const auto ec = in.finish())
        return ec;
    if (kind != 'S' && kind != 'P')
        return errc::bad_field;
    return describe{target{kind}, name};
}

void describe::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.byte(static_cast<char>(kind));
    out.cstring(name);
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const describe& message) {
    const bool is_portal = message.kind == describe::target::portal;
    return out << "Describe " << (is_portal ? "portal=" : "statement=") << quoted(message.name);
}

}  // namespace pgduet::protocol
