#pragma once

#include <cstdint>
#include <memory>

#include "proxy/backend.hpp"
#include "proxy/cancel_router.hpp"
#include "proxy/config/config.hpp"
#include "proxy/relay/relay_backend.hpp"
#include "proxy/serve/serve_backend.hpp"
#include "shadow/sql/parse_cache.hpp"

namespace pgduet::proxy {

/// Makes a session's conversation with the primary: a relay if that is a PostgreSQL, a serving
/// session if it is a SQLite file. Loop thread only; outlives the sessions.
class backend_maker {
public:
    struct services {
        loop_executor loop;
        asio::thread_pool& connectors;
        asio::thread_pool& helpers;
        metrics& counts;
    };
    backend_maker(services s, const config& configuration);
    ~backend_maker();

    /// `epoch` tells one stage from the next.
    std::unique_ptr<backend> make(const store_options& primary,
                                  std::uint64_t epoch,
                                  capture::wire_capture::shared context,
                                  const client_identity& who,
                                  cancel_key key,
                                  const session_orders& orders);

private:
    services services_;
    const config& configuration_;
    sql::parse_cache parser_;
    std::uint64_t epoch_ = 0;
    std::shared_ptr<sqlite_primary> sqlite_;
};

}  // namespace pgduet::proxy
