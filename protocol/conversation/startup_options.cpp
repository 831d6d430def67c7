#include <algorithm>
#include <cctype>

#include "protocol/conversation/startup_fsm.hpp"

namespace pgduet::protocol {

namespace {

bool is_space(char c) {
    return std::isspace(static_cast<unsigned char>(c)) != 0;
}

std::vector<std::string> split_words(std::string_view options) {
    std::vector<std::string> words;
    bool in_word = false;
    for (std::size_t i = 0; i < options.size(); ++i) {
        if (is_space(options[i])) {
            in_word = false;
            continue;
        }
        if (options[i] == '\\' && ++i == options.size())
            break;
        if (!in_word)
            words.emplace_back();
        in_word = true;
        words.back() += options[i];
    }
    return words;
}

/// name=value; PostgreSQL takes a dash in the name for an underscore.
bool add_setting(std::string_view word, startup_request& into) {
    const std::size_t equals = word.find('=');
    if (equals == word.npos || equals == 0)
        return false;
    std::string name(word.substr(0, equals));
    std::replace(name.begin(), name.end(), '-', '_');
    into.settings.emplace_back(std::move(name), std::string(word.substr(equals + 1)));
    return true;
}

}  // namespace

void parse_options(std::string_view options, startup_request& into) {
    const auto words = split_words(options);
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string_view word = words[i];
        if (word == "-c" && i + 1 < words.size())
            word = words[++i];
        else if (word.size() > 2 && (word.starts_with("-c") || word.starts_with("--")))
            word.remove_prefix(2);
        else {
            into.unknown_options.emplace_back(word);
            continue;
        }
        if (!add_setting(word, into))
            into.unknown_options.push_back(words[i]);
    }
}

}  // namespace pgduet::protocol
