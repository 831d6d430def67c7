#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

/// The few primitives SCRAM needs, over libcrypto. Failure of libcrypto itself (out of memory)
/// throws std::runtime_error.
namespace pgduet::protocol {

using sha256_digest = std::array<unsigned char, 32>;

sha256_digest sha256(std::string_view bytes);
sha256_digest hmac_sha256(std::string_view key, std::string_view bytes);
/// PBKDF2 with HMAC-SHA-256 and an output of one block: Hi() of RFC 5802.
sha256_digest pbkdf2_sha256(std::string_view password, std::string_view salt, int iterations);

/// Takes as long whatever the contents.
bool equal_in_constant_time(const sha256_digest& a, const sha256_digest& b);

std::string base64(std::string_view bytes);
/// Strict: padded, no other characters, nothing left in the last bits.
std::optional<std::string> from_base64(std::string_view text);

inline std::string_view as_bytes(const sha256_digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace pgduet::protocol
