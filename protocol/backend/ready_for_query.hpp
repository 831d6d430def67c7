#pragma once

#include <iosfwd>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// ReadyForQuery ('Z'): the server waits for the next query cycle.
//
//   status : byte
struct ready_for_query {
    static constexpr char tag = 'Z';
    enum class transaction : char { idle = 'I', open = 'T', failed = 'E' };

    transaction status = transaction::idle;

    static result<ready_for_query> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const ready_for_query&) const = default;
};
std::ostream& operator<<(std::ostream& out, const ready_for_query& message);

}  // namespace pgduet::protocol
