#pragma once

#include <optional>
#include <string>
#include <vector>

namespace pgduet::proxy::cli {

/// What the commands share. Each command prints for people on stdout, trouble on stderr, and
/// returns the exit code of the process.
struct common_options {
    std::string config_file;
    std::vector<std::string> overrides;  ///< --set KEY=VALUE
};

/// `pgduet serve`: runs the proxy until SIGTERM. 0 stopped, 3 could not start.
int serve(const common_options& common, const std::string& forced_stage);

/// `pgduet check`: the configuration, and whether both stores can be reached. 0 fine, 1 not.
int check(const common_options& common);

/// `pgduet stage`: asks the running proxy over HTTP. 0 shown or moved, 1 refused, 3 no answer.
int show_stage(const common_options& common);
int move_stage(const common_options& common, const std::string& target, bool dry_run);

/// `pgduet report`: reads the ledger file. 0 parity, 1 findings, 2 not enough evidence, 3 error.
int report(const common_options& common,
           const std::string& format,
           const std::optional<std::string>& output);

}  // namespace pgduet::proxy::cli
