#pragma once

#include <optional>

#include "proxy/cli/commands.hpp"
#include "proxy/config/config.hpp"

namespace pgduet::proxy::cli {

/// Reads the configuration; prints every problem on stderr and returns nothing if there are any.
std::optional<config> load(const common_options& common);

}  // namespace pgduet::proxy::cli
