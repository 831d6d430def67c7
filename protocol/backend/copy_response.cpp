#include "protocol/backend/copy_response.hpp"

#include <ostream>

namespace pgduet::protocol {

namespace {

/// The three share their layout; only the tag tells them apart.
template <class Message>
result<Message> read_response(byte_reader in) {
    Message message;
    const char overall = in.byte();
    message.overall = static_cast<format>(overall);
    message.columns.resize(in.count16(2));
    for (format& one : message.columns)
        one = static_cast<format>(in.int16());
    if (const auto ec = in.finish())
        return ec;
    if (overall != 0 && overall != 1)
        return errc::bad_field;
    return message;
}

void write_response(byte_writer& out,
                    char tag,
                    format overall,
                    const std::vector<format>& columns) {
    const auto mark = out.open(tag);
    out.byte(static_cast<char>(overall));
    out.uint16(static_cast<std::uint16_t>(columns.size()));
    for (const format one : columns)
        out.int16(static_cast<std::int16_t>(one));
    out.close(mark);
}

std::ostream& print(std::ostream& out, format overall, const std::vector<format>& columns) {
    return out << (overall == format::text ? " text" : " binary") << " columns=" << columns.size();
}

}  // namespace

result<copy_in_response> copy_in_response::decode(byte_reader in) {
    return read_response<copy_in_response>(in);
}

void copy_in_response::encode(byte_writer& out) const {
    write_response(out, tag, overall, columns);
}

std::ostream& operator<<(std::ostream& out, const copy_in_response& message) {
    return print(out << "CopyInResponse", message.overall, message.columns);
}

result<copy_out_response> copy_out_response::decode(byte_reader in) {
    return read_response<copy_out_response>(in);
}

void copy_out_response::encode(byte_writer& out) const {
    write_response(out, tag, overall, columns);
}

std::ostream& operator<<(std::ostream& out, const copy_out_response& message) {
    return print(out << "CopyOutResponse", message.overall, message.columns);
}

result<copy_both_response> copy_both_response::decode(byte_reader in) {
    return read_response<copy_both_response>(in);
}

void copy_both_response::encode(byte_writer& out) const {
    write_response(out, tag, overall, columns);
}

std::ostream& operator<<(std::ostream& out, const copy_both_response& message) {
    return print(out << "CopyBothResponse", message.overall, message.columns);
}

}  // namespace pgduet::protocol
