#include "proxy/backends.hpp"

namespace pgduet::proxy {

backend_maker::backend_maker(services s, const config& configuration)
    : services_(s), configuration_(configuration) {}

backend_maker::~backend_maker() = default;

std::unique_ptr<backend> backend_maker::make(const store_options& primary,
                                             std::uint64_t epoch,
                                             capture::wire_capture::shared context,
                                             const client_identity& who,
                                             cancel_key key,
                                             const session_orders& orders) {
    if (primary.kind == engine::postgres) {
        sqlite_.reset();  // sessions that still talk to it have their own share
        return std::make_unique<relay_backend>(
            relay_services{
                services_.loop, services_.connectors, services_.helpers, services_.counts},
            primary,
            who,
            context,
            orders);
    }
    if (!sqlite_ || epoch_ != epoch) {
        epoch_ = epoch;
        sqlite_ = std::make_shared<sqlite_primary>(primary, !configuration_.duet.shadow.empty());
    }
    return std::make_unique<serve_backend>(
        serve_services{services_.loop, services_.helpers, parser_, services_.counts},
        sqlite_,
        primary,
        configuration_.listen.message_bytes_max,
        who,
        key,
        context,
        orders);
}

}  // namespace pgduet::proxy
