#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pgduet::protocol {

/// Appends wire bytes to a string it borrows. A message is written between open() and close();
/// close() back-patches the length word.
///
///   const auto mark = out.open('C');
///   out.cstring("SELECT 1");
///   out.close(mark);
class byte_writer {
public:
    /// Where the length word of an open message stands.
    enum class mark : std::size_t {};

    explicit byte_writer(std::string& out) : out_(out) {}

    mark open(char tag);
    mark open_untyped();  ///< startup framing: no tag
    void close(mark opened);

    void byte(char value) { out_.push_back(value); }
    void int16(std::int16_t value) { integer(static_cast<std::uint16_t>(value)); }
    void uint16(std::uint16_t value) { integer(value); }
    void int32(std::int32_t value) { integer(static_cast<std::uint32_t>(value)); }
    void uint32(std::uint32_t value) { integer(value); }
    /// Writes a terminator behind the text; a NUL inside ends it early.
    void cstring(std::string_view text);
    void bytes(std::string_view bytes) { out_.append(bytes); }
    /// int32 size and bytes, or -1.
    void value(const std::optional<std::string_view>& bytes);

private:
    template <class U>
    void integer(U value) {
        for (int shift = static_cast<int>(sizeof(U)) * 8 - 8; shift >= 0; shift -= 8)
            out_.push_back(static_cast<char>(value >> shift & 0xff));
    }

    std::string& out_;
};

}  // namespace pgduet::protocol
