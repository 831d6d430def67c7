#pragma once

#include <iosfwd>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// ParseComplete ('1'): a statement is prepared.
//
//   (no fields)
struct parse_complete {
    static constexpr char tag = '1';

    static result<parse_complete> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const parse_complete&) const = default;
};
std::ostream& operator<<(std::ostream& out, const parse_complete& message);

}  // namespace pgduet::protocol
