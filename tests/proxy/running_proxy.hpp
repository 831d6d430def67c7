#pragma once

#include <libpq-fe.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "proxy/admin/http_server.hpp"
#include "proxy/application.hpp"
#include "tests/support/scratch_directory.hpp"

namespace pgduet::proxy {

/// A whole proxy in this process, on free ports, with its state in a scratch directory.
class running_proxy {
public:
    /// `toml`: the configuration without listen, http and state; `overrides` as for --set.
    explicit running_proxy(const std::string& toml, std::vector<std::string> overrides = {});
    ~running_proxy();

    void stop();
    int port() const { return app_->port(); }
    int http_port() const { return app_->http_port(); }
    std::string dsn(const std::string& more = "") const;
    http_response get(const std::string& target) const;
    http_response post(const std::string& target, const std::string& body) const;
    const std::filesystem::path& directory() const { return directory_.path(); }

private:
    test_support::scratch_directory directory_;
    std::unique_ptr<application> app_;
    std::thread thread_;
};

/// A libpq connection of a test.
class test_client {
public:
    explicit test_client(const std::string& dsn)
        : connection_(PQconnectdb(dsn.c_str()), PQfinish) {}

    bool connected() const { return PQstatus(get()) == CONNECTION_OK; }
    std::string error() const { return PQerrorMessage(get()); }
    PGconn* get() const { return connection_.get(); }
    /// Rows as "a|b\nc|d", or the tag if there are none, or "ERROR <sqlstate>".
    std::string run(const std::string& sql);

private:
    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

/// A raw TCP connection: sends bytes, reads until the other side closes or nothing comes for a
/// while.
std::string talk_raw(int port, const std::string& bytes);

}  // namespace pgduet::proxy
