#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/child_process.hpp"
#include "tests/support/scratch_directory.hpp"

/// First line of a test that needs a server: skips it, saying why, when there is none to start.
#define PGDUET_REQUIRE_POSTGRES()                                                        \
    do {                                                                                 \
        const std::string why_not = ::pgduet::test_support::scratch_postgres::missing(); \
        if (!why_not.empty())                                                            \
            GTEST_SKIP() << "no PostgreSQL to test against: " << why_not;                \
    } while (false)

namespace pgduet::test_support {

/// A private PostgreSQL cluster: own directory, free port on 127.0.0.1, trust authentication, no
/// fsync; superuser `postgres`. Stopped and removed by the destructor. The data directory is a
/// copy of a template made once per user, so that a start takes a fraction of a second.
class scratch_postgres {
public:
    using settings = std::map<std::string, std::string>;

    /// Why no server can be started here; empty when one can.
    static std::string missing();

    /// Starts it with extra settings of postgresql.conf; throws std::runtime_error with the log.
    explicit scratch_postgres(settings extra = {});
    ~scratch_postgres();
    scratch_postgres(const scratch_postgres&) = delete;
    scratch_postgres& operator=(const scratch_postgres&) = delete;

    /// Connection string (keywords and values) of a database.
    std::string dsn(const std::string& database = "postgres") const;
    int port() const { return port_; }
    /// The postmaster's; 0 when it is not running.
    pid_t pid() const { return pid_; }
    std::string log() const;

    void create_database(const std::string& name);
    /// Runs SQL (several statements allowed) on a connection of its own and returns the last
    /// result's rows, fields joined by `|`, rows by newline, NULL as `NULL`. Throws on an error.
    std::string query(const std::string& sql, const std::string& database = "postgres") const;

    /// Clean stop (clients are disconnected), start again on the same port, and both.
    void stop();
    void start();
    void restart();
    /// kill -9 of the postmaster and all its processes.
    void kill();
    /// SIGSTOP of the postmaster and all its processes, and SIGCONT.
    void pause();
    void resume();

private:
    void launch();
    bool wait_until_ready();

    scratch_directory directory_;
    child_user user_;
    settings settings_;
    int port_ = 0;
    pid_t pid_ = 0;
    std::vector<pid_t> paused_;
};

}  // namespace pgduet::test_support
