#pragma once

#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <optional>
#include <string>

#include "proxy/backend.hpp"
#include "proxy/cancel_router.hpp"
#include "proxy/config/config.hpp"
#include "proxy/metrics.hpp"
#include "proxy/serve/serve_driver.hpp"
#include "proxy/serve/sqlite_primary.hpp"
#include "shadow/capture/wire_capture.hpp"
#include "shadow/sql/parse_cache.hpp"

namespace pgduet::proxy {

/// What serving sessions share; outlives them all.
struct serve_services {
    loop_executor loop;
    asio::thread_pool& helpers;  ///< opens the file
    sql::parse_cache& parser;
    metrics& counts;
};

/// A client of a SQLite primary: bytes are read on the loop, driver and engine run on the store's
/// workers, answers are sent from there as far as the kernel takes them, waits happen here.
class serve_backend final : public backend {
public:
    serve_backend(serve_services services,
                  std::shared_ptr<sqlite_primary> primary,
                  const store_options& store,
                  std::size_t message_bytes_max,
                  client_identity client,
                  cancel_key key,
                  capture::wire_capture::shared context,
                  const session_orders& orders);
    ~serve_backend() override;

    task<std::optional<protocol::sql_error>> open(const carried_state& carried) override;
    settings_list parameter_status() const override;
    task<departure> run(channel& client, std::string first) override;
    void look() override;
    bool at_rest() const override;
    void cancel() override;
    carried_state carry() const override;
    std::string pinned() const override;

private:
    using lease = store::sqlite::lease;

    task<serve_driver::need> drive(channel& client);
    task<bool> flush(channel& client);
    task<lease> acquire(bool writer);
    task<> replay(const carried_state& carried);
    bool should_leave() const;

    serve_services services_;
    std::shared_ptr<sqlite_primary> primary_;
    const store_options& store_;
    std::size_t message_bytes_max_;
    client_identity client_identity_;
    cancel_key key_;
    capture::wire_capture::shared context_;
    const session_orders& orders_;

    std::shared_ptr<store::sqlite::database> database_;  ///< outlives driver_
    std::unique_ptr<serve_driver> driver_;
    settings_list reported_;
    channel* client_ = nullptr;  ///< while run() runs
    bool driving_ = false;       ///< a worker has the driver
    store::sqlite::database::ticket waiting_ = 0;
    std::function<void()> end_wait_;  ///< resumes the waiter with an empty lease
};

}  // namespace pgduet::proxy
