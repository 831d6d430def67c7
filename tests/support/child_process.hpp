#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace pgduet::test_support {

/// The user a child runs as. PostgreSQL refuses root, so root gives way to the user `postgres`.
struct child_user {
    uid_t uid = 0;
    gid_t gid = 0;
    bool change = false;  ///< false: run as whoever we are

    /// Who PostgreSQL's programs run as here; nothing when we are root and there is no such user.
    static std::optional<child_user> for_postgres();
};

/// Starts a program with its output appended to `log`; it gets SIGQUIT when this process dies.
/// Returns its pid; throws std::system_error if it cannot fork.
pid_t spawn(const std::vector<std::string>& arguments,
            const child_user& user,
            const std::string& log);

/// Waits for a child; its wait status, or nothing at the deadline.
std::optional<int> wait_for(pid_t child, std::chrono::milliseconds timeout);

/// Starts a program and waits for it; throws std::runtime_error with its log if it fails.
void run(const std::vector<std::string>& arguments, const child_user& user, const std::string& log);

/// Pids of the direct children of a process.
std::vector<pid_t> children_of(pid_t parent);

}  // namespace pgduet::test_support
