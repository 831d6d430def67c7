#include "protocol/frontend/password.hpp"

#include <ostream>

#include "protocol/quoted.hpp"

namespace pgduet::protocol {

result<password_data> password_data::decode(byte_reader in) {
    return password_data{in.rest()};
}

void password_data::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.bytes(body);
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const password_data&) {
    return out << "PasswordData (secret)";
}

result<password_message> password_message::decode(byte_reader in) {
    const std::string_view password = in.cstring();
    if (const auto ec = in.finish())
        return ec;
    return password_message{password};
}

void password_message::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.cstring(password);
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const password_message&) {
    return out << "PasswordMessage (secret)";
}

result<sasl_initial_response> sasl_initial_response::decode(byte_reader in) {
    sasl_initial_response message;
    message.mechanism = in.cstring();
    message.response = in.value();
    if (const auto ec = in.finish())
        return ec;
    return message;
}

void sasl_initial_response::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.cstring(mechanism);
    out.value(response);
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const sasl_initial_response& message) {
    return out << "SASLInitialResponse mechanism=" << quoted(message.mechanism) << " (secret)";
}

result<sasl_response> sasl_response::decode(byte_reader in) {
    return sasl_response{in.rest()};
}

void sasl_response::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.bytes(response);
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const sasl_response&) {
    return out << "SASLResponse (secret)";
}

}  // namespace pgduet::protocol
