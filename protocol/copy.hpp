#pragma once

#include <iosfwd>
#include <string_view>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

/// The messages of COPY that travel both ways. The others are in frontend/copy_fail.hpp and
/// backend/copy_response.hpp.
namespace pgduet::protocol {

// CopyData ('d'): a piece of the stream; from a server always whole rows.
//
//   data : bytes
struct copy_data {
    static constexpr char tag = 'd';

    std::string_view data;  // borrows the frame; copy it to keep it

    static result<copy_data> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const copy_data&) const = default;
};
std::ostream& operator<<(std::ostream& out, const copy_data& message);

/// The trace line with the data in it; << gives only its size.
void print_with_values(std::ostream& out, const copy_data& message);

// CopyDone ('c'): the end of the stream.
//
//   (no fields)
struct copy_done {
    static constexpr char tag = 'c';

    static result<copy_done> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const copy_done&) const = default;
};
std::ostream& operator<<(std::ostream& out, const copy_done& message);

}  // namespace pgduet::protocol
