#pragma once

#include <cstdint>
#include <iosfwd>
#include <string_view>
#include <vector>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// NegotiateProtocolVersion ('v'): the server goes on with an older version than asked for, or
// without some of the options asked for.
//
//   version : uint32   the newest version it has: major << 16 | minor
//   options : int32 count, { name : cstring }*     names it does not know
struct negotiate_protocol_version {
    static constexpr char tag = 'v';

    std::uint32_t version = 0;
    std::vector<std::string_view> options;  // borrow the frame; copy to keep

    static result<negotiate_protocol_version> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const negotiate_protocol_version&) const = default;
};
std::ostream& operator<<(std::ostream& out, const negotiate_protocol_version& message);

}  // namespace pgduet::protocol
