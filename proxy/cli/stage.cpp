#include <boost/json.hpp>
#include <cstdio>
#include <exception>
#include <stdexcept>

#include "proxy/admin/http_server.hpp"
#include "proxy/cli/commands.hpp"
#include "proxy/cli/load.hpp"

namespace pgduet::proxy::cli {

namespace json = boost::json;

namespace {

/// The running proxy's address: what it listens on, or loopback if that is every address.
std::string reachable(const std::string& address) {
    if (address == "0.0.0.0")
        return "127.0.0.1";
    return address == "::" ? "::1" : address;
}

json::object call(const config& configuration, const http_request& request) {
    if (!configuration.http.enabled)
        throw std::runtime_error("http.enabled is false: there is nobody to ask");
    const http_response answer =
        http_call(reachable(configuration.http.address), configuration.http.port, request);
    boost::system::error_code ec;
    const json::value value = json::parse(answer.body, ec);
    if (ec || !value.is_object())
        throw std::runtime_error("the answer is not pgduet's (status " +
                                 std::to_string(answer.status) + ")");
    if (const json::value* error = value.as_object().if_contains("error"))
        throw std::runtime_error(std::string{error->as_string()});
    return value.as_object();
}

std::string text(const json::object& from, const char* name) {
    const json::value* found = from.if_contains(name);
    return found && found->is_string() ? std::string{found->as_string()} : "";
}

void print_list(const json::object& from, const char* name, const char* mark) {
    if (const json::value* list = from.if_contains(name); list && list->is_array()) {
        for (const json::value& item : list->as_array())
            std::printf("%s%s\n", mark, std::string{item.as_string()}.c_str());
    }
}

void print_stage(const json::object& state) {
    std::printf(
        "stage %s, primary %s", text(state, "stage").c_str(), text(state, "primary").c_str());
    if (text(state, "stage") != "solo")
        std::printf(", shadow %s", text(state, "shadow").c_str());
    if (const json::value* lag = state.if_contains("lag_units"))
        std::printf(", %llu units behind",
                    static_cast<unsigned long long>(lag->to_number<std::uint64_t>()));
    std::printf("\n");
    if (const std::string error = text(state, "shadow_error"); !error.empty())
        std::printf("shadow: %s\n", error.c_str());
}

}  // namespace

int show_stage(const common_options& common) {
    const auto configuration = load(common);
    if (!configuration)
        return 3;
    try {
        print_stage(call(*configuration, {"GET", "/api/stage", "", false, ""}));
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "pgduet: %s\n", error.what());
        return 3;
    }
}

int move_stage(const common_options& common, const std::string& target, bool dry_run) {
    const auto configuration = load(common);
    if (!configuration)
        return 3;
    const stage_or_error parsed = parse_stage(target);
    if (!parsed.value) {
        std::fprintf(stderr, "pgduet: %s\n", parsed.error.c_str());
        return 3;
    }
    try {
        const json::object body{{"stage", target}, {"dry_run", dry_run}};
        const json::object answer =
            call(*configuration,
                 {"POST", "/api/stage", "application/json", false, json::serialize(body)});
        if (dry_run)
            print_list(answer, "steps", "would  ");
        print_list(answer, "warnings", "note   ");
        const std::string refusal = text(answer, "refusal");
        if (!refusal.empty()) {
            std::printf("%s%s\n", dry_run ? "blocked by: " : "refused: ", refusal.c_str());
            return 1;
        }
        if (!dry_run)
            std::printf("transactions waited %lld ms\n",
                        static_cast<long long>(answer.at("pause_ms").to_number<std::int64_t>()));
        print_stage(answer);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "pgduet: %s\n", error.what());
        return 3;
    }
}

}  // namespace pgduet::proxy::cli
