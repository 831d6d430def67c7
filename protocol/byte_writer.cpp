#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {

byte_writer::mark byte_writer::open(char tag) {
    out_.push_back(tag);
    return open_untyped();
}

byte_writer::mark byte_writer::open_untyped() {
    const mark opened{out_.size()};
    out_.append(4, '\0');
    return opened;
}

void byte_writer::close(mark opened) {
    const auto at = static_cast<std::size_t>(opened);
    const auto length = static_cast<std::uint32_t>(out_.size() - at);
    for (std::size_t i = 0; i < 4; ++i)
        out_[at + i] = static_cast<char>(length >> (24 - 8 * i) & 0xff);
}

void byte_writer::cstring(std::string_view text) {
    out_.append(text.substr(0, text.find('\0')));
    out_.push_back('\0');
}

void byte_writer::value(const std::optional<std::string_view>& bytes) {
    if (!bytes) {
        int32(-1);
        return;
    }
    int32(static_cast<std::int32_t>(bytes->size()));
    out_.append(*bytes);
}

}  // namespace pgduet::protocol
