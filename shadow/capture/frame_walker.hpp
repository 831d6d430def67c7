#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace pgduet::capture {

/// Walks a stream of typed messages (tag byte, int32 length) that arrives cut anywhere. Messages
/// the caller wants whole are put together; others are passed through in the pieces they come in,
/// so that no body has to fit into memory.
///
///     while (auto piece = walker.next(input, stream)) ...
///
/// `next` consumes from `input`; it returns nothing when the rest was kept for later.
class frame_walker {
public:
    struct piece {
        char tag = 0;
        std::string_view bytes;  ///< with the 5-byte header in the first piece; valid until the
                                 ///< next call and while the input lives
        bool first = true;
        bool last = true;
        std::string_view body() const { return bytes.substr(5); }  ///< of a whole message
    };
    /// Says whether a message of this tag and length (with the length word) is to be streamed.
    using streams = bool (*)(char tag, std::uint32_t length);

    std::optional<piece> next(std::string_view& input, streams stream);

    /// A length below 4 or beyond the bound was read; nothing more can be trusted.
    bool broken() const { return broken_; }
    /// Between two messages.
    bool at_boundary() const { return partial_.empty() && left_ == 0; }

    /// Largest length word accepted (PostgreSQL's MaxAllocSize and some headroom).
    static constexpr std::uint32_t length_max = 0x3fffffff;

private:
    std::optional<piece> pass(std::string_view& input);

    std::string partial_;  ///< start of a message not yet whole
    std::string whole_;    ///< the message put together last
    char tag_ = 0;         ///< of the message streamed now
    std::uint64_t left_ = 0;
    bool broken_ = false;
};

}  // namespace pgduet::capture
