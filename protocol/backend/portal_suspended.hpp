#pragma once

#include <iosfwd>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// PortalSuspended ('s'): Execute's row limit was reached; more rows wait.
//
//   (no fields)
struct portal_suspended {
    static constexpr char tag = 's';

    static result<portal_suspended> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const portal_suspended&) const = default;
};
std::ostream& operator<<(std::ostream& out, const portal_suspended& message);

}  // namespace pgduet::protocol
