#pragma once

#include <iosfwd>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// BindComplete ('2'): a portal exists.
//
//   (no fields)
struct bind_complete {
    static constexpr char tag = '2';

    static result<bind_complete> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const bind_complete&) const = default;
};
std::ostream& operator<<(std::ostream& out, const bind_complete& message);

}  // namespace pgduet::protocol
