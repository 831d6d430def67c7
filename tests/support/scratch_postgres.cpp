#include "tests/support/scratch_postgres.hpp"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace pgduet::test_support {
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

/// Where the server's programs lie: PGDUET_POSTGRES_BIN, else Debian's directory of version 15.
fs::path program_directory() {
    if (const char* chosen = std::getenv("PGDUET_POSTGRES_BIN"))
        return chosen;
    return "/usr/lib/postgresql/15/bin";
}

std::string program(const char* name) {
    return (program_directory() / name).string();
}

/// Makes the template cluster unless it is there. Made under another name and renamed, so that
/// test programs starting at once do not see a half-made one.
fs::path template_cluster(const child_user& user) {
    const fs::path base = fs::temp_directory_path();
    const fs::path ready = base / ("pgduet-test-cluster-15-" + std::to_string(user.uid));
    struct stat found {};
    if (stat(ready.c_str(), &found) == 0 && found.st_uid == user.uid &&
        fs::exists(ready / "PG_VERSION"))
        return ready;

    scratch_directory workshop("pgduet-test-initdb");
    if (user.change && chown(workshop.path().c_str(), user.uid, user.gid) != 0)
        throw std::system_error(errno, std::generic_category(), "chown");
    const fs::path made = workshop.path() / "data";
    run({program("initdb"),
         "-D",
         made,
         "-U",
         "postgres",
         "-A",
         "trust",
         "-E",
         "UTF8",
         "--locale=C",
         "--no-sync",
         "--wal-segsize=1"},
        user,
        workshop.file("log"));
    std::error_code lost_the_race;
    fs::rename(made, ready, lost_the_race);
    if (lost_the_race && !fs::exists(ready / "PG_VERSION"))
        throw std::system_error(lost_the_race, "rename " + made.string());
    return ready;
}

int free_port() {
    const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(probe, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::system_error(errno, std::generic_category(), "no free port");
    close(probe);
    return ntohs(address.sin_port);
}

}  // namespace

std::string scratch_postgres::missing() {
    for (const char* name : {"postgres", "initdb"})
        if (access(program(name).c_str(), X_OK) != 0)
            return program(name) + " is not there (apt-get install postgresql-15)";
    if (!child_user::for_postgres())
        return "we are root and there is no user postgres to run the server as";
    return "";
}

scratch_postgres::scratch_postgres(settings extra)
    : directory_("pgduet-pg"), settings_(std::move(extra)) {
    if (const std::string why = missing(); !why.empty())
        throw std::runtime_error(why);
    user_ = *child_user::for_postgres();
    const fs::path model = template_cluster(user_);
    if (user_.change && chown(directory_.path().c_str(), user_.uid, user_.gid) != 0)
        throw std::system_error(errno, std::generic_category(), "chown");
    run({"/bin/cp", "-a", "--reflink=auto", model, directory_.path() / "data"},
        user_,
        directory_.file("log"));
    // Somebody else may take the port between our look and the server's bind: try others.
    for (int attempt = 0; attempt < 5; ++attempt) {
        port_ = free_port();
        launch();
        if (wait_until_ready())
            return;
    }
    throw std::runtime_error("PostgreSQL does not start: " + log());
}

scratch_postgres::~scratch_postgres() {
    resume();
    if (pid_ == 0)
        return;
    ::kill(pid_, SIGQUIT);  // immediate shutdown: nothing is worth a checkpoint
    if (!wait_for(pid_, 5s))
        kill();
}

std::string scratch_postgres::dsn(const std::string& database) const {
    return "host=127.0.0.1 port=" + std::to_string(port_) + " user=postgres dbname=" + database;
}

std::string scratch_postgres::log() const {
    std::ostringstream text;
    text << std::ifstream(directory_.file("log")).rdbuf();
    return text.str();
}

void scratch_postgres::create_database(const std::string& name) {
    query("CREATE DATABASE \"" + name + "\"");
}

std::string scratch_postgres::query(const std::string& sql, const std::string& database) const {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(
        PQconnectdb(dsn(database).c_str()), &PQfinish);
    if (PQstatus(connection.get()) != CONNECTION_OK)
        throw std::runtime_error(PQerrorMessage(connection.get()));
    PQsetNoticeProcessor(
        connection.get(), [](void*, const char*) {}, nullptr);
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(
        PQexec(connection.get(), sql.c_str()), &PQclear);
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY)
        throw std::runtime_error(std::string(PQerrorMessage(connection.get())) + "in: " + sql);
    std::string text;
    for (int row = 0; row < PQntuples(result.get()); ++row) {
        if (row > 0)
            text += '\n';
        for (int field = 0; field < PQnfields(result.get()); ++field) {
            if (field > 0)
                text += '|';
            text += PQgetisnull(result.get(), row, field) ? "NULL"
                                                          : PQgetvalue(result.get(), row, field);
        }
    }
    return text;
}

void scratch_postgres::launch() {
    std::vector<std::string> arguments = {program("postgres"),
                                          "-D",
                                          directory_.path() / "data",
                                          "-p",
                                          std::to_string(port_),
                                          "-k",
                                          directory_.path()};
    settings all = {
        {"listen_addresses", "127.0.0.1"},
        {"fsync", "off"},
        {"full_page_writes", "off"},
        {"synchronous_commit", "off"},
        {"shared_buffers", "16MB"},
        {"autovacuum", "off"},
        {"max_connections", "60"},
        {"jit", "off"},
        {"timezone", "UTC"},
        {"log_timezone", "UTC"},
    };
    for (const auto& [name, value] : settings_)
        all[name] = value;
    for (const auto& [name, value] : all) {
        arguments.push_back("-c");
        arguments.push_back(name + "=" + value);
    }
    pid_ = spawn(arguments, user_, directory_.file("log"));
}

bool scratch_postgres::wait_until_ready() {
    const std::string where = dsn();
    for (int i = 0; i < 6000; ++i) {
        if (wait_for(pid_, 0ms)) {  // it gave up: port taken, bad setting, old processes alive
            pid_ = 0;
            return false;
        }
        if (PQping(where.c_str()) == PQPING_OK)
            return true;
        std::this_thread::sleep_for(5ms);
    }
    throw std::runtime_error("PostgreSQL does not get ready: " + log());
}

void scratch_postgres::stop() {
    resume();
    if (pid_ == 0)
        return;
    ::kill(pid_, SIGINT);  // fast shutdown
    if (!wait_for(pid_, 60s))
        throw std::runtime_error("PostgreSQL does not stop: " + log());
    pid_ = 0;
}

void scratch_postgres::start() {
    if (pid_ != 0)
        return;
    // After kill(), the dead server's shared memory is in use until its last process is gone.
    for (int attempt = 0; attempt < 50; ++attempt) {
        launch();
        if (wait_until_ready())
            return;
        std::this_thread::sleep_for(50ms);
    }
    throw std::runtime_error("PostgreSQL does not start again: " + log());
}

void scratch_postgres::restart() {
    stop();
    start();
}

void scratch_postgres::kill() {
    if (pid_ == 0)
        return;
    const std::vector<pid_t> children = children_of(pid_);
    ::kill(pid_, SIGKILL);
    for (const pid_t child : children)
        ::kill(child, SIGKILL);
    wait_for(pid_, 10s);
    pid_ = 0;
    paused_.clear();
}

void scratch_postgres::pause() {
    // The postmaster first: then no process is born behind our back.
    if (pid_ == 0 || !paused_.empty())
        return;
    ::kill(pid_, SIGSTOP);
    paused_ = children_of(pid_);
    paused_.push_back(pid_);
    for (const pid_t process : paused_)
        ::kill(process, SIGSTOP);
}

void scratch_postgres::resume() {
    for (const pid_t process : paused_)
        ::kill(process, SIGCONT);
    paused_.clear();
}

}  // namespace pgduet::test_support
