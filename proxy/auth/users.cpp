#include "proxy/auth/users.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>

namespace pgduet::proxy {

namespace {

std::optional<std::string> take_quoted(std::string_view& line) {
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t'))
        line.remove_prefix(1);
    if (line.empty() || line.front() != '"')
        return std::nullopt;
    line.remove_prefix(1);
    std::string value;
    while (!line.empty()) {
        const char c = line.front();
        line.remove_prefix(1);
        if (c != '"') {
            value += c;
        } else if (!line.empty() && line.front() == '"') {
            value += '"';
            line.remove_prefix(1);
        } else {
            return value;
        }
    }
    return std::nullopt;
}

}  // namespace

user_table::loaded user_table::parse(std::string_view text, const std::string& source) {
    loaded out;
    int number = 0;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        ++number;
        if (!line.empty() && line.back() == '\r')
            line.remove_suffix(1);
        if (line.find_first_not_of(" \t") == std::string_view::npos || line.front() == ';' ||
            line.front() == '#')
            continue;
        const auto at = source + ":" + std::to_string(number) + ": ";
        const auto name = take_quoted(line);
        const auto secret = name ? take_quoted(line) : std::nullopt;
        if (!secret || line.find_first_not_of(" \t") != std::string_view::npos)
            out.problems.push_back(at + "must be written \"name\" \"secret\"");
        else if (!out.users.secrets_.emplace(*name, *secret).second)
            out.problems.push_back(at + "user \"" + *name + "\" is there twice");
    }
    return out;
}

user_table::loaded user_table::load(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::ostringstream text;
    if (!in || !(text << in.rdbuf())) {
        loaded out;
        if (in && in.peek() == std::ifstream::traits_type::eof())
            return out;
        out.problems.push_back(file.filename().string() + ": cannot be read: " +
                               std::strerror(errno));  // NOLINT(concurrency-mt-unsafe): at start
        return out;
    }
    return parse(text.str(), file.filename().string());
}

const std::string* user_table::find(const std::string& name) const {
    const auto found = secrets_.find(name);
    return found == secrets_.end() ? nullptr : &found->second;
}

}  // namespace pgduet::proxy
