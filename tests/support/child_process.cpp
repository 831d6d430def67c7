#include "tests/support/child_process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace pgduet::test_support {

std::optional<child_user> child_user::for_postgres() {
    if (geteuid() != 0)
        return child_user{geteuid(), getegid(), false};
    const passwd* user = getpwnam("postgres");
    if (user == nullptr)
        return std::nullopt;
    return child_user{user->pw_uid, user->pw_gid, true};
}

pid_t spawn(const std::vector<std::string>& arguments,
            const child_user& user,
            const std::string& log) {
    std::vector<char*> argv;
    for (const std::string& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (out < 0)
        throw std::system_error(errno, std::generic_category(), "open " + log);

    const pid_t child = fork();
    if (child < 0) {
        close(out);
        throw std::system_error(errno, std::generic_category(), "fork");
    }
    if (child == 0) {
        // Only async-signal-safe calls from here: the parent may have threads.
        const int null = open("/dev/null", O_RDONLY);
        dup2(null, STDIN_FILENO);
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
        if (user.change &&
            (setgroups(0, nullptr) != 0 || setgid(user.gid) != 0 || setuid(user.uid) != 0))
            _exit(126);
        // After setuid, which clears it.
        prctl(PR_SET_PDEATHSIG, SIGQUIT);
        if (chdir("/") != 0)
            _exit(126);
        execv(argv[0], argv.data());
        _exit(127);
    }
    close(out);
    return child;
}

std::optional<int> wait_for(pid_t child, std::chrono::milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    for (;;) {
        int status = 0;
        const pid_t got = waitpid(child, &status, WNOHANG);
        if (got == child)
            return status;
        if (got < 0 && errno != EINTR)
            return 0;  // not ours any more: somebody else reaped it
        if (std::chrono::steady_clock::now() >= deadline)
            return std::nullopt;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

void run(const std::vector<std::string>& arguments,
         const child_user& user,
         const std::string& log) {
    const pid_t child = spawn(arguments, user, log);
    const std::optional<int> status = wait_for(child, std::chrono::seconds(120));
    if (!status) {
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
    }
    if (status && WIFEXITED(*status) && WEXITSTATUS(*status) == 0)
        return;
    std::ostringstream text;
    text << std::ifstream(log).rdbuf();
    throw std::runtime_error(arguments.front() + " failed: " + text.str());
}

std::vector<pid_t> children_of(pid_t parent) {
    std::vector<pid_t> children;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
        const std::string name = entry.path().filename();
        if (name.find_first_not_of("0123456789") != std::string::npos)
            continue;
        std::string stat;
        std::getline(std::ifstream(entry.path() / "stat"), stat);
        // pid (comm) state ppid ...; comm may hold anything, so look behind the last ')'.
        const std::size_t end = stat.rfind(')');
        if (end == std::string::npos)
            continue;
        std::istringstream rest(stat.substr(end + 1));
        char state = 0;
        pid_t ppid = 0;
        if (rest >> state >> ppid && ppid == parent)
            children.push_back(static_cast<pid_t>(std::stol(name)));
    }
    return children;
}

}  // namespace pgduet::test_support
