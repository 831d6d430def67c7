#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shadow/store/sqlite/function_tools.hpp"

namespace pgduet::store::sqlite::functions {

/// JSON as text in pieces: scalars and whole values keep the text they had, so `json` prints what
/// was stored and numbers keep their digits.
struct json_value {
    enum class kind { null, boolean, number, string, array, object };
    kind what = kind::null;
    std::string_view source;                                  ///< the value's own text
    std::vector<std::pair<std::string, json_value>> members;  ///< keys unescaped; arrays: no keys

    const json_value* member(std::string_view key) const;  ///< of equal keys the last
    const json_value* element(std::int64_t index) const;   ///< negative counts from the end
};

/// Reads a text that is known to be JSON; the views are into it. Nothing when it is not.
std::optional<json_value> read_json(std::string_view text);
/// "text" with what must be escaped.
std::string json_string(std::string_view text);
/// The value of a JSON string.
std::string json_unescape(std::string_view quoted);
/// A stored value of a type as to_json() shows it.
std::string json_of(sqlite3_value* value, oid type);
/// Answers JSON text; jsonb normalised.
void answer_json(const call& c, const std::string& text, bool jsonb);

}  // namespace pgduet::store::sqlite::functions
