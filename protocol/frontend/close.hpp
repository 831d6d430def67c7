#pragma once

#include <iosfwd>
#include <string_view>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// Close ('C'): destroys a prepared statement or a portal; that it does not exist is no error.
//
//   kind : byte     'S' statement, 'P' portal
//   name : cstring  empty means the unnamed one
struct close {
    static constexpr char tag = 'C';
    enum class target : char { statement = 'S', portal = 'P' };

    target kind = target::statement;
    std::string_view name;  // borrows the frame; copy it to keep it

    static result<close> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const close&) const = default;
};
std::ostream& operator<<(std::ostream& out, const close& message);

}  // namespace pgduet::protocol
