#pragma once

#include <iosfwd>
#include <string_view>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// CommandComplete ('C'): a statement ended well.
//
//   command : cstring  its tag, as "INSERT 0 1"
struct command_complete {
    static constexpr char tag = 'C';

    std::string_view command;  // borrows the frame; copy it to keep it

    static result<command_complete> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const command_complete&) const = default;
};
std::ostream& operator<<(std::ostream& out, const command_complete& message);

}  // namespace pgduet::protocol
