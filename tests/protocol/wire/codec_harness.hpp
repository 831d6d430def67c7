#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/byte_writer.hpp"
#include "protocol/errc.hpp"
#include "protocol/frame_splitter.hpp"

/// Checks of one decoder row. Besides the row itself, every good message is cut short at each
/// byte, made one byte longer, split at each byte on its way through the splitter, and encoded.
namespace pgduet::protocol::testing_ {

/// Bytes in a heap block of exactly their size, so that AddressSanitizer sees a one-byte overrun.
class exact_block {
public:
    explicit exact_block(std::string_view bytes)
        : size_(bytes.size()), bytes_(std::make_unique<char[]>(size_)) {
        std::copy(bytes.begin(), bytes.end(), bytes_.get());
    }
    std::string_view view() const { return {bytes_.get(), size_}; }

private:
    std::size_t size_;
    std::unique_ptr<char[]> bytes_;
};

/// How much of a message its layout fixes.
enum class extent {
    fixed,  ///< any byte less or more is an error
    open,   ///< the last field takes all that is left
    lossy,  ///< fixed, and bytes the struct does not keep: does not encode to the same
};

template <class Message>
struct codec_case {
    std::string name;
    char tag;
    std::string_view body;
    std::variant<Message, errc> expected;
    extent how = extent::fixed;
};

template <class Message>
void PrintTo(const codec_case<Message>& one, std::ostream* out) {
    *out << one.name;
}

inline std::string whole_frame(char tag, std::string_view body, framing how) {
    std::string bytes;
    byte_writer out(bytes);
    const auto mark = how == framing::startup ? out.open_untyped() : out.open(tag);
    out.bytes(body);
    out.close(mark);
    return bytes;
}

template <class Message, class Decode>
void check_cut_and_extended(const codec_case<Message>& one, const Message& good, Decode decode) {
    for (std::size_t size = 0; size < one.body.size(); ++size) {
        const exact_block cut(one.body.substr(0, size));
        const auto decoded = decode(one.tag, cut.view());
        if (one.how == extent::open)
            EXPECT_FALSE(decoded && *decoded == good) << "cut to " << size;
        else
            EXPECT_FALSE(decoded) << "cut to " << size << ": " << *decoded;
    }
    const exact_block longer(std::string(one.body) + '\0');
    const auto decoded = decode(one.tag, longer.view());
    if (one.how == extent::open)
        EXPECT_FALSE(decoded && *decoded == good);
    else
        EXPECT_FALSE(decoded) << *decoded;
}

inline void check_splits(char tag, std::string_view body, framing how) {
    const std::string bytes = whole_frame(tag, body, how);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        frame_splitter splitter(how);
        splitter.append(std::string_view(bytes).substr(0, at));
        const auto early = splitter.next();
        ASSERT_TRUE(early) << "split at " << at << ": " << early.error().message();
        EXPECT_FALSE(early->has_value()) << "split at " << at;
        splitter.append(std::string_view(bytes).substr(at));
        const auto whole = splitter.next();
        ASSERT_TRUE(whole && whole->has_value()) << "split at " << at;
        EXPECT_EQ((*whole)->body, body);
        EXPECT_EQ((*whole)->bytes, bytes);
        EXPECT_EQ(splitter.rest(), "");
    }
}

template <class Message, class Decode, class Encode>
void check_codec(const codec_case<Message>& one, framing how, Decode decode, Encode encode) {
    const exact_block block(one.body);
    const auto decoded = decode(one.tag, block.view());
    if (const auto* wrong = std::get_if<errc>(&one.expected)) {
        ASSERT_FALSE(decoded) << *decoded;
        EXPECT_EQ(decoded.error(), *wrong) << decoded.error().message();
        return;
    }
    const Message& good = std::get<Message>(one.expected);
    ASSERT_TRUE(decoded) << decoded.error().message();
    EXPECT_EQ(*decoded, good);
    if (one.how != extent::lossy) {
        std::string bytes;
        byte_writer out(bytes);
        encode(out, good);
        EXPECT_EQ(bytes, whole_frame(one.tag, one.body, how));
    }
    check_cut_and_extended(one, good, decode);
    check_splits(one.tag, one.body, how);
}

inline const auto case_name = [](const auto& info) { return info.param.name; };

}  // namespace pgduet::protocol::testing_
