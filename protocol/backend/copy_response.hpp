#pragma once

#include <iosfwd>
#include <vector>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"
#include "protocol/sql_types/value.hpp"

namespace pgduet::protocol {

// CopyInResponse ('G'): the server waits for CopyData.
//
//   overall : byte                      0 text, 1 binary
//   columns : uint16 count, { int16 }*   each column's format
struct copy_in_response {
    static constexpr char tag = 'G';

    format overall = format::text;
    std::vector<format> columns;

    static result<copy_in_response> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const copy_in_response&) const = default;
};
std::ostream& operator<<(std::ostream& out, const copy_in_response& message);

// CopyOutResponse ('H'): CopyData follows.
//
//   overall : byte                      0 text, 1 binary
//   columns : uint16 count, { int16 }*   each column's format
struct copy_out_response {
    static constexpr char tag = 'H';

    format overall = format::text;
    std::vector<format> columns;

    static result<copy_out_response> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const copy_out_response&) const = default;
};
std::ostream& operator<<(std::ostream& out, const copy_out_response& message);

// CopyBothResponse ('W'): both, in streaming replication.
//
//   overall : byte                      0 text, 1 binary
//   columns : uint16 count, { int16 }*   each column's format
struct copy_both_response {
    static constexpr char tag = 'W';

    format overall = format::text;
    std::vector<format> columns;

    static result<copy_both_response> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const copy_both_response&) const = default;
};
std::ostream& operator<<(std::ostream& out, const copy_both_response& message);

}  // namespace pgduet::protocol
