#include "protocol/conversation/scram.hpp"

#include <algorithm>
#include <charconv>

#include "protocol/conversation/crypto.hpp"
#include "protocol/sql_types/sqlstate.hpp"

namespace pgduet::protocol {

namespace {

constexpr int iterations_max = 10'000'000;  // of a stored verifier; the client pays for them

sql_error malformed(std::string detail) {
    sql_error error = make_error(sqlstate::protocol_violation, "malformed SCRAM message");
    error.detail = std::move(detail);
    return error;
}

sql_error unsupported(std::string message) {
    return make_error(sqlstate::feature_not_supported, std::move(message));
}

/// Takes `<name>=<value>` off the front, with the comma behind it.
std::optional<std::string_view> take_attribute(std::string_view& text, char name) {
    if (text.size() < 2 || text[0] != name || text[1] != '=')
        return std::nullopt;
    const std::string_view value = text.substr(2, text.find(',') - 2);
    text.remove_prefix(std::min(text.size(), value.size() + 3));
    return value;
}

bool is_nonce(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x21 && c <= 0x7e; });
}

std::optional<sha256_digest> read_key(std::string_view text) {
    const auto bytes = from_base64(text);
    sha256_digest key;
    if (!bytes || bytes->size() != key.size())
        return std::nullopt;
    std::copy(bytes->begin(), bytes->end(), key.begin());
    return key;
}

}  // namespace

std::optional<scram_verifier> scram_verifier::parse(std::string_view text) {
    const std::string prefix = std::string(scram_mechanism) + '$';
    if (!text.starts_with(prefix))
        return std::nullopt;
    text.remove_prefix(prefix.size());
    const std::size_t colon = text.find(':');
    const std::size_t dollar = text.find('$');
    const std::size_t last = text.rfind(':');
    if (colon == text.npos || dollar == text.npos || !(colon < dollar && dollar < last))
        return std::nullopt;

    scram_verifier out;
    const char* const end = text.data() + colon;
    const auto read = std::from_chars(text.data(), end, out.iterations);
    const auto salt = from_base64(text.substr(colon + 1, dollar - colon - 1));
    const auto stored = read_key(text.substr(dollar + 1, last - dollar - 1));
    const auto server = read_key(text.substr(last + 1));
    if (read.ec != std::errc{} || read.ptr != end || out.iterations < 1 ||
        out.iterations > iterations_max || !salt || salt->empty() || !stored || !server)
        return std::nullopt;
    out.salt = *salt;
    out.stored_key = *stored;
    out.server_key = *server;
    return out;
}

scram_verifier scram_verifier::make(std::string_view password,
                                    std::string_view salt,
                                    int iterations) {
    const sha256_digest salted = pbkdf2_sha256(password, salt, iterations);
    scram_verifier out;
    out.iterations = iterations;
    out.salt = salt;
    out.stored_key = sha256(as_bytes(hmac_sha256(as_bytes(salted), "Client Key")));
    out.server_key = hmac_sha256(as_bytes(salted), "Server Key");
    return out;
}

scram_verifier scram_verifier::mock(std::string_view user, std::string_view secret) {
    scram_verifier out;
    out.salt = as_bytes(hmac_sha256(secret, user)).substr(0, scram_salt_bytes);
    return out;
}

std::string scram_verifier::to_string() const {
    return std::string(scram_mechanism) + '$' + std::to_string(iterations) + ':' + base64(salt) +
           '$' + base64(as_bytes(stored_key)) + ':' + base64(as_bytes(server_key));
}

std::string scram_nonce(std::string_view random_bytes) {
    return base64(random_bytes);
}

scram_exchange::scram_exchange(scram_verifier verifier, bool known, std::string server_nonce)
    : verifier_(std::move(verifier)), known_(known), server_nonce_(std::move(server_nonce)) {}

sql_result<std::string> scram_exchange::first(std::string_view client_first) {
    // gs2-header: "n,," no channel binding; "y,," the client could but believes we cannot, which
    // is true as SCRAM-SHA-256-PLUS is never offered; "p=..." belongs to PLUS alone.
    if (client_first.find('\0') != client_first.npos)
        return malformed("The message contains a NUL byte.");
    if (client_first.starts_with("p="))
        return malformed(
            "The client selected SCRAM-SHA-256 without channel binding, but the SCRAM message "
            "includes channel binding data.");
    if (!client_first.starts_with("n,") && !client_first.starts_with("y,"))
        return malformed("Unexpected channel-binding flag.");
    if (client_first.substr(2).starts_with("a="))
        return unsupported("client uses authorization identity, but it is not supported");
    if (client_first.substr(2, 1) != ",")
        return malformed("Unexpected attribute in client-first-message.");
    gs2_header_ = client_first.substr(0, 3);
    client_first_bare_ = client_first.substr(3);

    std::string_view rest = client_first_bare_;
    if (rest.starts_with("m="))
        return unsupported("client requires an unsupported SCRAM extension");
    // The name in the SCRAM message is ignored, as the startup packet has told it.
    if (!take_attribute(rest, 'n'))
        return malformed("Expected attribute \"n\".");
    const auto client_nonce = take_attribute(rest, 'r');
    if (!client_nonce)
        return malformed("Expected attribute \"r\".");
    if (!is_nonce(*client_nonce))
        return malformed("Non-printable characters in SCRAM nonce.");
    nonce_ = std::string(*client_nonce) + server_nonce_;
    server_first_ = "r=" + nonce_ + ",s=" + base64(verifier_.salt) +
                    ",i=" + std::to_string(verifier_.iterations);
    return server_first_;
}

sql_result<std::optional<std::string>> scram_exchange::last(std::string_view client_final) {
    if (client_final.find('\0') != client_final.npos)
        return malformed("The message contains a NUL byte.");
    std::string_view rest = client_final;
    const auto binding = take_attribute(rest, 'c');
    if (!binding)
        return malformed("Expected attribute \"c\".");
    if (*binding != base64(gs2_header_))
        return malformed("Unexpected SCRAM channel-binding attribute in client-final-message.");
    const auto nonce = take_attribute(rest, 'r');
    if (!nonce)
        return malformed("Expected attribute \"r\".");
    if (*nonce != nonce_)
        return malformed("Nonce does not match.");
    // Extensions may stand before the proof, which comes last and is not part of what is signed.
    const std::size_t proof_at = client_final.rfind(",p=");
    if (proof_at == client_final.npos)
        return malformed("Expected attribute \"p\".");
    const auto proof = read_key(client_final.substr(proof_at + 3));
    if (!proof)
        return malformed("Malformed proof in client-final-message.");

    const std::string signed_text = client_first_bare_ + ',' + server_first_ + ',' +
                                    std::string(client_final.substr(0, proof_at));
    const sha256_digest signature = hmac_sha256(as_bytes(verifier_.stored_key), signed_text);
    sha256_digest client_key;
    for (std::size_t i = 0; i < client_key.size(); ++i)
        client_key[i] = (*proof)[i] ^ signature[i];
    const bool fits = equal_in_constant_time(sha256(as_bytes(client_key)), verifier_.stored_key);
    // Signed in any case, so that a right and a wrong proof take the same time.
    const sha256_digest answer = hmac_sha256(as_bytes(verifier_.server_key), signed_text);
    if (!(fits & known_))
        return std::optional<std::string>{};
    return std::optional<std::string>{"v=" + base64(as_bytes(answer))};
}

sql_error wrong_password(std::string_view user) {
    sql_error error =
        make_error(sqlstate::invalid_password,
                   "password authentication failed for user \"" + std::string(user) + '"');
    error.severity = "FATAL";
    return error;
}

}  // namespace pgduet::protocol
