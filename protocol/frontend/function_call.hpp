#pragma once

#include <iosfwd>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"
#include "protocol/sql_types/value.hpp"

namespace pgduet::protocol {

// FunctionCall ('F'): calls a function by its oid, without SQL. Superseded; still in the protocol.
//
//   function          : oid
//   argument_formats  : uint16 count, { int16 }*
//   arguments         : uint16 count, { int32 size or -1 for NULL, bytes }*
//   result_format     : int16
struct function_call {
    static constexpr char tag = 'F';

    oid function = 0;
    std::vector<format> argument_formats;
    std::vector<std::optional<std::string_view>> arguments;  // borrow the frame
    format result_format = format::text;

    static result<function_call> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const function_call&) const = default;
};
std::ostream& operator<<(std::ostream& out, const function_call& message);

}  // namespace pgduet::protocol
