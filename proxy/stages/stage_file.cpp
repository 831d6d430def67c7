#include "proxy/stages/stage_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace pgduet::proxy {

namespace json = boost::json;

namespace {

std::string system_text() {
    return std::system_category().message(errno);
}

/// write + fsync of a whole file; the text of the trouble.
std::optional<std::string> write_file(const std::filesystem::path& path, const std::string& text) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0)
        return system_text();
    std::optional<std::string> trouble;
    if (::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::fsync(file) != 0)
        trouble = system_text();
    ::close(file);
    return trouble;
}

}  // namespace

stage_state roles_of(stage s, const duet_settings& settings) {
    if (s == stage::switched)
        return {s, settings.shadow, settings.primary};
    return {s, settings.primary, settings.shadow};
}

stage_file::read_result stage_file::read() const {
    std::ifstream in{path(), std::ios::binary};
    if (!in)
        return std::filesystem::exists(path()) ? read_result{{}, "cannot be read"} : read_result{};
    std::ostringstream text;
    text << in.rdbuf();
    boost::system::error_code ec;
    const json::value value = json::parse(text.str(), ec);
    const json::object* object = ec ? nullptr : value.if_object();
    const auto member = [object](const char* name) -> std::string {
        const json::value* found = object ? object->if_contains(name) : nullptr;
        return found && found->is_string() ? std::string{found->as_string()} : std::string{};
    };
    const stage_or_error parsed = parse_stage(member("stage"));
    if (!parsed.value || member("primary").empty())
        return {{}, "is not a stage file"};
    return {stage_state{*parsed.value, member("primary"), member("shadow")}, ""};
}

std::optional<std::string> stage_file::write(const stage_state& state) const {
    const json::object object{
        {"stage", to_string(state.now)}, {"primary", state.primary}, {"shadow", state.shadow}};
    const auto temporary = directory_ / "stage.json.new";
    if (auto trouble = write_file(temporary, json::serialize(object) + "\n"))
        return trouble;
    if (::rename(temporary.c_str(), path().c_str()) != 0)
        return system_text();
    // The new name must be on disk, too, before anybody acts on it.
    const int directory = ::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory >= 0) {
        ::fsync(directory);
        ::close(directory);
    }
    return std::nullopt;
}

}  // namespace pgduet::proxy
