#pragma once

#include <iosfwd>
#include <string_view>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// Describe ('D'): asks for the shape of a prepared statement or a portal.
//
//   kind : byte     'S' statement, 'P' portal
//   name : cstring  empty means the unnamed one
struct describe {
    static constexpr char tag = 'D';
    enum class target : char { statement = 'S', portal = 'P' };

    target kind = target::statement;
    std::string_view name;  // borrows the frame; copy it to keep it

    static result<describe> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const describe&) const = default;
};
std::ostream& operator<<(std::ostream& out, const describe& message);

}  // namespace pgduet::protocol
