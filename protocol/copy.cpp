#include "protocol/copy.hpp"

#include <ostream>

#include "protocol/quoted.hpp"

namespace pgduet::protocol {

result<copy_data> copy_data::decode(byte_reader in) {
    return copy_data{in.rest()};
}

void copy_data::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.bytes(data);
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const copy_data& message) {
    return out << "CopyData bytes=" << message.data.size();
}

void print_with_values(std::ostream& out, const copy_data& message) {
    out << message << " data=" << quoted(message.data);
}

result<copy_done> copy_done::decode(byte_reader in) {
    if (const auto ec = in.finish())
        return ec;
    return copy_done{};
}

void copy_done::encode(byte_writer& out) const {
    out.close(out.open(tag));
}

std::ostream& operator<<(std::ostream& out, const copy_done&) {
    return out << "CopyDone";
}

}  // namespace pgduet::protocol
