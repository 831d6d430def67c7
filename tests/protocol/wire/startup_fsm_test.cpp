#include "protocol/conversation/startup_fsm.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "protocol/frontend/password.hpp"
#include "tests/protocol/wire/wire_lines.hpp"

namespace pgduet::protocol {
namespace {

using namespace std::string_view_literals;
using testing_::bytes_of;
using testing_::lines_of;

constexpr auto rfc_nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"sv;
constexpr auto rfc_first = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"sv;
constexpr auto rfc_final =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="sv;

startup_rules trust() {
    return {};
}

startup_rules scram() {
    startup_rules rules;
    rules.authentication = startup_rules::method::scram_sha_256;
    rules.mock_secret = "0123456789abcdef";
    return rules;
}

std::string startup(std::vector<std::pair<std::string_view, std::string_view>> parameters,
                    std::uint32_t version = protocol_3_0) {
    return bytes_of(startup_message{version, std::move(parameters)});
}

std::string text(const startup_action& action) {
    std::ostringstream out;
    out << action;
    return out.str();
}

/// Feeds bytes (in pieces of `piece`) and runs the machine until it wants more or ends; collects
/// what it wrote.
struct client {
    startup_fsm fsm;
    std::size_t piece = 10'000;
    std::string written;
    startup_action next = fsm.start();
    std::optional<scram_verifier> verifier;

    client(const startup_rules& rules) : fsm(rules, std::string(rfc_nonce)) {}

    void send(std::string_view bytes) {
        while (!bytes.empty() && std::holds_alternative<startup_step::read>(next)) {
            next = fsm.received(bytes.substr(0, piece));
            bytes.remove_prefix(std::min(piece, bytes.size()));
            run();
        }
    }
    void run() {
        for (;;) {
            if (const auto* out = std::get_if<startup_step::write>(&next)) {
                written += out->bytes;
                next = fsm.written();
            } else if (std::holds_alternative<startup_step::find_user>(next)) {
                next = fsm.user_found(verifier);
            } else {
                return;
            }
        }
    }
    /// What is written since the last call, as lines.
    std::string lines() { return lines_of(std::exchange(written, {})); }
    bool accepted() const { return std::holds_alternative<startup_step::accepted>(next); }
    std::string refusal() {
        const auto* end = std::get_if<startup_step::refuse>(&next);
        return end ? lines_of(end->bytes) : "not refused: " + text(next);
    }
};

TEST(Startup, TrustAcceptsAtOnce) {
    const auto rules = trust();
    client c(rules);
    c.send(startup({{"user", "alice"}, {"application_name", "psql"}}) + std::string("Q\0\0"sv));
    EXPECT_TRUE(c.accepted());
    EXPECT_EQ(c.written, "");
    EXPECT_EQ(c.fsm.request().user, "alice");
    EXPECT_EQ(c.fsm.request().database, "alice");
    EXPECT_EQ(c.fsm.take_rest(), "Q\0\0"sv);
}

TEST(Startup, ParametersAndOptionsAreKept) {
    const auto rules = trust();
    client c(rules);
    c.send(startup({{"user", "a"},
                    {"database", "shop"},
                    {"options", "-c geqo=off --statement-timeout=5s -cx.y=a\\ b -d 3 -c"},
                    {"DateStyle", "ISO"},
                    {"replication", "false"}}));
    ASSERT_TRUE(c.accepted());
    const startup_request& request = c.fsm.request();
    using list = startup_request::settings_list;
    EXPECT_EQ(request.database, "shop");
    EXPECT_EQ(
        request.settings,
        (list{{"geqo", "off"}, {"statement_timeout", "5s"}, {"x.y", "a b"}, {"DateStyle", "ISO"}}));
    EXPECT_EQ(request.unknown_options, (std::vector<std::string>{"-d", "3", "-c"}));
    ASSERT_EQ(request.parameters.size(), 3u);
    EXPECT_EQ(request.parameters[0].first, "options");
}

TEST(Startup, SslAndGssAreDeclinedOnceEach) {
    const auto rules = trust();
    client c(rules);
    c.send(bytes_of(ssl_request{}));
    c.send(bytes_of(gssenc_request{}));
    EXPECT_EQ(c.written, "NN");
    c.send(startup({{"user", "a"}}));
    EXPECT_TRUE(c.accepted());
    EXPECT_FALSE(c.fsm.is_tls());

    client twice(rules);
    twice.send(bytes_of(ssl_request{}));
    twice.send(bytes_of(ssl_request{}));
    EXPECT_EQ(twice.refusal(),
              "ErrorResponse FATAL 0A000 \"unsupported frontend protocol 1234.5679: server "
              "supports 3.0 to 3.0\"");
}

TEST(Startup, TlsWhenAvailable) {
    auto rules = trust();
    rules.tls_available = true;
    rules.tls_required = true;
    client c(rules);
    c.send(bytes_of(ssl_request{}));
    EXPECT_EQ(c.written, "S");
    ASSERT_TRUE(std::holds_alternative<startup_step::start_tls>(c.next));
    c.next = c.fsm.tls_established();
    c.send(startup({{"user", "a"}}));
    EXPECT_TRUE(c.accepted());
    EXPECT_TRUE(c.fsm.is_tls());

    client plain(rules);
    plain.send(startup({{"user", "a"}}));
    EXPECT_EQ(plain.refusal(),
              "ErrorResponse FATAL 28000 \"this server accepts encrypted connections only\"");
}

TEST(Startup, BytesBehindAnSslRequestEndTheConnection) {
    for (const bool available : {false, true}) {
        auto rules = trust();
        rules.tls_available = available;
        client c(rules);
        c.send(bytes_of(ssl_request{}) + startup({{"user", "a"}}));
        EXPECT_EQ(c.written, "");
        const auto* end = std::get_if<startup_step::refuse>(&c.next);
        ASSERT_NE(end, nullptr);
        const std::size_t answer_bytes = available ? 0 : 1;
        EXPECT_EQ(end->bytes.substr(0, answer_bytes), available ? "" : "N");
        EXPECT_EQ(lines_of(end->bytes.substr(answer_bytes)),
                  "ErrorResponse FATAL 08P01 \"received unencrypted data after SSL request\"");
    }
}

TEST(Startup, CancelRequest) {
    const auto rules = scram();
    client c(rules);
    c.send(bytes_of(cancel_request{7, "\1\2\3\4"}));
    ASSERT_TRUE(std::holds_alternative<startup_step::cancel>(c.next));
    EXPECT_EQ(c.next, startup_action(startup_step::cancel{7, "\1\2\3\4"}));
}

TEST(Startup, NewerMinorVersionAndOptionsAreNegotiated) {
    const auto rules = trust();
    client minor(rules);
    minor.send(startup({{"user", "a"}}, protocol_3_0 | 2));
    EXPECT_TRUE(minor.accepted());
    EXPECT_EQ(minor.lines(), "NegotiateProtocolVersion version=3.0");

    client option(rules);
    option.send(startup({{"user", "a"}, {"_pq_.one", "1"}, {"_pq_.two", ""}}));
    EXPECT_TRUE(option.accepted());
    EXPECT_EQ(option.lines(), "NegotiateProtocolVersion version=3.0 \"_pq_.one\" \"_pq_.two\"");
    EXPECT_TRUE(option.fsm.request().parameters.empty());

    const auto strict = scram();
    client c(strict);
    c.send(startup({{"user", "a"}}, protocol_3_0 | 99));
    EXPECT_EQ(c.lines(),
              "NegotiateProtocolVersion version=3.0; AuthenticationSASL \"SCRAM-SHA-256\"");
}

struct bad_start {
    const char* name;
    std::string bytes;
    std::string_view refusal;
};

const bad_start bad_starts[] = {
    {"NoUser",
     startup({{"database", "x"}}),
     "ErrorResponse FATAL 28000 \"no PostgreSQL user name specified in startup packet\""},
    {"EmptyUser",
     startup({{"user", ""}}),
     "ErrorResponse FATAL 28000 \"no PostgreSQL user name specified in startup packet\""},
    {"Version2",
     startup({}, 2 << 16),
     "ErrorResponse FATAL 0A000 \"unsupported frontend protocol 2.0: server supports 3.0 to 3.0\""},
    {"Version4",
     startup({}, 4 << 16),
     "ErrorResponse FATAL 0A000 \"unsupported frontend protocol 4.0: server supports 3.0 to 3.0\""},
    {"Http",
     "GET / HTTP/1.1\r\n\r\n",
     "ErrorResponse FATAL 08P01 \"invalid length of startup packet\""},
    {"LengthZero",
     std::string(8, '\0'),
     "ErrorResponse FATAL 08P01 \"invalid length of startup packet\""},
    {"Oversized",
     std::string("\0\0\x27\x11"sv),
     "ErrorResponse FATAL 08P01 \"invalid length of startup packet\""},
    {"Unterminated",
     std::string("\0\0\0\x0c\0\3\0\0user"sv),
     "ErrorResponse FATAL 08P01 \"invalid startup packet layout: message is cut short\""},
    {"EmptyPacket",
     std::string("\0\0\0\4"sv),
     "ErrorResponse FATAL 08P01 \"invalid startup packet layout: message is cut short\""},
};

class BadStart : public ::testing::TestWithParam<bad_start> {};

TEST_P(BadStart, IsRefused) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}}) {
        const auto rules = trust();
        client c(rules);
        c.piece = piece;
        c.send(GetParam().bytes);
        EXPECT_EQ(c.refusal(), GetParam().refusal);
    }
}

INSTANTIATE_TEST_SUITE_P(Wire, BadStart, ::testing::ValuesIn(bad_starts), [](const auto& one) {
    return one.param.name;
});

// SCRAM through the machine.

scram_verifier pencil() {
    return scram_verifier::make("pencil", *from_base64("W22ZaJ0SNY7soEsUEjb6gQ=="));
}

/// The RFC's exchange up to where the client shows its proof.
client asked_for_proof(const startup_rules& rules, bool known, std::size_t piece = 10'000) {
    client c(rules);
    c.piece = piece;
    if (known)
        c.verifier = pencil();
    c.send(startup({{"user", "user"}}));
    EXPECT_EQ(c.lines(), "AuthenticationSASL \"SCRAM-SHA-256\"");
    c.send(bytes_of(sasl_initial_response{"SCRAM-SHA-256", rfc_first}));
    EXPECT_EQ(c.lines(), "AuthenticationSASLContinue (secret)");
    return c;
}

TEST(StartupScram, ExampleOfTheRfcInPiecesOfAnySize) {
    const auto rules = scram();
    for (const std::size_t piece : {1, 2, 7, 10'000}) {
        client c = asked_for_proof(rules, true, piece);
        c.send(bytes_of(sasl_response{rfc_final}));
        ASSERT_TRUE(c.accepted()) << c.refusal();
        EXPECT_NE(c.written.find("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="),
                  std::string::npos);
        EXPECT_EQ(c.lines(), "AuthenticationSASLFinal (secret)");
    }
}

TEST(StartupScram, InitialResponseMayComeLater) {
    const auto rules = scram();
    client c(rules);
    c.verifier = pencil();
    c.send(startup({{"user", "user"}}));
    c.send(bytes_of(sasl_initial_response{"SCRAM-SHA-256", std::nullopt}));
    c.send(bytes_of(sasl_response{rfc_first}));
    c.send(bytes_of(sasl_response{rfc_final}));
    EXPECT_TRUE(c.accepted());
}

TEST(StartupScram, WrongPasswordAndUnknownUserLookTheSame) {
    const auto rules = scram();
    std::string wrong(rfc_final);
    wrong[wrong.size() - 5] = wrong[wrong.size() - 5] == 'A' ? 'B' : 'A';
    client known = asked_for_proof(rules, true);
    known.send(bytes_of(sasl_response{wrong}));
    client unknown = asked_for_proof(rules, false);
    unknown.send(bytes_of(sasl_response{wrong}));
    EXPECT_EQ(known.refusal(),
              "ErrorResponse FATAL 28P01 \"password authentication failed for user \\\"user\\\"\"");
    EXPECT_EQ(known.next, unknown.next);
}

TEST(StartupScram, BadMessages) {
    const auto rules = scram();
    const std::string bad[] = {
        bytes_of(sasl_initial_response{"SCRAM-SHA-256-PLUS", rfc_first}),
        bytes_of(sasl_initial_response{"MD5", rfc_first}),
        bytes_of(password_message{"pencil"}),
        std::string("Q\0\0\0\5\0"sv),
        std::string("!\0\0\0\5\0"sv),
        std::string("p\0\0\0\3"sv),
        std::string("p\x7f\xff\xff\xff"sv),
    };
    for (const std::string& bytes : bad) {
        client c(rules);
        c.verifier = pencil();
        c.send(startup({{"user", "user"}}));
        c.written.clear();
        c.send(bytes);
        EXPECT_EQ(c.refusal().substr(0, 26), "ErrorResponse FATAL 08P01 ") << bytes;
    }
}

TEST(StartupScram, EveryPrefixWaitsForMore) {
    const auto rules = scram();
    const std::string packet = startup({{"user", "user"}});
    for (std::size_t size = 0; size < packet.size(); ++size) {
        client c(rules);
        c.send(packet.substr(0, size));
        EXPECT_TRUE(std::holds_alternative<startup_step::read>(c.next)) << size;
    }
}

TEST(Welcome, HasTheBlockInOrder) {
    welcome_values values;
    values.parameter_status = {{"server_version", "15.0"}, {"TimeZone", "UTC"}};
    values.process_id = 7;
    values.secret = "abcd";
    EXPECT_EQ(lines_of(welcome(values)),
              "AuthenticationOk; ParameterStatus server_version=\"15.0\"; "
              "ParameterStatus TimeZone=\"UTC\"; BackendKeyData process_id=7 (secret); "
              "ReadyForQuery I");
}

}  // namespace
}  // namespace pgduet::protocol
