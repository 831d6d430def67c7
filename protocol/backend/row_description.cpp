#include "protocol/backend/row_description.hpp"

#include <ostream>

#include "protocol/quoted.hpp"

namespace pgduet::protocol {

result<row_description> row_description::decode(byte_reader in) {
    constexpr std::size_t column_bytes_min = 19;
    row_description message;
    message.columns.resize(in.count16(column_bytes_min));
    for (column& one : message.columns) {
        one.name = in.cstring();
        one.table = in.uint32();
        one.attribute = in.int16();
        one.type = in.uint32();
        one.type_length = in.int16();
        one.type_modifier = in.int32();
        one.encoding = static_cast<format>(in.int16());
    }
    if (const auto ec = in.finish())
        return ec;
    return message;
}

void row_description::encode(byte_writer& out) const {
    encode_row_description(out, columns);
}

void encode_row_description(byte_writer& out, const std::vector<column>& columns) {
    const auto mark = out.open(row_description::tag);
    out.uint16(static_cast<std::uint16_t>(columns.size()));
    for (const column& one : columns) {
        out.cstring(one.name);
        out.uint32(one.table);
        out.int16(one.attribute);
        out.uint32(one.type);
        out.int16(one.type_length);
        out.int32(one.type_modifier);
        out.int16(static_cast<std::int16_t>(one.encoding));
    }
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const row_description& message) {
    out << "RowDescription";
    for (const column& one : message.columns) {
        out << ' ' << quoted(one.name) << ':' << one.type;
        if (one.encoding != format::text)
            out << ":binary";
    }
    return out;
}

}  // namespace pgduet::protocol
