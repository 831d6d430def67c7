#pragma once

#include <iosfwd>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// Terminate ('X'): the client says goodbye.
//
//   (no fields)
struct terminate {
    static constexpr char tag = 'X';

    static result<terminate> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const terminate&) const = default;
};
std::ostream& operator<<(std::ostream& out, const terminate& message);

}  // namespace pgduet::protocol
