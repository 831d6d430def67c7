#pragma once

#include <iosfwd>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// NoData ('n'): what was described returns no rows.
//
//   (no fields)
struct no_data {
    static constexpr char tag = 'n';

    static result<no_data> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const no_data&) const = default;
};
std::ostream& operator<<(std::ostream& out, const no_data& message);

}  // namespace pgduet::protocol
