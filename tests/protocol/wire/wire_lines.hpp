#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "protocol/frame_splitter.hpp"
#include "protocol/trace.hpp"

namespace pgduet::protocol::testing_ {

/// A server's bytes as trace lines, without the arrow, joined with "; ".
inline std::string lines_of(std::string_view bytes) {
    frame_splitter splitter(framing::backend);
    splitter.append(bytes);
    std::string out;
    for (;;) {
        const auto found = splitter.next();
        if (!found || !*found) {
            EXPECT_EQ(splitter.rest(), "") << "bytes that are no whole message";
            return out;
        }
        const auto message = decode_backend((*found)->tag, (*found)->body);
        out += out.empty() ? "" : "; ";
        out += message ? trace(*message).substr(2) : message.error().message();
    }
}

template <class Message>
std::string bytes_of(const Message& message) {
    std::string bytes;
    byte_writer out(bytes);
    message.encode(out);
    return bytes;
}

}  // namespace pgduet::protocol::testing_
