#include "shadow/capture/frame_walker.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pgduet::capture {
namespace {

using namespace std::string_literals;

bool never(char, std::uint32_t) {
    return false;
}
bool only_rows(char tag, std::uint32_t) {
    return tag == 'D';
}

/// Messages as "tag:bytes", pieces of one streamed message joined.
std::vector<std::string> walk(const std::string& stream,
                              std::size_t cut,
                              frame_walker::streams streams) {
    frame_walker walker;
    std::vector<std::string> seen;
    for (std::size_t at = 0; at < stream.size(); at += cut) {
        std::string_view input = std::string_view(stream).substr(at, cut);
        while (const auto piece = walker.next(input, streams)) {
            if (piece->first)
                seen.push_back(std::string(1, piece->tag) + ":");
            seen.back() += piece->bytes;
        }
    }
    EXPECT_TRUE(walker.at_boundary());
    EXPECT_FALSE(walker.broken());
    return seen;
}

const std::string sync = "S\0\0\0\4"s;
const std::string query = "Q\0\0\0\x0dSELECT 1\0"s;
const std::string row = "D\0\0\0\x0b\0\1\0\0\0\1x"s;

TEST(FrameWalker, GivesTheSameMessagesHoweverTheStreamIsCut) {
    const std::string stream = query + sync + row + row + sync;
    const std::vector<std::string> expected = {
        "Q:" + query, "S:" + sync, "D:" + row, "D:" + row, "S:" + sync};
    for (std::size_t cut = 1; cut <= stream.size(); ++cut) {
        EXPECT_EQ(walk(stream, cut, never), expected) << "cut at " << cut;
        EXPECT_EQ(walk(stream, cut, only_rows), expected) << "streamed, cut at " << cut;
    }
}

TEST(FrameWalker, StreamsALongMessageWithoutKeepingIt) {
    std::string header = "D\0\1\0\4"s;  // 65540 - 4 bytes of body
    frame_walker walker;
    std::string_view input = header;
    const auto first = walker.next(input, only_rows);
    ASSERT_TRUE(first.has_value());
    EXPECT_TRUE(first->first);
    EXPECT_FALSE(first->last);
    std::size_t body = 0;
    const std::string chunk(1000, 'x');
    bool last = false;
    while (!last) {
        input = chunk;
        const auto piece = walker.next(input, only_rows);
        ASSERT_TRUE(piece.has_value());
        body += piece->bytes.size();
        last = piece->last;
    }
    EXPECT_EQ(body, 65536u);
}

TEST(FrameWalker, RefusesLengthsNoMessageCanHave) {
    for (const std::string& bad : {"Q\0\0\0\3"s, "Q\0\0\0\0"s, "Q\xff\xff\xff\xff"s}) {
        frame_walker walker;
        std::string_view input = bad;
        EXPECT_FALSE(walker.next(input, never).has_value());
        EXPECT_TRUE(walker.broken());
    }
}

}  // namespace
}  // namespace pgduet::capture
