#pragma once

#include <string>

namespace pgduet::proxy::demo {

struct demo_options {
    std::string program;        ///< path of the pgduet executable itself
    int seconds = 45;           ///< of the whole workload
    bool keep = false;          ///< leave the directory (stores, configuration, report) behind
    bool force_sqlite = false;  ///< SQLite as the shadow even when PostgreSQL is installed
};

/// The whole of pgduet in about a minute, without set-up: a SQLite primary and a shadow in a
/// temporary directory, a sample shop that works through the proxy, a planted difference, a switch
/// and the way back, a report. Prints what it does as it does it. Returns the exit code.
int run_demo(const demo_options& options);

}  // namespace pgduet::proxy::demo
