#pragma once

#include <cstdint>
#include <iosfwd>
#include <string_view>
#include <vector>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

// Authentication... ('R'): what the client must show next, or that it has shown enough.
//
//   kind : int32
//   then, by kind:
//     ok 0, cleartext_password 3, gss 7, sspi 9      nothing
//     md5_password 5                                 salt : 4 bytes
//     sasl 10                                        { mechanism : cstring }*, 0 : byte
//     gss_continue 8, sasl_continue 11, sasl_final 12   data : bytes
struct authentication {
    static constexpr char tag = 'R';
    enum class request : std::int32_t {
        ok = 0,
        cleartext_password = 3,
        md5_password = 5,
        gss = 7,
        gss_continue = 8,
        sspi = 9,
        sasl = 10,
        sasl_continue = 11,
        sasl_final = 12,
    };

    request kind = request::ok;
    std::string_view data;                     // md5: the salt; borrows the frame
    std::vector<std::string_view> mechanisms;  // sasl; borrow the frame

    static result<authentication> decode(byte_reader in);
    void encode(byte_writer& out) const;
    bool operator==(const authentication&) const = default;
};
std::ostream& operator<<(std::ostream& out, const authentication& message);

}  // namespace pgduet::protocol
