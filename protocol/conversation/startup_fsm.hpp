#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/conversation/scram.hpp"
#include "protocol/frame_splitter.hpp"
#include "protocol/frontend/startup.hpp"
#include "protocol/sql_types/sql_error.hpp"

namespace pgduet::protocol {

/// What the driver is to do next while a connection starts, each with the call that answers it.
namespace startup_step {

/// Read bytes of the client: received().
struct read {
    bool operator==(const read&) const = default;
};
/// Send these bytes: written().
struct write {
    std::string bytes;
    bool operator==(const write&) const = default;
};
/// The 'S' has been written: shake hands as the TLS server, then tls_established().
struct start_tls {
    bool operator==(const start_tls&) const = default;
};
/// Look the user up: user_found(). A user that does not exist is answered with nullopt, not with an
/// error. Making a verifier of a plain password costs milliseconds: do it when users are loaded, so
/// that answers for users with and without an account take the same time, and with the salt of
/// scram_verifier::mock(), so that it is the same at every try.
struct find_user {
    std::string user;
    bool operator==(const find_user&) const = default;
};
/// The client is who it says it is: see request(), then send welcome() and go on with a
/// session_fsm or a relay and the bytes of take_rest(). Nothing answers it.
struct accepted {
    bool operator==(const accepted&) const = default;
};
/// A CancelRequest: pass it on, then close without a word. Nothing answers it.
struct cancel {
    std::int32_t process_id = 0;
    std::string secret;
    bool operator==(const cancel&) const = default;
};
/// Send these bytes (an ErrorResponse; empty if there is nobody to tell), then close. `error` is
/// for the log. Nothing answers it.
struct refuse {
    std::string bytes;
    sql_error error;
    bool operator==(const refuse&) const = default;
};

}  // namespace startup_step

using startup_action = std::variant<startup_step::read,
                                    startup_step::write,
                                    startup_step::start_tls,
                                    startup_step::find_user,
                                    startup_step::accepted,
                                    startup_step::cancel,
                                    startup_step::refuse>;
std::ostream& operator<<(std::ostream& out, const startup_action& action);

/// Who the client says it is and what it asks for.
struct startup_request {
    using settings_list = std::vector<std::pair<std::string, std::string>>;

    std::string user;
    std::string database;      ///< the user's name if the client named none
    settings_list parameters;  ///< all others as sent, in order, `options` among them; no _pq_.
    settings_list settings;    ///< parameters that are settings, and those of `options` before them
    /// Words of `options` that are not -c name=value or --name=value; a server refuses these.
    std::vector<std::string> unknown_options;

    bool operator==(const startup_request&) const = default;
};

/// Splits a value of `options` at spaces (a backslash takes the next character as it is) and sorts
/// its words into settings and the rest.
void parse_options(std::string_view options, startup_request& into);

/// How clients are let in; fixed for a connection's life.
struct startup_rules {
    enum class method { trust, scram_sha_256 };

    method authentication = method::trust;
    bool tls_available = false;
    bool tls_required = false;  ///< refuse (28000) a client that has not asked for TLS
    /// 32 random bytes, the same for all connections of a process: from it come the salts shown to
    /// users that do not exist.
    std::string mock_secret;
};

/// The server's side of connection start (manual 55.2.1), from the first byte to the point where
/// the client is let in: SSLRequest, GSSENCRequest, CancelRequest, version negotiation,
/// authentication. Speaks protocol 3.0.
///
///     startup_fsm fsm(rules, random_nonce());
///     for (startup_action next = fsm.start();;) {
///         if (is<startup_step::read>(next))
///             next = fsm.received(co_await read_some());
///         else if (auto* out = std::get_if<startup_step::write>(&next)) {
///             co_await send(out->bytes);
///             next = fsm.written();
///         } else if (auto* ask = std::get_if<startup_step::find_user>(&next))
///             next = fsm.user_found(co_await look_up(ask->user));
///         else break;  // accepted, cancel or refuse
///     }
///
/// Pure: no sockets, clock, randomness. Bounded: keeps at most one packet and one read. The number
/// of steps is bounded, too (`rounds_max`), whatever the client sends; time is the driver's to
/// bound.
class startup_fsm {
public:
    static constexpr int rounds_max = 8;  ///< messages of the client until it is let in

    /// `nonce`: fresh random text for SCRAM, 24 characters from scram_nonce(); unused with trust.
    startup_fsm(const startup_rules& rules, std::string nonce);

    startup_action start();
    startup_action received(std::string_view bytes);
    startup_action written();
    startup_action tls_established();
    startup_action user_found(std::optional<scram_verifier> verifier);

    /// After the startup packet has been read (find_user, accepted).
    const startup_request& request() const { return request_; }
    /// True once SSLRequest was answered with 'S'.
    bool is_tls() const { return tls_; }
    /// What the client has sent behind the messages used so far: the start of its session.
    std::string take_rest();

private:
    enum class state { packet, answering, tls, looking_up, sasl_initial, sasl_final, over };

    startup_action advance();
    startup_action on_packet(std::string_view body);
    startup_action on_encryption_request(bool& seen, bool available, char yes);
    startup_action on_startup_message(const startup_message& message);
    startup_action begin_authentication();
    startup_action on_sasl_initial(std::string_view body);
    startup_action begin_exchange(std::string_view client_first);
    startup_action on_sasl_final(std::string_view body);
    startup_action on_bad_bytes(boost::system::error_code why);
    startup_action write(std::string bytes, state next);
    startup_action refuse(sql_error error);

    const startup_rules& rules_;
    std::string nonce_;
    state state_ = state::packet;
    state after_write_ = state::packet;
    frame_splitter splitter_{framing::startup};
    int rounds_ = 0;
    bool ssl_asked_ = false;
    bool gss_asked_ = false;
    bool tls_ = false;
    bool accepted_ = false;
    bool exchange_begun_ = false;
    startup_request request_;
    std::string prelude_;  ///< NegotiateProtocolVersion, sent with the next answer
    std::optional<scram_exchange> exchange_;
};

/// What a client is told once it is let in: AuthenticationOk, the ParameterStatus block,
/// BackendKeyData and ReadyForQuery. The values come from whoever serves the session: the real
/// server behind a relay, or pgduet.
struct welcome_values {
    std::vector<std::pair<std::string, std::string>> parameter_status;
    std::int32_t process_id = 0;
    std::string secret;  ///< four bytes
    char status = 'I';
};
std::string welcome(const welcome_values& values);

/// An error as the bytes of its ErrorResponse.
std::string error_bytes(const sql_error& error);

}  // namespace pgduet::protocol
