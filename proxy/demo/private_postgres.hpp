#pragma once

#include <filesystem>
#include <string>

namespace pgduet::proxy::demo {

/// A PostgreSQL cluster for the demo: in a directory of its own, on a free port of 127.0.0.1,
/// run by the user `postgres` when we are root. Stopped by the destructor.
class private_postgres {
public:
    /// Why none can be started here; empty if one can.
    static std::string missing();

    /// Throws std::runtime_error with the server's log.
    explicit private_postgres(const std::filesystem::path& directory);
    ~private_postgres();
    private_postgres(const private_postgres&) = delete;
    private_postgres& operator=(const private_postgres&) = delete;

    std::string dsn() const;

private:
    std::filesystem::path directory_;
    int port_ = 0;
};

}  // namespace pgduet::proxy::demo
