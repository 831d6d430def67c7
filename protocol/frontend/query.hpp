#pragma once

#include <iosfwd>
#include <string_view>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// Query ('Q'): one string of SQL, simple protocol.
//
//   text : cstring  any number of statements
struct query {
    static constexpr char tag = 'Q';

    std::string_view text;  // borrows the frame; copy it to keep it

    static result<query> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const query&) const = default;
};
std::ostream& operator<<(std::ostream& out, const query& message);

}  // namespace pgduet::protocol
