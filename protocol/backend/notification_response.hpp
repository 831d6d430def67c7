#pragma once

#include <cstdint>
#include <iosfwd>
#include <string_view>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// NotificationResponse ('A'): somebody has NOTIFYed a channel this session LISTENs to.
//
//   process_id : int32    of the notifying session
//   channel    : cstring
//   payload    : cstring
struct notification_response {
    static constexpr char tag = 'A';

    std::int32_t process_id = 0;
    std::string_view channel;  // borrows the frame, as payload does; copy to keep
    std::string_view payload;

    static result<notification_response> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const notification_response&) const = default;
};
std::ostream& operator<<(std::ostream& out, const notification_response& message);

}  // namespace pgduet::protocol
