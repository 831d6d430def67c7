#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/conversation/crypto.hpp"
#include "protocol/sql_types/sql_error.hpp"

/// The server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding.
namespace pgduet::protocol {

inline constexpr std::string_view scram_mechanism = "SCRAM-SHA-256";
inline constexpr int scram_iterations_default = 4096;
inline constexpr std::size_t scram_salt_bytes = 16;
inline constexpr std::size_t scram_nonce_bytes = 18;

/// What the server keeps of a password. Equality is not constant-time: for tests and tables.
struct scram_verifier {
    int iterations = scram_iterations_default;
    std::string salt;  ///< raw bytes
    sha256_digest stored_key{};
    sha256_digest server_key{};

    /// PostgreSQL's text of it: SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>, the
    /// three in base64. Nothing if it is not one.
    static std::optional<scram_verifier> parse(std::string_view text);
    /// Derives one from a password in plain text; costs `iterations` HMACs (milliseconds). The
    /// password is used as it is: SASLprep changes nothing in ASCII, and in other texts only
    /// compatibility characters, which are not supported.
    static scram_verifier make(std::string_view password,
                               std::string_view salt,
                               int iterations = scram_iterations_default);
    /// For a user that does not exist: the same name always gives the same salt, and no password
    /// fits.
    static scram_verifier mock(std::string_view user, std::string_view secret);

    std::string to_string() const;
    bool operator==(const scram_verifier&) const = default;
};

/// A nonce as it travels, of scram_nonce_bytes random bytes: base64.
std::string scram_nonce(std::string_view random_bytes);

/// One authentication: first() takes the client's first message and gives the server's, last()
/// takes the client's last and gives the server's. The error is what the client is told: 08P01 or
/// 0A000 for messages that are no SCRAM; a proof that does not fit is no error but nothing.
class scram_exchange {
public:
    /// `known` false: a mock verifier; last() then fails whatever the proof.
    scram_exchange(scram_verifier verifier, bool known, std::string server_nonce);

    sql_result<std::string> first(std::string_view client_first);
    /// nullopt: the proof does not fit.
    sql_result<std::optional<std::string>> last(std::string_view client_final);

private:
    scram_verifier verifier_;
    bool known_;
    std::string server_nonce_;
    std::string gs2_header_;
    std::string client_first_bare_;
    std::string server_first_;
    std::string nonce_;  ///< client's and server's together
};

/// FATAL 28P01 `password authentication failed for user "..."`.
sql_error wrong_password(std::string_view user);

}  // namespace pgduet::protocol
