#pragma once

#include <iosfwd>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// Flush ('H'): asks for everything answered so far to be sent.
//
//   (no fields)
struct flush {
    static constexpr char tag = 'H';

    static result<flush> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const flush&) const = default;
};
std::ostream& operator<<(std::ostream& out, const flush& message);

}  // namespace pgduet::protocol
