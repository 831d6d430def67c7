#pragma once

#include <cstdint>
#include <iosfwd>
#include <string_view>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// BackendKeyData ('K'): what a CancelRequest for this session must name.
//
//   process_id : int32
//   secret     : bytes  four in protocol 3.0, up to 256 from 3.2 on
struct backend_key_data {
    static constexpr char tag = 'K';

    std::int32_t process_id = 0;
    std::string_view secret;  // borrows the frame; never printed

    static result<backend_key_data> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const backend_key_data&) const = default;
};
std::ostream& operator<<(std::ostream& out, const backend_key_data& message);

}  // namespace pgduet::protocol
