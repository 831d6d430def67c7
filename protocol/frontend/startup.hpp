#pragma once

#include <cstdint>
#include <iosfwd>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

/// The first four bytes of a startup packet's body: a protocol version, or one of these.
inline constexpr std::uint32_t protocol_3_0 = 3 << 16;
inline constexpr std::uint32_t cancel_request_code = 1234 << 16 | 5678;
inline constexpr std::uint32_t ssl_request_code = 1234 << 16 | 5679;
inline constexpr std::uint32_t gssenc_request_code = 1234 << 16 | 5680;

// StartupMessage: who the client is and what it wants.
//
//   version    : uint32  major << 16 | minor
//   parameters : { name : cstring, value : cstring }*, 0 : byte     no name is empty
struct startup_message {
    std::uint32_t version = protocol_3_0;
    std::vector<std::pair<std::string_view, std::string_view>> parameters;  // borrow the frame

    static result<startup_message> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const startup_message&) const = default;
};
std::ostream& operator<<(std::ostream& out, const startup_message& message);

// SSLRequest: asks for TLS; answered with one byte, 'S' or 'N', outside of any message.
//
//   code : uint32  80877103
struct ssl_request {
    static result<ssl_request> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const ssl_request&) const = default;
};
std::ostream& operator<<(std::ostream& out, const ssl_request& message);

// GSSENCRequest: asks for GSSAPI encryption; answered with one byte, 'G' or 'N'.
//
//   code : uint32  80877104
struct gssenc_request {
    static result<gssenc_request> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const gssenc_request&) const = default;
};
std::ostream& operator<<(std::ostream& out, const gssenc_request& message);

// CancelRequest: on a connection of its own, asks to end what another session is doing.
//
//   code       : uint32  80877102
//   process_id : int32   as BackendKeyData gave it
//   secret     : bytes   likewise; four in protocol 3.0, up to 256 from 3.2 on
struct cancel_request {
    std::int32_t process_id = 0;
    std::string_view secret;  // borrows the frame; never printed

    static result<cancel_request> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const cancel_request&) const = default;
};
std::ostream& operator<<(std::ostream& out, const cancel_request& message);

using startup_packet = std::variant<startup_message, ssl_request, gssenc_request, cancel_request>;

/// Dispatch by the first four bytes of the body. A startup_message of a foreign major version is
/// given with its version alone: its layout is not ours to read.
result<startup_packet> decode_startup(std::string_view body);

}  // namespace pgduet::protocol
