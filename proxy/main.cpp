// The command line of pgduet; everything else is in the library.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

#include "proxy/cli/commands.hpp"
#include "proxy/demo/demo.hpp"

namespace {

using namespace pgduet::proxy;

void add_common(CLI::App& command, cli::common_options& common) {
    command.add_option("CONFIG", common.config_file, "configuration file (TOML)")->required();
    command.add_option("--set", common.overrides, "KEY=VALUE: overrides a key of the file")
        ->allow_extra_args(false);
}

int run(int argc, char** argv) {
    CLI::App app{"pgduet: one PostgreSQL connection, two stores, and whether they agree"};
    app.require_subcommand(1);
    app.set_version_flag("--version", "pgduet " PGDUET_VERSION);
    cli::common_options common;
    int result = 0;

    std::string forced_stage;
    CLI::App* serve = app.add_subcommand("serve", "run the proxy");
    add_common(*serve, common);
    serve->add_option("--stage", forced_stage, "start in this stage, whatever the stage file says");
    serve->callback([&] { result = cli::serve(common, forced_stage); });

    CLI::App* check = app.add_subcommand("check", "validate a configuration, reach both stores");
    add_common(*check, common);
    check->callback([&] { result = cli::check(common); });

    std::string target;
    bool dry_run = false;
    CLI::App* stage = app.add_subcommand("stage", "show or move the stage of a running proxy");
    add_common(*stage, common);
    stage->add_option("STAGE", target, "solo, mirror or switched");
    stage->add_flag("--dry-run", dry_run, "only list the steps and what would block");
    stage->callback([&] {
        result =
            target.empty() ? cli::show_stage(common) : cli::move_stage(common, target, dry_run);
    });

    std::string format = "text";
    std::optional<std::string> output;
    CLI::App* report = app.add_subcommand("report", "print the parity report");
    add_common(*report, common);
    report->add_option("--format", format, "text, json, html or junit")
        ->check(CLI::IsMember({"text", "json", "html", "junit"}));
    report->add_option("--output", output, "file to write instead of standard output");
    report->callback([&] { result = cli::report(common, format, output); });

    demo::demo_options demo_options;
    std::error_code unknown;
    demo_options.program = std::filesystem::read_symlink("/proc/self/exe", unknown).string();
    CLI::App* demo = app.add_subcommand("demo", "see it work, without any set-up");
    demo->add_option("--seconds", demo_options.seconds, "length of the workload");
    demo->add_flag("--keep", demo_options.keep, "leave its directory behind");
    demo->add_flag("--sqlite", demo_options.force_sqlite, "a SQLite shadow, even with PostgreSQL");
    demo->callback([&] { result = demo::run_demo(demo_options); });

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // Help and version are "errors" of CLI11 with exit code 0; a wrong command line is 3.
        return app.exit(error) == 0 ? 0 : 3;
    }
    return result;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "pgduet: %s\n", error.what());
        return 3;
    }
}
