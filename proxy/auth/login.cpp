#include "proxy/auth/login.hpp"

#include <openssl/rand.h>

#include <cstring>
#include <stdexcept>
#include <variant>

#include "proxy/run_on.hpp"

namespace pgduet::proxy {

namespace startup_step = protocol::startup_step;

namespace {

std::string random_bytes(std::size_t count) {
    std::string out(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) != 1)
        throw std::runtime_error("no random numbers");
    return out;
}

/// The user's verifier; deriving it from a plain password happens on a helper thread.
task<std::optional<protocol::scram_verifier>> find_verifier(login_services services,
                                                            std::string user) {
    const std::string* secret = services.users.find(user);
    if (!secret)
        co_return std::nullopt;
    if (auto stored = protocol::scram_verifier::parse(*secret))
        co_return stored;
    auto derive = [password = *secret]() -> std::optional<protocol::scram_verifier> {
        return protocol::scram_verifier::make(password, random_bytes(protocol::scram_salt_bytes));
    };
    co_return co_await run_on(services.helpers, std::move(derive));
}

std::int32_t secret_number(const std::string& bytes) {
    std::int32_t number = 0;
    if (bytes.size() == sizeof number)
        std::memcpy(&number, bytes.data(), sizeof number);
    return number;
}

}  // namespace

protocol::startup_rules make_startup_rules(const auth_options& options) {
    protocol::startup_rules rules;
    rules.authentication = options.method == auth_method::trust
                               ? protocol::startup_rules::method::trust
                               : protocol::startup_rules::method::scram_sha_256;
    rules.mock_secret = random_bytes(32);
    return rules;
}

task<login_result> run_login(channel& client, login_services services) {
    login_result result;
    protocol::startup_fsm fsm{services.rules,
                              protocol::scram_nonce(random_bytes(protocol::scram_nonce_bytes))};
    for (protocol::startup_action next = fsm.start();;) {
        if (std::holds_alternative<startup_step::read>(next)) {
            const auto got = client.read_now(receive_buffer(), receive_bytes);
            if (got.how == channel::status::closed)
                co_return result;
            if (got.how == channel::status::done)
                next = fsm.received({receive_buffer(), got.bytes});
            else if (!co_await client.wait_readable())
                co_return result;
        } else if (auto* out = std::get_if<startup_step::write>(&next)) {
            if (!co_await send_all(client, std::move(out->bytes)))
                co_return result;
            next = fsm.written();
        } else if (auto* ask = std::get_if<startup_step::find_user>(&next)) {
            std::optional<protocol::scram_verifier> found =
                co_await find_verifier(services, ask->user);
            next = fsm.user_found(std::move(found));
        } else if (auto* cancel = std::get_if<startup_step::cancel>(&next)) {
            result.what = login_result::kind::cancel;
            result.cancel = {cancel->process_id, secret_number(cancel->secret)};
            co_return result;
        } else if (auto* refused = std::get_if<startup_step::refuse>(&next)) {
            result.what = login_result::kind::refused;
            result.reason = refused->error.message;
            co_await send_all(client, std::move(refused->bytes));
            co_return result;
        } else if (std::holds_alternative<startup_step::accepted>(next)) {
            const protocol::startup_request& request = fsm.request();
            result.what = login_result::kind::client;
            result.client = {0,
                             request.user,
                             request.database,
                             request.parameters,
                             request.settings,
                             request.unknown_options};
            result.unread = fsm.take_rest();
            co_return result;
        } else {
            co_return result;  // start_tls: rules.tls_available is false, so it never comes
        }
    }
}

task<bool> send_all(channel& to, std::string bytes) {
    for (std::size_t sent = 0; sent < bytes.size();) {
        const auto result = to.write_now(std::string_view{bytes}.substr(sent));
        if (result.how == channel::status::closed)
            co_return false;
        sent += result.bytes;
        if (result.how == channel::status::again && !co_await to.wait_writable())
            co_return false;
    }
    co_return true;
}

}  // namespace pgduet::proxy
