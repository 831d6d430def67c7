#include "protocol/frame_splitter.hpp"

#include <algorithm>

#include "protocol/byte_reader.hpp"

namespace pgduet::protocol {

std::size_t frontend_message_limit(char tag) {
    switch (tag) {
        case 'C':
        case 'D':
        case 'E':
        case 'H':
        case 'S':
        case 'X':
        case 'c':
            return pq_small_message_limit;
        case 'p':
            return pg_max_auth_token_length;
        case 'B':
        case 'F':
        case 'P':
        case 'Q':
        case 'd':
        case 'f':
            return pq_large_message_limit;
        default:
            return 0;
    }
}

bool is_backend_tag(char tag) {
    return tag != 0 &&
           std::string_view("123ACDEGHIKNRSTVWZcdnstv").find(tag) != std::string_view::npos;
}

result<std::optional<frame>> split_frame(std::string_view bytes,
                                         framing how,
                                         std::size_t message_bytes_max) {
    const std::size_t tag_bytes = how == framing::startup ? 0 : 1;
    std::size_t limit = message_bytes_max;
    errc too_large = errc::frame_too_large;
    if (how == framing::startup) {
        limit = max_startup_packet_length;
        too_large = errc::startup_too_large;
    } else if (!bytes.empty()) {
        if (how == framing::frontend)
            limit = std::min(limit, frontend_message_limit(bytes[0]));
        if (how == framing::frontend ? frontend_message_limit(bytes[0]) == 0
                                     : !is_backend_tag(bytes[0]))
            return errc::unknown_message;
    }
    if (bytes.size() < tag_bytes + 4)
        return std::nullopt;
    const std::size_t length = byte_reader(bytes.substr(tag_bytes)).uint32();
    if (length < 4)
        return errc::bad_length;
    if (length > limit)
        return too_large;
    if (bytes.size() - tag_bytes < length)
        return std::nullopt;
    const std::string_view whole = bytes.substr(0, tag_bytes + length);
    return frame{tag_bytes == 0 ? '\0' : bytes[0], whole.substr(tag_bytes + 4), whole};
}

void frame_splitter::append(std::string_view bytes) {
    buffer_.erase(0, taken_);
    taken_ = 0;
    if (buffer_.empty() && buffer_.capacity() > 64 * 1024)
        buffer_.shrink_to_fit();  // one large message does not make every idle client large
    buffer_.append(bytes);
}

result<std::optional<frame>> frame_splitter::next() {
    if (error_)
        return error_;
    auto found = split_frame(rest(), how_, message_bytes_max_);
    if (!found)
        error_ = found.error();
    else if (*found)
        taken_ += (*found)->bytes.size();
    return found;
}

}  // namespace pgduet::protocol
