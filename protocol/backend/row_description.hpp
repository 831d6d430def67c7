#pragma once

#include <iosfwd>
#include <vector>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"
#include "protocol/sql_types/value.hpp"

namespace pgduet::protocol {

// RowDescription ('T'): the columns of the rows to come, or of a statement.
//
//   columns : uint16 count, { name          : cstring
//                             table         : oid      or 0
//                             attribute     : int16    number in the table, or 0
//                             type          : oid
//                             type_length   : int16
//                             type_modifier : int32
//                             encoding      : int16    0 in a described statement: not yet known
//                           }*
struct row_description {
    static constexpr char tag = 'T';

    std::vector<column> columns;

    static result<row_description> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const row_description&) const = default;
};
std::ostream& operator<<(std::ostream& out, const row_description& message);

/// The same without making a row_description first: the columns are the caller's.
void encode_row_description(byte_writer& out, const std::vector<column>& columns);

}  // namespace pgduet::protocol
