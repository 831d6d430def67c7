#include "protocol/backend_message.hpp"

#include <ostream>

namespace pgduet::protocol {

namespace {

template <class Message>
result<backend_message> decode_as(std::string_view body) {
    auto decoded = Message::decode(byte_reader(body));
    if (!decoded)
        return decoded.error();
    return backend_message{std::move(*decoded)};
}

}  // namespace

result<backend_message> decode_backend(char tag, std::string_view body) {
    switch (tag) {
        case authentication::tag:
            return decode_as<authentication>(body);
        case backend_key_data::tag:
            return decode_as<backend_key_data>(body);
        case bind_complete::tag:
            return decode_as<bind_complete>(body);
        case close_complete::tag:
            return decode_as<close_complete>(body);
        case command_complete::tag:
            return decode_as<command_complete>(body);
        case copy_both_response::tag:
            return decode_as<copy_both_response>(body);
        case copy_data::tag:
            return decode_as<copy_data>(body);
        case copy_done::tag:
            return decode_as<copy_done>(body);
        case copy_in_response::tag:
            return decode_as<copy_in_response>(body);
        case copy_out_response::tag:
            return decode_as<copy_out_response>(body);
        case data_row::tag:
            return decode_as<data_row>(body);
        case empty_query_response::tag:
            return decode_as<empty_query_response>(body);
        case error_response::tag:
            return decode_as<error_response>(body);
        case function_call_response::tag:
            return decode_as<function_call_response>(body);
        case negotiate_protocol_version::tag:
            return decode_as<negotiate_protocol_version>(body);
        case no_data::tag:
            return decode_as<no_data>(body);
        case notice_response::tag:
            return decode_as<notice_response>(body);
        case notification_response::tag:
            return decode_as<notification_response>(body);
        case parameter_description::tag:
            return decode_as<parameter_description>(body);
        case parameter_status::tag:
            return decode_as<parameter_status>(body);
        case parse_complete::tag:
            return decode_as<parse_complete>(body);
        case portal_suspended::tag:
            return decode_as<portal_suspended>(body);
        case ready_for_query::tag:
            return decode_as<ready_for_query>(body);
        case row_description::tag:
            return decode_as<row_description>(body);
        default:
            return errc::unknown_message;
    }
}

void encode(byte_writer& out, const backend_message& message) {
    std::visit([&out](const auto& one) { one.encode(out); }, message);
}

std::ostream& operator<<(std::ostream& out, const backend_message& message) {
    std::visit([&out](const auto& one) { out << one; }, message);
    return out;
}

}  // namespace pgduet::protocol
