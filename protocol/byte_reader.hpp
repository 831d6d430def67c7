#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/errc.hpp"

namespace pgduet::protocol {

/// Bounds-checked cursor over the body of one message. The first error sticks: from then on every
/// read gives zero or an empty view, so a decoder reads all its fields and checks once, at the end.
/// Borrows the bytes; views it hands out live as long as they do. Integers are big-endian.
class byte_reader {
public:
    explicit byte_reader(std::string_view bytes) : left_(bytes) {}

    char byte();
    std::int16_t int16();
    std::uint16_t uint16();
    std::int32_t int32();
    std::uint32_t uint32();
    /// Bytes up to a NUL, which is consumed and not part of the view.
    std::string_view cstring();
    std::string_view bytes(std::size_t size);
    /// Everything that is left.
    std::string_view rest();
    /// int32 size and that many bytes, or nothing for size -1 (NULL).
    std::optional<std::string_view> value();
    /// uint16 for which at least `item_bytes` bytes per item remain; else the error is set and 0
    /// returned, so that nothing is reserved on a stranger's word.
    std::size_t count16(std::size_t item_bytes);

    std::size_t remaining() const { return left_.size(); }
    boost::system::error_code error() const { return error_; }
    void fail(errc e);
    /// The first error; trailing_bytes if there was none and something is left.
    boost::system::error_code finish();

private:
    template <class U>
    U integer();

    std::string_view left_;
    boost::system::error_code error_;
};

}  // namespace pgduet::protocol
