#include "proxy/demo/proxy_process.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

extern char** environ;

namespace pgduet::proxy::demo {

using namespace std::chrono_literals;

proxy_process::proxy_process(const std::string& program,
                             const std::filesystem::path& config,
                             const std::string& client_dsn) {
    const std::string log = (config.parent_path() / "pgduet.log").string();
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    posix_spawn_file_actions_adddup2(&files, 1, 2);
    std::string words[] = {program, "serve", config.string()};
    char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
    const int failed = posix_spawn(&child_, program.c_str(), &files, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&files);
    if (failed != 0)
        throw std::runtime_error("cannot start " + program);

    for (int i = 0; i < 200; ++i) {
        if (PQping(client_dsn.c_str()) == PQPING_OK)
            return;
        if (waitpid(child_, nullptr, WNOHANG) == child_) {
            child_ = 0;
            break;
        }
        std::this_thread::sleep_for(50ms);
    }
    std::ostringstream text;
    text << std::ifstream(log).rdbuf();
    throw std::runtime_error("pgduet serve does not answer:\n" + text.str());
}

proxy_process::~proxy_process() {
    if (child_ == 0)
        return;
    kill(child_, SIGTERM);
    waitpid(child_, nullptr, 0);
}

int proxy_process::show(const std::string& command_line) {
    std::printf("\n$ %s\n", command_line.c_str());
    std::fflush(stdout);
    const int status = std::system(command_line.c_str());  // NOLINT(concurrency-mt-unsafe)
    return WIFEXITED(status) ? WEXITSTATUS(status) : 127;
}

}  // namespace pgduet::proxy::demo
