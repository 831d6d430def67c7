#include "proxy/demo/private_postgres.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "proxy/demo/free_port.hpp"

namespace pgduet::proxy::demo {

namespace fs = std::filesystem;

namespace {

/// Newest of the installed versions; empty when there is none.
fs::path program_directory() {
    fs::path best;
    std::error_code none;
    for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", none)) {
        const fs::path programs = version.path() / "bin";
        if (fs::exists(programs / "initdb") && fs::exists(programs / "pg_ctl") && programs > best)
            best = programs;
    }
    return best;
}

/// PostgreSQL refuses to run as root. Paths here are our own and need no quoting.
std::string as_server_user(const std::string& command) {
    if (geteuid() != 0)
        return command;
    return "setpriv --reuid=postgres --regid=postgres --clear-groups " + command;
}

void run(const std::string& command, const fs::path& log) {
    const std::string line = as_server_user(command) + " >>" + log.string() + " 2>&1 </dev/null";
    if (std::system(line.c_str()) == 0)  // NOLINT(concurrency-mt-unsafe): before any thread
        return;
    std::ostringstream text;
    text << std::ifstream(log).rdbuf();
    throw std::runtime_error(command + " failed:\n" + text.str());
}

}  // namespace

std::string private_postgres::missing() {
    if (program_directory().empty())
        return "PostgreSQL's server programs are not installed (apt-get install postgresql)";
    if (geteuid() == 0 && getpwnam("postgres") == nullptr)  // NOLINT(concurrency-mt-unsafe)
        return "we are root, and there is no user postgres to run a server as";
    return {};
}

private_postgres::private_postgres(const fs::path& directory)
    : directory_(directory), port_(free_port()) {
    fs::create_directory(directory_);
    if (geteuid() == 0) {
        const passwd* user = getpwnam("postgres");  // NOLINT(concurrency-mt-unsafe)
        if (chown(directory_.c_str(), user->pw_uid, user->pw_gid) != 0)
            throw std::runtime_error("cannot give " + directory_.string() + " to user postgres");
    }
    const fs::path log = directory_.parent_path() / "postgres.log";
    const std::string programs = program_directory().string();
    const std::string data = (directory_ / "data").string();
    run(programs + "/initdb -D " + data + " -U postgres -A trust -E UTF8 --locale=C --no-sync",
        log);
    run(programs + "/pg_ctl -D " + data + " -w -t 60 -l " + (directory_ / "server.log").string() +
            " -o \"-p " + std::to_string(port_) + " -k " + directory_.string() +
            " -c listen_addresses=127.0.0.1 -c fsync=off -c timezone=UTC\" start",
        log);
}

private_postgres::~private_postgres() {
    try {
        run(program_directory().string() + "/pg_ctl -D " + (directory_ / "data").string() +
                " -m fast -w -t 30 stop",
            directory_.parent_path() / "postgres.log");
    } catch (const std::exception&) {
        // The server is gone already; its log stays where it is.
    }
}

std::string private_postgres::dsn() const {
    return "postgresql://postgres@127.0.0.1:" + std::to_string(port_) + "/postgres";
}

}  // namespace pgduet::proxy::demo
