#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocol/conversation/startup_fsm.hpp"

using namespace pgduet::protocol;

namespace {

const scram_verifier& verifier() {
    static const scram_verifier one = scram_verifier::make("pencil", "0123456789abcdef", 1);
    return one;
}

}  // namespace

/// The first byte chooses rules and size of pieces. Whatever comes, the machine ends or waits
/// within a bounded number of steps, and nobody gets in by SCRAM without a proof (the fuzzer does
/// not compute one).
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    startup_rules rules;
    rules.mock_secret = "secret";
    rules.tls_available = (data[0] & 1) != 0;
    if ((data[0] & 2) != 0)
        rules.authentication = startup_rules::method::scram_sha_256;
    const bool known = (data[0] & 4) != 0;
    const std::size_t piece = 1 + (data[0] >> 3) * 8u;
    std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);

    startup_fsm fsm(rules, "nonce");
    startup_action next = fsm.start();
    for (std::size_t steps = 0; steps < size + 100; ++steps) {
        if (std::holds_alternative<startup_step::read>(next)) {
            if (stream.empty())
                return 0;
            next = fsm.received(stream.substr(0, piece));
            stream.remove_prefix(std::min(piece, stream.size()));
        } else if (std::holds_alternative<startup_step::write>(next)) {
            next = fsm.written();
        } else if (std::holds_alternative<startup_step::start_tls>(next)) {
            next = fsm.tls_established();
        } else if (std::holds_alternative<startup_step::find_user>(next)) {
            next = fsm.user_found(known ? std::optional(verifier()) : std::nullopt);
        } else {
            if (std::holds_alternative<startup_step::accepted>(next) &&
                rules.authentication == startup_rules::method::scram_sha_256)
                std::abort();
            return 0;
        }
    }
    std::abort();
}
