#include "protocol/frontend/startup.hpp"

#include <ostream>

#include "protocol/quoted.hpp"

namespace pgduet::protocol {

namespace {

/// The code, and the end of the message right behind it.
boost::system::error_code read_only_code(byte_reader& in, std::uint32_t code) {
    if (in.uint32() != code && !in.error())
        in.fail(errc::bad_field);
    return in.finish();
}

void write_only_code(byte_writer& out, std::uint32_t code) {
    const auto mark = out.open_untyped();
    out.uint32(code);
    out.close(mark);
}

}  // namespace

result<startup_message> startup_message::decode(byte_reader in) {
    startup_message message;
    message.version = in.uint32();
    if (!in.error() && message.version >> 16 != 3)
        return message;
    for (;;) {
        const std::string_view name = in.cstring();
        if (name.empty())
            break;
        const std::string_view value = in.cstring();
        message.parameters.emplace_back(name, value);
    }
    if (const auto ec = in.finish())
        return ec;
    return message;
}

void startup_message::encode(byte_writer& out) const {
    const auto mark = out.open_untyped();
    out.uint32(version);
    if (version >> 16 == 3) {
        for (const auto& [name, value] : parameters) {
            out.cstring(name);
            out.cstring(value);
        }
        out.byte('\0');
    }
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const startup_message& message) {
    out << "StartupMessage version=" << (message.version >> 16) << '.'
        << (message.version & 0xffff);
    for (const auto& [name, value] : message.parameters)
        out << ' ' << name << '=' << quoted(value);
    return out;
}

result<ssl_request> ssl_request::decode(byte_reader in) {
    if (const auto ec = read_only_code(in, ssl_request_code))
        return ec;
    return ssl_request{};
}

void ssl_request::encode(byte_writer& out) const {
    write_only_code(out, ssl_request_code);
}

std::ostream& operator<<(std::ostream& out, const ssl_request&) {
    return out << "SSLRequest";
}

result<gssenc_request> gssenc_request::decode(byte_reader in) {
    if (const auto ec = read_only_code(in, gssenc_request_code))
        return ec;
    return gssenc_request{};
}

void gssenc_request::encode(byte_writer& out) const {
    write_only_code(out, gssenc_request_code);
}

std::ostream& operator<<(std::ostream& out, const gssenc_request&) {
    return out << "GSSENCRequest";
}

result<cancel_request> cancel_request::decode(byte_reader in) {
    if (in.uint32() != cancel_request_code && !in.error())
        return errc::bad_field;
    cancel_request message;
    message.process_id = in.int32();
    message.secret = in.rest();
    if (const auto ec = in.finish())
        return ec;
    if (message.secret.size() < 4)
        return errc::truncated;
    if (message.secret.size() > 256)
        return errc::bad_length;
    return message;
}

void cancel_request::encode(byte_writer& out) const {
    const auto mark = out.open_untyped();
    out.uint32(cancel_request_code);
    out.int32(process_id);
    out.bytes(secret);
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const cancel_request& message) {
    return out << "CancelRequest process_id=" << message.process_id << " (secret)";
}

result<startup_packet> decode_startup(std::string_view body) {
    const auto as_packet = [](auto decoded) -> result<startup_packet> {
        if (!decoded)
            return decoded.error();
        return startup_packet{*decoded};
    };
    switch (byte_reader(body).uint32()) {
        case ssl_request_code:
            return as_packet(ssl_request::decode(byte_reader(body)));
        case gssenc_request_code:
            return as_packet(gssenc_request::decode(byte_reader(body)));
        case cancel_request_code:
            return as_packet(cancel_request::decode(byte_reader(body)));
        default:
            return as_packet(startup_message::decode(byte_reader(body)));
    }
}

}  // namespace pgduet::protocol
