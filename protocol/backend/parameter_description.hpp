#pragma once

#include <iosfwd>
#include <vector>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"
#include "protocol/sql_types/oid.hpp"

namespace pgduet::protocol {

// ParameterDescription ('t'): the parameter types of a described statement.
//
//   types : uint16 count, { oid }*
struct parameter_description {
    static constexpr char tag = 't';

    std::vector<oid> types;

    static result<parameter_description> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const parameter_description&) const = default;
};
std::ostream& operator<<(std::ostream& out, const parameter_description& message);

}  // namespace pgduet::protocol
