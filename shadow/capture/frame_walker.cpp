#include "shadow/capture/frame_walker.hpp"

#include <algorithm>

namespace pgduet::capture {

namespace {

constexpr std::size_t header = 5;

std::uint32_t length_word(std::string_view bytes) {
    std::uint32_t length = 0;
    for (std::size_t i = 1; i < header; ++i)
        length = length << 8 | static_cast<unsigned char>(bytes[i]);
    return length;
}

}  // namespace

std::optional<frame_walker::piece> frame_walker::pass(std::string_view& input) {
    const std::size_t take = std::min<std::uint64_t>(left_, input.size());
    piece out{tag_, input.substr(0, take), false, take == left_};
    left_ -= take;
    input.remove_prefix(take);
    return out;
}

std::optional<frame_walker::piece> frame_walker::next(std::string_view& input, streams stream) {
    if (broken_ || input.empty())
        return std::nullopt;
    if (left_ != 0)
        return pass(input);

    if (!partial_.empty() && partial_.size() < header) {
        const std::size_t take = std::min(header - partial_.size(), input.size());
        partial_.append(input.substr(0, take));
        input.remove_prefix(take);
    }
    const std::string_view start = partial_.empty() ? input : std::string_view(partial_);
    if (start.size() < header) {
        if (partial_.empty())
            partial_.assign(input);
        input = {};
        return std::nullopt;
    }
    const std::uint32_t length = length_word(start);
    if (length < 4 || length > length_max) {
        broken_ = true;
        return std::nullopt;
    }
    const std::size_t total = std::size_t{length} + 1;
    if (partial_.empty() && input.size() >= total) {
        const piece out{input[0], input.substr(0, total), true, true};
        input.remove_prefix(total);
        return out;
    }
    if (stream(start[0], length)) {
        tag_ = start[0];
        whole_ = std::move(partial_);
        partial_.clear();
        if (whole_.empty()) {
            whole_.assign(input);
            input = {};
        }
        left_ = total - whole_.size();
        return piece{tag_, whole_, true, left_ == 0};
    }
    const std::size_t take = std::min(total - partial_.size(), input.size());
    partial_.append(input.substr(0, take));
    input.remove_prefix(take);
    if (partial_.size() < total)
        return std::nullopt;
    whole_.swap(partial_);
    partial_.clear();
    return piece{whole_[0], whole_, true, true};
}

}  // namespace pgduet::capture
