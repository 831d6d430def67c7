#include "protocol/backend/notification_response.hpp"

#include <ostream>

#include "protocol/quoted.hpp"

namespace pgduet::protocol {

result<notification_response> notification_response::decode(byte_reader in) {
    notification_response message;
    message.process_id = in.int32();
    message.channel = in.cstring();
    message.payload = in.cstring();
    if (const auto ec = in.finish())
        return ec;
    return message;
}

void notification_response::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.int32(process_id);
    out.cstring(channel);
    out.cstring(payload);
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const notification_response& message) {
    return out << "NotificationResponse process_id=" << message.process_id
               << " channel=" << quoted(message.channel) << " bytes=" << message.payload.size();
}

}  // namespace pgduet::protocol
