#pragma once

#include <iosfwd>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// EmptyQueryResponse ('I'): stands for CommandComplete when the text held no statement.
//
//   (no fields)
struct empty_query_response {
    static constexpr char tag = 'I';

    static result<empty_query_response> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const empty_query_response&) const = default;
};
std::ostream& operator<<(std::ostream& out, const empty_query_response& message);

}  // namespace pgduet::protocol
