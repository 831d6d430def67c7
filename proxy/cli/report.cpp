#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "proxy/cli/commands.hpp"
#include "proxy/cli/load.hpp"
#include "shadow/ledger/ledger.hpp"
#include "shadow/ledger/report.hpp"

namespace pgduet::proxy::cli {

int report(const common_options& common,
           const std::string& format,
           const std::optional<std::string>& output) {
    const auto configuration = load(common);
    if (!configuration)
        return 3;
    const auto read = ledger::read_ledger(configuration->state.directory);
    if (!read) {
        std::fprintf(stderr,
                     "pgduet: the ledger in %s cannot be read: %s\n",
                     configuration->state.directory.c_str(),
                     read.error().message.c_str());
        return 3;
    }
    std::string text;
    if (format == "json")
        text = ledger::report_json(*read);
    else if (format == "html")
        text = ledger::report_html(*read);
    else if (format == "junit")
        text = ledger::report_junit(*read);
    else
        text = ledger::report_text(*read, !output && ::isatty(STDOUT_FILENO) != 0);
    if (output) {
        std::ofstream file{*output, std::ios::binary};
        if (!(file << text) || !file.flush()) {
            std::fprintf(stderr, "pgduet: %s cannot be written\n", output->c_str());
            return 3;
        }
    } else {
        std::fwrite(text.data(), 1, text.size(), stdout);
    }
    return ledger::exit_code(ledger::judge(*read));
}

}  // namespace pgduet::proxy::cli
