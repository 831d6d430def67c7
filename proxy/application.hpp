#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "proxy/config/config.hpp"

namespace pgduet::proxy {

/// The whole running proxy, as one object: `pgduet serve`, and tests in their own process.
class application {
public:
    struct options {
        std::optional<stage> forced_stage;      ///< --stage: wins over the stage file
        bool handle_signals = false;            ///< SIGTERM, SIGINT: drain; SIGHUP: reload
        std::function<loaded_config()> reload;  ///< reads the configuration again
    };

    /// Opens the ledger and the listeners; throws std::runtime_error with what is wrong.
    application(config configuration, options how);
    ~application();

    /// Runs until stopped, then ends gracefully. Call on the thread that is to be the loop.
    void run();
    /// Any thread: begin to stop.
    void stop();

    std::uint16_t port() const;
    std::uint16_t http_port() const;  ///< 0 if http is not enabled

private:
    class implementation;
    std::unique_ptr<implementation> self_;
};

}  // namespace pgduet::proxy
