#pragma once

#include <iosfwd>
#include <string_view>
#include <vector>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"
#include "protocol/sql_types/oid.hpp"

namespace pgduet::protocol {

// Parse ('P'): prepares a statement.
//
//   name  : cstring  empty means the unnamed one
//   text  : cstring  one statement, or none
//   types : uint16 count, { type : oid }*   0 leaves a parameter's type to the server
struct parse {
    static constexpr char tag = 'P';

    std::string_view name;  // borrows the frame, as text does; copy to keep
    std::string_view text;
    std::vector<oid> types;

    static result<parse> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const parse&) const = default;
};
std::ostream& operator<<(std::ostream& out, const parse& message);

}  // namespace pgduet::protocol
