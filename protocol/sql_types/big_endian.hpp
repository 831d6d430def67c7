#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pgduet::protocol::codec {

/// Appends an integer in network byte order; U is an unsigned type that fixes the width.
template <class U>
void put(std::string& out, U value) {
    for (int shift = static_cast<int>(sizeof(U)) * 8 - 8; shift >= 0; shift -= 8)
        out.push_back(static_cast<char>((value >> shift) & 0xff));
}

inline void put_int16(std::string& out, std::int16_t v) {
    put(out, static_cast<std::uint16_t>(v));
}
inline void put_int32(std::string& out, std::int32_t v) {
    put(out, static_cast<std::uint32_t>(v));
}
inline void put_int64(std::string& out, std::int64_t v) {
    put(out, static_cast<std::uint64_t>(v));
}

/// Cursor over a binary value whose first error sticks: reads past the end give zeros and turn
/// `failed()` on, so a decoder checks once, at its end. Borrows the bytes.
class binary_cursor {
public:
    explicit binary_cursor(std::string_view bytes) : bytes_(bytes) {}

    std::int16_t int16() { return static_cast<std::int16_t>(integer<std::uint16_t>()); }
    std::int32_t int32() { return static_cast<std::int32_t>(integer<std::uint32_t>()); }
    std::int64_t int64() { return static_cast<std::int64_t>(integer<std::uint64_t>()); }
    std::uint16_t uint16() { return integer<std::uint16_t>(); }
    std::uint32_t uint32() { return integer<std::uint32_t>(); }
    std::uint64_t uint64() { return integer<std::uint64_t>(); }

    std::string_view bytes(std::size_t size) {
        if (size > bytes_.size()) {
            failed_ = true;
            bytes_ = {};
            return {};
        }
        const std::string_view taken = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return taken;
    }

    std::size_t left() const { return bytes_.size(); }
    bool failed() const { return failed_; }
    /// True when nothing failed and nothing is left over.
    bool finished() const { return !failed_ && bytes_.empty(); }

private:
    template <class U>
    U integer() {
        const std::string_view raw = bytes(sizeof(U));
        U value = 0;
        for (const char byte : raw)
            value = static_cast<U>((value << 8) | static_cast<unsigned char>(byte));
        return value;
    }

    std::string_view bytes_;
    bool failed_ = false;
};

}  // namespace pgduet::protocol::codec
