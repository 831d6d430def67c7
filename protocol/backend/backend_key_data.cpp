#include "protocol/backend/backend_key_data.hpp"

#include <ostream>

namespace pgduet::protocol {

result<backend_key_data> backend_key_data::decode(byte_reader in) {
    backend_key_data message;
    message.process_id = in.int32();
    message.secret = in.rest();
    if (const auto ec = in.finish())
        return ec;
    if (message.secret.size() < 4)
        return errc::truncated;
    if (message.secret.size() > 256)
        return errc::bad_length;
    return message;
}

void backend_key_data::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.int32(process_id);
    out.bytes(secret);
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const backend_key_data& message) {
    return out << "BackendKeyData process_id=" << message.process_id << " (secret)";
}

}  // namespace pgduet::protocol
