#pragma once

#include <iosfwd>
#include <optional>
#include <string_view>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// 'p' carries every answer of the client to an authentication request; which of the three
// messages below it is follows from the request, so the dispatch by tag gives password_data.
struct password_data {
    static constexpr char tag = 'p';

    std::string_view body;  // a secret; borrows the frame

    static result<password_data> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const password_data&) const = default;
};
std::ostream& operator<<(std::ostream& out, const password_data& message);

// PasswordMessage ('p'): the answer to CleartextPassword or MD5Password.
//
//   password : cstring
struct password_message {
    static constexpr char tag = 'p';

    std::string_view password;  // a secret; borrows the frame

    static result<password_message> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const password_message&) const = default;
};
std::ostream& operator<<(std::ostream& out, const password_message& message);

// SASLInitialResponse ('p'): the answer to SASL.
//
//   mechanism : cstring
//   response  : int32 size or -1 for none, bytes
struct sasl_initial_response {
    static constexpr char tag = 'p';

    std::string_view mechanism;  // borrows the frame
    std::optional<std::string_view> response;

    static result<sasl_initial_response> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const sasl_initial_response&) const = default;
};
std::ostream& operator<<(std::ostream& out, const sasl_initial_response& message);

// SASLResponse ('p'): the answer to SASLContinue.
//
//   response : bytes
struct sasl_response {
    static constexpr char tag = 'p';

    std::string_view response;  // borrows the frame

    static result<sasl_response> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const sasl_response&) const = default;
};
std::ostream& operator<<(std::ostream& out, const sasl_response& message);

}  // namespace pgduet::protocol
