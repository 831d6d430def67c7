#pragma once

#include <iosfwd>
#include <string_view>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// ParameterStatus ('S'): a setting's value at the start, or that it has changed.
//
//   name  : cstring
//   value : cstring
struct parameter_status {
    static constexpr char tag = 'S';

    std::string_view name;  // borrows the frame, as value does; copy to keep
    std::string_view value;

    static result<parameter_status> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const parameter_status&) const = default;
};
std::ostream& operator<<(std::ostream& out, const parameter_status& message);

}  // namespace pgduet::protocol
