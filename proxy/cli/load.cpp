#include "proxy/cli/load.hpp"

#include <cstdio>

namespace pgduet::proxy::cli {

std::optional<config> load(const common_options& common) {
    loaded_config loaded = load_config(common.config_file, common.overrides);
    for (const config_problem& problem : loaded.problems)
        std::fprintf(stderr, "%s\n", problem.to_string().c_str());
    if (!loaded.ok())
        return std::nullopt;
    return std::move(loaded.value);
}

}  // namespace pgduet::proxy::cli
