#pragma once

#include <iosfwd>
#include <string_view>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// CopyFail ('f'): the client cannot go on with COPY FROM STDIN.
//
//   reason : cstring  becomes part of the error
struct copy_fail {
    static constexpr char tag = 'f';

    std::string_view reason;  // borrows the frame; copy it to keep it

    static result<copy_fail> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const copy_fail&) const = default;
};
std::ostream& operator<<(std::ostream& out, const copy_fail& message);

}  // namespace pgduet::protocol
