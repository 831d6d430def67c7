#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocol/frame_splitter.hpp"

using namespace pgduet::protocol;

/// The first byte chooses framing and size of pieces; however a stream is cut, the frames are the
/// same as when it comes whole, and nothing is lost between them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const auto how = static_cast<framing>(data[0] % 3);
    const std::size_t piece = 1 + data[0] / 3;
    std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);

    frame_splitter pieces(how, 1000);
    std::string_view left = stream;
    std::string_view to_come = stream;
    for (;;) {
        const auto found = pieces.next();
        if (found && *found) {
            const auto whole = split_frame(left, how, 1000);
            if (!whole || !*whole || (*whole)->bytes != (*found)->bytes)
                std::abort();
            left.remove_prefix((*found)->bytes.size());
            continue;
        }
        if (!found) {
            const auto whole = split_frame(left, how, 1000);
            if (whole || whole.error() != found.error())
                std::abort();
            return 0;
        }
        if (to_come.empty())
            return 0;
        pieces.append(to_come.substr(0, piece));
        to_come.remove_prefix(std::min(piece, to_come.size()));
    }
}
