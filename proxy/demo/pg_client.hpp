#pragma once

#include <libpq-fe.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pgduet::proxy::demo {

/// A plain libpq connection, as an application would hold one. Throws std::runtime_error.
class pg_client {
public:
    explicit pg_client(const std::string& dsn);

    using rows = std::vector<std::vector<std::optional<std::string>>>;
    /// Runs one statement with text parameters.
    rows run(const std::string& sql, const std::vector<std::string>& parameters = {});
    /// Runs a script of several statements.
    void script(const std::string& sql);

private:
    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

}  // namespace pgduet::proxy::demo
