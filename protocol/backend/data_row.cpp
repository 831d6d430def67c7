#include "protocol/backend/data_row.hpp"

#include <ostream>

#include "protocol/quoted.hpp"

namespace pgduet::protocol {

result<data_row> data_row::decode(byte_reader in) {
    data_row message;
    message.fields.resize(in.count16(4));
    for (auto& field : message.fields)
        field = in.value();
    if (const auto ec = in.finish())
        return ec;
    return message;
}

void data_row::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.uint16(static_cast<std::uint16_t>(fields.size()));
    for (const auto& field : fields)
        out.value(field);
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const data_row& message) {
    return out << "DataRow fields=" << message.fields.size();
}

void print_with_values(std::ostream& out, const data_row& message) {
    out << message << " values=" << listed_values(message.fields);
}

}  // namespace pgduet::protocol
