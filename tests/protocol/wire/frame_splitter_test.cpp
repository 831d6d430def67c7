#include "protocol/frame_splitter.hpp"

#include <gtest/gtest.h>

#include <string>

#include "protocol/byte_reader.hpp"
#include "protocol/byte_writer.hpp"

namespace pgduet::protocol {
namespace {

using namespace std::string_view_literals;

struct bad_case {
    const char* name;
    std::string_view bytes;
    framing how;
    errc expected;
};

const bad_case bad_rows[] = {
    {"LengthThree", "Q\0\0\0\3"sv, framing::frontend, errc::bad_length},
    {"LengthZero", "Q\0\0\0\0"sv, framing::frontend, errc::bad_length},
    {"LengthNegative", "Q\xff\xff\xff\xff"sv, framing::frontend, errc::frame_too_large},
    {"OneGibibyte", "Q\x40\0\0\0"sv, framing::frontend, errc::frame_too_large},
    {"SmallMessageLimit", "E\0\0\x27\x11"sv, framing::frontend, errc::frame_too_large},
    {"UnknownTagAtOnce", "!"sv, framing::frontend, errc::unknown_message},
    {"NulTag", "\0"sv, framing::frontend, errc::unknown_message},
    {"ServerTagFromClient", "Z"sv, framing::frontend, errc::unknown_message},
    {"ClientTagFromServer", "Q"sv, framing::backend, errc::unknown_message},
    {"NulTagFromServer", "\0"sv, framing::backend, errc::unknown_message},
    {"StartupShort", "\0\0\0\3"sv, framing::startup, errc::bad_length},
    {"StartupLong", "\0\0\x27\x11"sv, framing::startup, errc::startup_too_large},
    {"StartupHttp", "GET / HTTP/1.1"sv, framing::startup, errc::startup_too_large},
};

class BadFrame : public ::testing::TestWithParam<bad_case> {};

TEST_P(BadFrame, IsFinal) {
    frame_splitter splitter(GetParam().how);
    splitter.append(GetParam().bytes);
    for (int again = 0; again < 2; ++again) {
        const auto found = splitter.next();
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error(), GetParam().expected) << found.error().message();
        splitter.append("S\0\0\0\4"sv);
    }
}

INSTANTIATE_TEST_SUITE_P(Wire, BadFrame, ::testing::ValuesIn(bad_rows), [](const auto& one) {
    return one.param.name;
});

TEST(FrameSplitter, LimitsAreInclusive) {
    const std::string startup = std::string("\0\0\x27\x10"sv) + std::string(9996, 'x');
    EXPECT_TRUE(split_frame(startup, framing::startup)->has_value());
    EXPECT_TRUE(split_frame("Q\0\0\0\x64"sv, framing::frontend, 100));
    EXPECT_EQ(split_frame("Q\0\0\0\x65"sv, framing::frontend, 100).error(), errc::frame_too_large);
    EXPECT_TRUE(split_frame("d\x3f\xff\xff\xff"sv, framing::frontend));
}

TEST(FrameSplitter, TakesSeveralFramesOfOneRead) {
    frame_splitter splitter(framing::frontend);
    splitter.append("S\0\0\0\4H\0\0\0\4Q\0\0"sv);
    EXPECT_EQ((*splitter.next())->tag, 'S');
    EXPECT_EQ((*splitter.next())->tag, 'H');
    EXPECT_FALSE(splitter.next()->has_value());
    EXPECT_EQ(splitter.rest(), "Q\0\0"sv);
    splitter.append("\0\6;\0"sv);
    const auto last = *splitter.next();
    EXPECT_EQ(last->tag, 'Q');
    EXPECT_EQ(last->body, ";\0"sv);
}

TEST(FrameSplitter, TypedFramingFollowsStartup) {
    frame_splitter splitter(framing::startup);
    splitter.append("\0\0\0\x8\x04\xd2\x16\x2fS\0\0\0\4"sv);
    EXPECT_EQ((*splitter.next())->body.size(), 4u);
    splitter.switch_to(framing::frontend);
    EXPECT_EQ((*splitter.next())->tag, 'S');
}

TEST(ByteReader, FirstErrorSticks) {
    byte_reader in("\0\0\0\1ab"sv);
    EXPECT_EQ(in.int32(), 1);
    EXPECT_EQ(in.cstring(), "");
    EXPECT_EQ(in.error(), errc::truncated);
    EXPECT_EQ(in.byte(), 0);
    in.fail(errc::bad_field);
    EXPECT_EQ(in.finish(), errc::truncated);
}

TEST(ByteReader, Integers) {
    byte_reader in("\xff\xfe\xff\xfe\xff\xff\xff\xfd\xff\xff\xff\xfd"sv);
    EXPECT_EQ(in.int16(), -2);
    EXPECT_EQ(in.uint16(), 65534);
    EXPECT_EQ(in.int32(), -3);
    EXPECT_EQ(in.uint32(), 4294967293u);
    EXPECT_FALSE(in.finish());
}

TEST(ByteWriter, PatchesTheLength) {
    std::string bytes = "before";
    byte_writer out(bytes);
    const auto mark = out.open('C');
    out.cstring("a\0b"sv);
    out.value(std::nullopt);
    out.close(mark);
    EXPECT_EQ(bytes,
              "beforeC\0\0\0\xa"
              "a\0\xff\xff\xff\xff"sv);
}

}  // namespace
}  // namespace pgduet::protocol
