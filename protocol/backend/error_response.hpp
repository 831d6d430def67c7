#pragma once

#include <iosfwd>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"
#include "protocol/sql_types/sql_error.hpp"

namespace pgduet::protocol {

// ErrorResponse ('E'): a statement, or with severity FATAL the connection, failed.
//
//   fields : { code : byte, text : cstring }*, 0 : byte      codes as in manual 55.8
struct error_response {
    static constexpr char tag = 'E';

    sql_error error;

    static result<error_response> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const error_response&) const = default;
};
std::ostream& operator<<(std::ostream& out, const error_response& message);

// NoticeResponse ('N'): a warning or a remark; may come at any time.
//
//   fields : { code : byte, text : cstring }*, 0 : byte      codes as in manual 55.8
struct notice_response {
    static constexpr char tag = 'N';

    sql_error error;

    static result<notice_response> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const notice_response&) const = default;
};
std::ostream& operator<<(std::ostream& out, const notice_response& message);

/// Fields of an error beyond these of sql_error (source file and line, internal query) are read
/// over and not kept: relayed errors are passed on as bytes.

}  // namespace pgduet::protocol
