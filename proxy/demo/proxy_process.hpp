#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace pgduet::proxy::demo {

/// `pgduet serve CONFIG` as a child process, as an operator would run it; ended by SIGTERM.
class proxy_process {
public:
    /// Starts it and waits until it takes connections. Throws std::runtime_error with its log.
    proxy_process(const std::string& program,
                  const std::filesystem::path& config,
                  const std::string& client_dsn);
    ~proxy_process();
    proxy_process(const proxy_process&) = delete;
    proxy_process& operator=(const proxy_process&) = delete;

    /// Runs another command of pgduet and shows it: prints the command line and its output.
    /// Returns its exit code.
    static int show(const std::string& command_line);

private:
    pid_t child_ = 0;
};

}  // namespace pgduet::proxy::demo
