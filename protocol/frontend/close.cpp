#include "protocol/frontend/close.hpp"

#include <ostream>

#include "protocol/quoted.hpp"

namespace pgduet::protocol {

result<close> close::decode(byte_reader in) {
    const char kind = in.byte();
    const std::string_view name = in.cstring();
    if (const auto ec = in.finish())
        return ec;
    if (kind != 'S' && kind != 'P')
        return errc::bad_field;
    return close{target{kind}, name};
}

void close::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.byte(static_cast<char>(kind));
    out.cstring(name);
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const close& message) {
    const bool is_portal = message.kind == close::target::portal;
    return out << "Close " << (is_portal ? "portal=" : "statement=") << quoted(message.name);
}

}  // namespace pgduet::protocol
