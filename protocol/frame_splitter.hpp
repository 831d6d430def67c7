#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/errc.hpp"

namespace pgduet::protocol {

/// PostgreSQL's limits under PostgreSQL's names; all count the length word and not the tag.
inline constexpr std::size_t max_startup_packet_length = 10'000;
inline constexpr std::size_t pq_small_message_limit = 10'000;
inline constexpr std::size_t pq_large_message_limit = 0x3fff'ffff;
inline constexpr std::size_t pg_max_auth_token_length = 65'535;

/// One message as it stood in the stream. Borrows the splitter's buffer, or the caller's bytes.
struct frame {
    char tag = 0;            ///< 0 in startup framing
    std::string_view body;   ///< what follows the length word
    std::string_view bytes;  ///< the whole message
};

/// How messages are delimited.
enum class framing {
    startup,   ///< int32 length, body: the first messages of a client
    frontend,  ///< byte tag, int32 length, body; tags and limits of a client's messages
    backend,   ///< the same; of a server's
};

/// The longest message of this type PostgreSQL takes from a client; 0 for an unknown tag.
std::size_t frontend_message_limit(char tag);
bool is_backend_tag(char tag);

/// Looks at the start of `bytes`: a frame, nothing if more bytes are needed, or what is wrong with
/// it. A wrong tag or length is found as soon as it is seen, before the body has come.
result<std::optional<frame>> split_frame(std::string_view bytes,
                                         framing how,
                                         std::size_t message_bytes_max = pq_large_message_limit);

/// Stream in, frames out. The buffer never holds more than what was appended and not yet taken, so
/// a caller that takes all frames before it appends again is bounded by one message and one read.
/// An error is final: there is no way to find the next message.
class frame_splitter {
public:
    explicit frame_splitter(framing how, std::size_t message_bytes_max = pq_large_message_limit)
        : how_(how), message_bytes_max_(message_bytes_max) {}

    /// Frames taken before are no longer valid.
    void append(std::string_view bytes);
    /// The next frame, nothing until more bytes come, or the error, again and again.
    result<std::optional<frame>> next();

    /// For the bytes not yet taken: after startup comes typed framing.
    void switch_to(framing how) { how_ = how; }
    /// Bytes not yet taken as frames; valid until append().
    std::string_view rest() const { return std::string_view(buffer_).substr(taken_); }

private:
    framing how_;
    std::size_t message_bytes_max_;
    std::string buffer_;
    std::size_t taken_ = 0;
    boost::system::error_code error_;
};

}  // namespace pgduet::protocol
