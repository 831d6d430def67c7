#include "proxy/backends.hpp"

#include <stdexcept>

namespace pgduet::proxy {

backend_maker::backend_maker(relay_services relay, const config& configuration)
    : relay_(relay), configuration_(configuration) {}

backend_maker::~backend_maker() = default;

std::unique_ptr<backend> backend_maker::make(const store_options& primary,
                                             capture::wire_capture::shared context,
                                             const client_identity& who,
                                             cancel_key,
                                             const session_orders& orders) {
    if (primary.kind == engine::postgres)
        return std::make_unique<relay_backend>(relay_, primary, who, context, orders);
    throw std::runtime_error("not yet");
}

}  // namespace pgduet::proxy
