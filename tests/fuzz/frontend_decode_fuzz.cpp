#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "protocol/frame_splitter.hpp"
#include "protocol/trace.hpp"

using namespace pgduet::protocol;

/// The first byte is the tag, the rest the body. What decodes encodes to a message that decodes to
/// the same, and prints as one line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto message = decode_frontend(static_cast<char>(data[0]), body);
    if (!message)
        return 0;
    std::string bytes;
    byte_writer out(bytes);
    encode(out, *message);
    const auto again = decode_frontend(bytes[0], std::string_view(bytes).substr(5));
    if (!again || !(*again == *message))
        std::abort();
    if (trace(*message, {.values = true}).find('\n') != std::string::npos)
        std::abort();
    return 0;
}
