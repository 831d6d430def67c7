#pragma once

#include <cstdint>
#include <iosfwd>
#include <string_view>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// Execute ('E'): runs a portal.
//
//   portal   : cstring  empty means the unnamed one
//   rows_max : int32    0 or less: no limit
struct execute {
    static constexpr char tag = 'E';

    std::string_view portal;  // borrows the frame; copy it to keep it
    std::int32_t rows_max = 0;

    static result<execute> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const execute&) const = default;
};
std::ostream& operator<<(std::ostream& out, const execute& message);

}  // namespace pgduet::protocol
