#include "protocol/sql_types/codec.hpp"
#include "protocol/sql_types/json_tree.hpp"
#include "protocol/sql_types/utf8.hpp"

// json   the text itself
// jsonb  version:int8 (1), then text; the server's own form of the value
namespace pgduet::protocol::codec {

namespace {

constexpr char jsonb_version = 1;

result json_to_binary(std::string_view text, const context&) {
    const sql_result<void> valid = check_json(text);
    return valid ? result(std::string(text)) : valid.error();
}

result json_to_text(std::string_view binary, const context&) {
    if (auto error = check_utf8(binary))
        return *error;
    return std::string(binary);
}

result jsonb_to_binary(std::string_view text, const context&) {
    result normal = normalise_json(text);
    if (normal)
        normal->insert(0, 1, jsonb_version);
    return normal;
}

result jsonb_to_text(std::string_view binary, const context&) {
    if (binary.empty())
        return invalid_binary("insufficient data left in message");
    if (binary[0] != jsonb_version)
        return make_error(sqlstate::internal_error,
                          "unsupported jsonb version number " +
                              std::to_string(static_cast<unsigned char>(binary[0])));
    if (auto error = check_utf8(binary.substr(1)))
        return *error;
    // A client may send any JSON text; the server stores, and prints, its own form.
    return normalise_json(binary.substr(1));
}

}  // namespace

functions json_functions() {
    return {json_to_binary, json_to_text};
}

functions jsonb_functions() {
    return {jsonb_to_binary, jsonb_to_text};
}

}  // namespace pgduet::protocol::codec
