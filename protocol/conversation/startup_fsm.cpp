#include "protocol/conversation/startup_fsm.hpp"

#include <cassert>

#include "protocol/backend/authentication.hpp"
#include "protocol/backend/negotiate_protocol_version.hpp"
#include "protocol/frontend/password.hpp"
#include "protocol/sql_types/sqlstate.hpp"

namespace pgduet::protocol {

namespace {

sql_error violation(std::string message) {
    return make_error(sqlstate::protocol_violation, std::move(message));
}

sql_error unsupported_version(std::uint32_t version) {
    return make_error(sqlstate::feature_not_supported,
                      "unsupported frontend protocol " + std::to_string(version >> 16) + '.' +
                          std::to_string(version & 0xffff) + ": server supports 3.0 to 3.0");
}

template <class Message>
std::string bytes_of(const Message& message) {
    std::string bytes;
    byte_writer out(bytes);
    message.encode(out);
    return bytes;
}

/// NegotiateProtocolVersion if the client asked for more than 3.0 has; else nothing.
std::string negotiation(const startup_message& message) {
    negotiate_protocol_version answer;
    answer.version = protocol_3_0;
    for (const auto& [name, value] : message.parameters)
        if (name.starts_with("_pq_."))
            answer.options.push_back(name);
    if (message.version == protocol_3_0 && answer.options.empty())
        return {};
    return bytes_of(answer);
}

startup_request read_request(const startup_message& message) {
    startup_request request;
    for (const auto& [name, value] : message.parameters) {
        if (name == "user") {
            request.user = value;
        } else if (name == "database") {
            request.database = value;
        } else if (name == "options") {
            parse_options(value, request);
            request.parameters.emplace_back(name, value);
        } else if (!name.starts_with("_pq_.")) {
            request.parameters.emplace_back(name, value);
        }
    }
    if (request.database.empty())
        request.database = request.user;
    for (const auto& [name, value] : request.parameters)
        if (name != "options" && name != "replication")
            request.settings.emplace_back(name, value);
    return request;
}

}  // namespace

startup_fsm::startup_fsm(const startup_rules& rules, std::string nonce)
    : rules_(rules), nonce_(std::move(nonce)) {}

startup_action startup_fsm::start() {
    return startup_step::read{};
}

startup_action startup_fsm::received(std::string_view bytes) {
    splitter_.append(bytes);
    return advance();
}

startup_action startup_fsm::written() {
    assert(state_ == state::answering);
    state_ = after_write_;
    if (state_ == state::tls)
        return startup_step::start_tls{};
    return advance();
}

startup_action startup_fsm::tls_established() {
    assert(state_ == state::tls);
    tls_ = true;
    state_ = state::packet;
    return advance();
}

std::string startup_fsm::take_rest() {
    std::string rest(splitter_.rest());
    splitter_ = frame_splitter(framing::frontend);
    return rest;
}

startup_action startup_fsm::advance() {
    if (accepted_) {
        state_ = state::over;
        return startup_step::accepted{};
    }
    const auto found = splitter_.next();
    if (!found)
        return on_bad_bytes(found.error());
    if (!*found)
        return startup_step::read{};
    if (++rounds_ > rounds_max)
        return refuse(violation("too many messages before the end of authentication"));
    const frame message = **found;
    if (state_ == state::packet)
        return on_packet(message.body);
    if (message.tag != password_data::tag)
        return refuse(violation("expected SASL response, got message type " +
                                std::to_string(static_cast<unsigned char>(message.tag))));
    return state_ == state::sasl_initial ? on_sasl_initial(message.body)
                                         : on_sasl_final(message.body);
}

startup_action startup_fsm::on_bad_bytes(boost::system::error_code why) {
    if (why == errc::unknown_message)
        return refuse(violation("expected SASL response, got another message type"));
    return refuse(violation(state_ == state::packet ? "invalid length of startup packet"
                                                    : "invalid message length"));
}

startup_action startup_fsm::on_packet(std::string_view body) {
    const auto packet = decode_startup(body);
    if (!packet)
        return refuse(violation("invalid startup packet layout: " + packet.error().message()));
    // A second SSLRequest or GSSENCRequest is refused, like any number that is no version.
    if (std::holds_alternative<ssl_request>(*packet))
        return on_encryption_request(ssl_asked_, rules_.tls_available && !tls_, 'S');
    if (std::holds_alternative<gssenc_request>(*packet))
        return on_encryption_request(gss_asked_, false, 'G');
    if (const auto* one = std::get_if<cancel_request>(&*packet)) {
        state_ = state::over;
        return startup_step::cancel{one->process_id, std::string(one->secret)};
    }
    return on_startup_message(std::get<startup_message>(*packet));
}

startup_action startup_fsm::on_encryption_request(bool& seen, bool available, char yes) {
    if (std::exchange(seen, true) || tls_)
        return refuse(unsupported_version(yes == 'S' ? ssl_request_code : gssenc_request_code));
    // Bytes behind the request were sent in the clear by somebody who has not seen the answer:
    // they must never be taken for what comes out of the encrypted channel (CVE-2021-23214).
    if (!splitter_.rest().empty()) {
        sql_error error =
            violation(yes == 'S' ? "received unencrypted data after SSL request"
                                 : "received unencrypted data after GSSAPI encryption request");
        error.detail =
            "This could be either a client-software bug or evidence of an attempted "
            "man-in-the-middle attack.";
        if (!available)
            prelude_ = "N";  // the client reads one byte before it looks for a message
        return refuse(std::move(error));
    }
    return write(std::string(1, available ? yes : 'N'), available ? state::tls : state::packet);
}

startup_action startup_fsm::on_startup_message(const startup_message& message) {
    if (message.version >> 16 != 3)
        return refuse(unsupported_version(message.version));
    request_ = read_request(message);
    if (request_.user.empty())
        return refuse(make_error(sqlstate::invalid_authorization_specification,
                                 "no PostgreSQL user name specified in startup packet"));
    if (rules_.tls_required && !tls_)
        return refuse(make_error(sqlstate::invalid_authorization_specification,
                                 "this server accepts encrypted connections only"));
    prelude_ = negotiation(message);
    splitter_.switch_to(framing::frontend);
    return begin_authentication();
}

startup_action startup_fsm::begin_authentication() {
    switch (rules_.authentication) {
        case startup_rules::method::trust:
            accepted_ = true;
            if (prelude_.empty())
                return advance();
            return write({}, state::over);
        case startup_rules::method::scram_sha_256:
            state_ = state::looking_up;
            return startup_step::find_user{request_.user};
    }
    assert(false);
    return startup_step::read{};
}

startup_action startup_fsm::user_found(std::optional<scram_verifier> verifier) {
    assert(state_ == state::looking_up);
    const bool known = verifier.has_value();
    exchange_.emplace(
        known ? std::move(*verifier) : scram_verifier::mock(request_.user, rules_.mock_secret),
        known,
        nonce_);
    authentication offer;
    offer.kind = authentication::request::sasl;
    offer.mechanisms = {scram_mechanism};
    return write(bytes_of(offer), state::sasl_initial);
}

startup_action startup_fsm::on_sasl_initial(std::string_view body) {
    if (exchange_begun_) {
        // The mechanism was chosen without data and an empty challenge sent: this is the data.
        return begin_exchange(body);
    }
    const auto message = sasl_initial_response::decode(byte_reader(body));
    if (!message)
        return refuse(violation("invalid SASLInitialResponse: " + message.error().message()));
    if (message->mechanism != scram_mechanism)
        return refuse(violation("client selected an invalid SASL authentication mechanism"));
    exchange_begun_ = true;
    if (message->response)
        return begin_exchange(*message->response);
    authentication challenge;
    challenge.kind = authentication::request::sasl_continue;
    return write(bytes_of(challenge), state::sasl_initial);
}

startup_action startup_fsm::begin_exchange(std::string_view client_first) {
    auto server_first = exchange_->first(client_first);
    if (!server_first)
        return refuse(server_first.error());
    authentication challenge;
    challenge.kind = authentication::request::sasl_continue;
    challenge.data = *server_first;
    return write(bytes_of(challenge), state::sasl_final);
}

startup_action startup_fsm::on_sasl_final(std::string_view body) {
    auto server_final = exchange_->last(body);
    if (!server_final)
        return refuse(server_final.error());
    if (!*server_final)
        return refuse(wrong_password(request_.user));
    authentication answer;
    answer.kind = authentication::request::sasl_final;
    answer.data = **server_final;
    accepted_ = true;
    return write(bytes_of(answer), state::over);
}

startup_action startup_fsm::write(std::string bytes, state next) {
    state_ = state::answering;
    after_write_ = next;
    return startup_step::write{std::exchange(prelude_, {}) + std::move(bytes)};
}

startup_action startup_fsm::refuse(sql_error error) {
    error.severity = "FATAL";
    state_ = state::over;
    return startup_step::refuse{std::exchange(prelude_, {}) + error_bytes(error), error};
}

}  // namespace pgduet::protocol
