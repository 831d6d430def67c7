#include "protocol/sql_types/row_buffer.hpp"

#include <xxhash.h>

#include "protocol/sql_types/big_endian.hpp"

namespace pgduet::protocol {

void row_buffer::add(std::string_view body) {
    ++count_;
    digest_ += XXH3_64bits(body.data(), body.size());
    // Chained through the seed: the position of a row changes every digest after it.
    ordered_digest_ = XXH3_64bits_withSeed(body.data(), body.size(), ordered_digest_ + 1);
    // Once a row was dropped, none is kept: what is kept is always a prefix of the result.
    if (!complete_ || bytes_.size() + 4 + body.size() > bytes_max_) {
        complete_ = false;
        return;
    }
    codec::put_int32(bytes_, static_cast<std::int32_t>(body.size()));
    bytes_.append(body);
}

void row_buffer::add(const std::vector<cell>& fields) {
    std::string body;
    codec::put_int16(body, static_cast<std::int16_t>(fields.size()));
    for (const cell& field : fields) {
        codec::put_int32(body, field ? static_cast<std::int32_t>(field->size()) : -1);
        if (field)
            body.append(*field);
    }
    add(std::string_view(body));
}

std::vector<std::string_view> row_buffer::rows() const {
    std::vector<std::string_view> bodies;
    codec::binary_cursor in(bytes_);
    while (in.left() > 0) {
        const std::int32_t size = in.int32();
        bodies.push_back(in.bytes(static_cast<std::size_t>(size)));
    }
    return bodies;
}

std::vector<cell> row_buffer::fields(std::string_view body) {
    codec::binary_cursor in(body);
    const std::uint16_t count = in.uint16();
    std::vector<cell> cells;
    // The body may come from a server: the count is believed only as far as bytes remain.
    cells.reserve(std::min<std::size_t>(count, in.left() / 4));
    for (std::uint16_t i = 0; i < count && !in.failed(); ++i) {
        const std::int32_t size = in.int32();
        if (size < 0) {
            cells.emplace_back();
            continue;
        }
        const std::string_view bytes = in.bytes(static_cast<std::size_t>(size));
        if (!in.failed())
            cells.emplace_back(std::string(bytes));
    }
    return cells;
}

}  // namespace pgduet::protocol
