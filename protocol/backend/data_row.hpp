#pragma once

#include <iosfwd>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// DataRow ('D'): one row.
//
//   fields : uint16 count, { int32 size or -1 for NULL, bytes }*
struct data_row {
    static constexpr char tag = 'D';

    std::vector<std::optional<std::string_view>> fields;  // borrow the frame; copy to keep

    static result<data_row> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const data_row&) const = default;
};
std::ostream& operator<<(std::ostream& out, const data_row& message);

/// The trace line with the values in it; << leaves them out.
void print_with_values(std::ostream& out, const data_row& message);

}  // namespace pgduet::protocol
