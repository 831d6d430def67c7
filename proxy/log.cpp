#include "proxy/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <memory>

namespace pgduet::proxy {

namespace {
std::atomic<bool> parameters_allowed{false};
}

void start_log(const log_options& options) {
    auto logger = std::make_shared<spdlog::logger>(
        "pgduet", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
    set_log_level(options.level);
    parameters_allowed = options.parameters;
}

void set_log_level(const std::string& level) {
    spdlog::set_level(spdlog::level::from_str(level));
}

bool log_parameters() {
    return parameters_allowed;
}

}  // namespace pgduet::proxy
