#include "protocol/conversation/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdint>
#include <stdexcept>

namespace pgduet::protocol {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const unsigned char* raw(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

void check(bool worked) {
    if (!worked)
        throw std::runtime_error("libcrypto could not compute a digest");
}

}  // namespace

sha256_digest sha256(std::string_view bytes) {
    sha256_digest digest;
    check(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) ==
          1);
    return digest;
}

sha256_digest hmac_sha256(std::string_view key, std::string_view bytes) {
    sha256_digest digest;
    unsigned int size = 0;
    check(HMAC(EVP_sha256(),
               key.data(),
               static_cast<int>(key.size()),
               raw(bytes),
               bytes.size(),
               digest.data(),
               &size) != nullptr);
    return digest;
}

sha256_digest pbkdf2_sha256(std::string_view password, std::string_view salt, int iterations) {
    sha256_digest digest;
    check(PKCS5_PBKDF2_HMAC(password.data(),
                            static_cast<int>(password.size()),
                            raw(salt),
                            static_cast<int>(salt.size()),
                            iterations,
                            EVP_sha256(),
                            static_cast<int>(digest.size()),
                            digest.data()) == 1);
    return digest;
}

bool equal_in_constant_time(const sha256_digest& a, const sha256_digest& b) {
    return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string base64(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8 | (i + k < bytes.size() ? raw(bytes)[i + k] : 0u);
        for (std::size_t k = 0; k < 4; ++k)
            out += i + k > bytes.size() ? '=' : alphabet[group >> (18 - 6 * k) & 63];
    }
    return out;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0)
        return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && text.ends_with('=')) {
        text.remove_suffix(1);
        ++padding;
    }
    std::string out;
    std::uint32_t group = 0;
    int bits = 0;
    for (const char c : text) {
        const std::size_t value = alphabet.find(c);
        if (value == std::string_view::npos)
            return std::nullopt;
        group = group << 6 | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out += static_cast<char>(group >> bits & 0xff);
        }
    }
    if ((group & ((1u << bits) - 1)) != 0)
        return std::nullopt;
    return out;
}

}  // namespace pgduet::protocol
