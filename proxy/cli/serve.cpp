#include <cstdio>
#include <cstdlib>
#include <exception>

#include "proxy/application.hpp"
#include "proxy/cli/commands.hpp"
#include "proxy/cli/load.hpp"
#include "proxy/log.hpp"

namespace pgduet::proxy::cli {

namespace {

/// libpq reads these as if every client had asked for them; a client's session must look as it
/// would without pgduet.
void forget_libpq_environment() {
    for (const char* name : {"PGOPTIONS",
                             "PGAPPNAME",
                             "PGDATESTYLE",
                             "PGTZ",
                             "PGGEQO",
                             "PGCLIENTENCODING",
                             "PGUSER",
                             "PGDATABASE"})
        ::unsetenv(name);  // NOLINT(concurrency-mt-unsafe): no thread runs yet
}

}  // namespace

int serve(const common_options& common, const std::string& forced_stage) {
    const auto configuration = load(common);
    if (!configuration)
        return 3;
    application::options options;
    options.handle_signals = true;
    options.reload = [common] { return load_config(common.config_file, common.overrides); };
    if (!forced_stage.empty()) {
        const stage_or_error parsed = parse_stage(forced_stage);
        if (!parsed.value) {
            std::fprintf(stderr, "--stage: %s\n", parsed.error.c_str());
            return 3;
        }
        options.forced_stage = parsed.value;
    }
    forget_libpq_environment();
    start_log(configuration->log);
    try {
        application app{*configuration, options};
        app.run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "pgduet: %s\n", error.what());
        return 3;
    }
    return 0;
}

}  // namespace pgduet::proxy::cli
