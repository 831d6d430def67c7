#pragma once

#include <iosfwd>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// CloseComplete ('3'): the statement or portal does not exist (any more).
//
//   (no fields)
struct close_complete {
    static constexpr char tag = '3';

    static result<close_complete> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const close_complete&) const = default;
};
std::ostream& operator<<(std::ostream& out, const close_complete& message);

}  // namespace pgduet::protocol
