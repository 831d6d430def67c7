#pragma once

#include <iosfwd>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// Sync ('S'): ends a series of extended-query messages and, outside of a transaction block, the
// transaction.
//
//   (no fields)
struct sync {
    static constexpr char tag = 'S';

    static result<sync> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const sync&) const = default;
};
std::ostream& operator<<(std::ostream& out, const sync& message);

}  // namespace pgduet::protocol
