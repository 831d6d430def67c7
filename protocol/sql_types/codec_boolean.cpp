#include "protocol/sql_types/codec.hpp"

// boolean: one byte, 0 or 1 (any other value of a sender counts as true, as boolrecv has it).
namespace pgduet::protocol::codec {

namespace {

/// Any unambiguous start of true, false, yes, no, on, off; or 1 or 0.
result to_binary(std::string_view text, const context&) {
    const std::string word = lower(trim(text));
    const auto starts = [&](std::string_view full, std::size_t least) {
        return word.size() >= least && full.starts_with(word);
    };
    if (starts("true", 1) || starts("yes", 1) || starts("on", 2) || word == "1")
        return std::string(1, '\1');
    if (starts("false", 1) || starts("no", 1) || starts("off", 2) || word == "0")
        return std::string(1, '\0');
    return invalid_syntax("boolean", text);
}

result to_text(std::string_view binary, const context&) {
    if (binary.size() != 1)
        return invalid_binary("incorrect binary data format");
    return std::string(1, binary[0] ? 't' : 'f');
}

}  // namespace

functions boolean_functions() {
    return {to_binary, to_text};
}

}  // namespace pgduet::protocol::codec
