#pragma once

#include <iosfwd>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"
#include "protocol/sql_types/value.hpp"

namespace pgduet::protocol {

// Bind ('B'): makes a portal of a prepared statement and parameter values.
//
//   portal            : cstring  empty means the unnamed one
//   statement         : cstring  likewise
//   parameter_formats : uint16 count, { int16 }*   none: all text; one: for all; else one each
//   values            : uint16 count, { int32 size or -1 for NULL, bytes }*
//   result_formats    : uint16 count, { int16 }*   none: all text; one: for all; else one each
//
// That counts agree and formats exist is for session_fsm to check: PostgreSQL answers such a Bind
// with an error of its own, after looking the statement up.
struct bind {
    static constexpr char tag = 'B';

    std::string_view portal;  // borrows the frame, as statement and values do; copy to keep
    std::string_view statement;
    std::vector<format> parameter_formats;
    std::vector<std::optional<std::string_view>> values;
    std::vector<format> result_formats;

    static result<bind> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const bind&) const = default;
};
std::ostream& operator<<(std::ostream& out, const bind& message);

/// The trace line with the parameters' values in it; << leaves them out.
void print_with_values(std::ostream& out, const bind& message);

}  // namespace pgduet::protocol
