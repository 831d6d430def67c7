#include "protocol/frontend_message.hpp"

#include <ostream>

namespace pgduet::protocol {

namespace {

template <class Message>
result<frontend_message> decode_as(std::string_view body) {
    auto decoded = Message::decode(byte_reader(body));
    if (!decoded)
        return decoded.error();
    return frontend_message{std::move(*decoded)};
}

}  // namespace

result<frontend_message> decode_frontend(char tag, std::string_view body) {
    switch (tag) {
        case bind::tag:
            return decode_as<bind>(body);
        case close::tag:
            return decode_as<close>(body);
        case copy_data::tag:
            return decode_as<copy_data>(body);
        case copy_done::tag:
            return decode_as<copy_done>(body);
        case copy_fail::tag:
            return decode_as<copy_fail>(body);
        case describe::tag:
            return decode_as<describe>(body);
        case execute::tag:
            return decode_as<execute>(body);
        case flush::tag:
            return decode_as<flush>(body);
        case function_call::tag:
            return decode_as<function_call>(body);
        case parse::tag:
            return decode_as<parse>(body);
        case password_data::tag:
            return decode_as<password_data>(body);
        case query::tag:
            return decode_as<query>(body);
        case sync::tag:
            return decode_as<sync>(body);
        case terminate::tag:
            return decode_as<terminate>(body);
        default:
            return errc::unknown_message;
    }
}

void encode(byte_writer& out, const frontend_message& message) {
    std::visit([&out](const auto& one) { one.encode(out); }, message);
}

std::ostream& operator<<(std::ostream& out, const frontend_message& message) {
    std::visit([&out](const auto& one) { out << one; }, message);
    return out;
}

}  // namespace pgduet::protocol
