#include "protocol/byte_reader.hpp"

namespace pgduet::protocol {

void byte_reader::fail(errc e) {
    if (!error_)
        error_ = e;
    left_ = {};
}

std::string_view byte_reader::bytes(std::size_t size) {
    if (error_ || size > left_.size()) {
        fail(errc::truncated);
        return {};
    }
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
}

std::string_view byte_reader::rest() {
    return bytes(left_.size());
}

template <class U>
U byte_reader::integer() {
    U number = 0;
    for (const char c : bytes(sizeof(U)))
        number = static_cast<U>(number << 8 | static_cast<unsigned char>(c));
    return number;
}

char byte_reader::byte() {
    return static_cast<char>(integer<std::uint8_t>());
}
std::uint16_t byte_reader::uint16() {
    return integer<std::uint16_t>();
}
std::int16_t byte_reader::int16() {
    return static_cast<std::int16_t>(integer<std::uint16_t>());
}
std::uint32_t byte_reader::uint32() {
    return integer<std::uint32_t>();
}
std::int32_t byte_reader::int32() {
    return static_cast<std::int32_t>(integer<std::uint32_t>());
}

std::string_view byte_reader::cstring() {
    const std::size_t end = left_.find('\0');
    if (error_ || end == std::string_view::npos) {
        fail(errc::truncated);
        return {};
    }
    const std::string_view taken = left_.substr(0, end);
    left_.remove_prefix(end + 1);
    return taken;
}

std::optional<std::string_view> byte_reader::value() {
    const std::int32_t size = int32();
    if (size == -1)
        return std::nullopt;
    if (size < 0) {
        fail(errc::bad_length);
        return std::nullopt;
    }
    return bytes(static_cast<std::size_t>(size));
}

std::size_t byte_reader::count16(std::size_t item_bytes) {
    const std::size_t count = uint16();
    if (count * item_bytes > left_.size()) {
        fail(errc::truncated);
        return 0;
    }
    return count;
}

boost::system::error_code byte_reader::finish() {
    if (!error_ && !left_.empty())
        fail(errc::trailing_bytes);
    return error_;
}

}  // namespace pgduet::protocol
