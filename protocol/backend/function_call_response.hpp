#pragma once

#include <iosfwd>
#include <optional>
#include <string_view>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// FunctionCallResponse ('V'): what a called function gave.
//
//   value : int32 size or -1 for NULL, bytes
struct function_call_response {
    static constexpr char tag = 'V';

    std::optional<std::string_view> value;  // borrows the frame; copy it to keep it

    static result<function_call_response> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const function_call_response&) const = default;
};
std::ostream& operator<<(std::ostream& out, const function_call_response& message);

}  // namespace pgduet::protocol
