#include <cstdio>
#include <system_error>

#include "proxy/auth/users.hpp"
#include "proxy/cli/commands.hpp"
#include "proxy/cli/load.hpp"
#include "proxy/stores.hpp"

namespace pgduet::proxy::cli {

int check(const common_options& common) {
    const auto configuration = load(common);
    if (!configuration)
        return 1;
    int problems = 0;
    const auto problem = [&problems](const std::string& text) {
        ++problems;
        std::printf("problem  %s\n", text.c_str());
    };
    if (configuration->auth.method == auth_method::scram_sha_256) {
        for (const std::string& text : user_table::load(configuration->auth.users_file).problems)
            problem(text);
    }
    std::error_code ec;
    std::filesystem::create_directories(configuration->state.directory, ec);
    if (ec)
        problem("state.directory " + configuration->state.directory.string() + ": " + ec.message());
    for (const auto& [name, store] : configuration->stores) {
        const std::string what =
            "store \"" + name + "\" (" + std::string{to_string(store.kind)} + ")";
        if (const auto trouble = check_store(store))
            problem(what + ": " + *trouble);
        else
            std::printf("ok       %s\n", what.c_str());
    }
    if (problems == 0)
        std::printf("ok       %s\n", configuration->file.filename().c_str());
    return problems == 0 ? 0 : 1;
}

}  // namespace pgduet::proxy::cli
