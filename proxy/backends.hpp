#pragma once

#include <memory>
#include <mutex>

#include "proxy/backend.hpp"
#include "proxy/cancel_router.hpp"
#include "proxy/config/config.hpp"
#include "proxy/relay/relay_backend.hpp"

namespace pgduet::proxy {

/// Makes a session's conversation with the primary: a relay if that is a PostgreSQL, a serving
/// session if it is a SQLite file. Loop thread only; outlives the sessions.
class backend_maker {
public:
    backend_maker(relay_services relay, const config& configuration);
    ~backend_maker();

    std::unique_ptr<backend> make(const store_options& primary,
                                  capture::wire_capture::shared context,
                                  const client_identity& who,
                                  cancel_key key,
                                  const session_orders& orders);

private:
    relay_services relay_;
    const config& configuration_;
};

}  // namespace pgduet::proxy
