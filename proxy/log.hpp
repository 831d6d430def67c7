#pragma once

#include <string>

#include "proxy/config/config.hpp"

namespace pgduet::proxy {

/// Sends log lines to stderr: time, level, text. Sources use spdlog's calls directly; parameter
/// values may be logged only where `log_parameters()` is true.
void start_log(const log_options& options);

/// Changes the level on the fly (SIGHUP). Any thread.
void set_log_level(const std::string& level);

bool log_parameters();

}  // namespace pgduet::proxy
