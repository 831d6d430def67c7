#include "shadow/sql/negative_integers.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <cstdint>
#include <optional>

#include "shadow/sql/lexer.hpp"

namespace pgduet::sql {

namespace json = boost::json;

namespace {

/// The number spelled `-5`, `- - -5`, `-(5)` at `from`; nothing if there is no minus sign. With
/// `in_option` the words and "=" before it are passed over: INCREMENT BY -1, fillfactor = -1.
std::optional<std::int64_t> negative_at(std::string_view text, std::size_t from, bool in_option) {
    lexer source(text, from);
    bool negative = false;
    bool started = false;
    for (token t = source.next(); t.what != token::kind::end; t = source.next()) {
        if (is_symbol(text, t, '-')) {
            negative = !negative;
            started = true;
        } else if (t.what == token::kind::number) {
            std::int64_t value = 0;
            const auto [end, error] =
                std::from_chars(text.data() + t.begin, text.data() + t.end, value);
            if (!negative || error != std::errc() || end != text.data() + t.end)
                return std::nullopt;
            return -value;
        } else if (started ? !is_symbol(text, t, '(')
                           : !in_option ||
                                 !(t.what == token::kind::word ||
                                   t.what == token::kind::identifier || is_symbol(text, t, '='))) {
            return std::nullopt;
        }
    }
    return std::nullopt;
}

/// Where a node stands in the text; nothing when the parser does not say.
std::optional<std::size_t> location_of(const json::object& fields) {
    const json::value* location = fields.if_contains("location");
    if (!location)
        return 0;
    const std::int64_t* offset = location->if_int64();
    return offset && *offset >= 0 ? std::optional(static_cast<std::size_t>(*offset)) : std::nullopt;
}

void restore(json::value* integer,
             const json::object& located,
             std::string_view text,
             bool option) {
    json::object* fields = integer ? integer->if_object() : nullptr;
    if (!fields || !fields->empty())
        return;
    const auto from = location_of(located);
    if (!from || *from >= text.size())
        return;
    if (const auto value = negative_at(text, *from, option))
        (*fields)["ival"] = *value;
}

}  // namespace

void restore_negative_integers(json::value& tree, std::string_view text) {
    if (json::array* list = tree.if_array()) {
        for (json::value& entry : *list)
            restore_negative_integers(entry, text);
        return;
    }
    json::object* outer = tree.if_object();
    if (!outer)
        return;
    if (json::value* constant = outer->if_contains("A_Const"); constant && constant->is_object()) {
        json::object& fields = constant->get_object();
        restore(fields.if_contains("ival"), fields, text, false);
    } else if (json::value* option = outer->if_contains("DefElem"); option && option->is_object()) {
        json::object& fields = option->get_object();
        json::value* argument = fields.if_contains("arg");
        if (argument && argument->is_object())
            restore(argument->get_object().if_contains("Integer"), fields, text, true);
    }
    for (auto& field : *outer) {
        if (field.value().is_structured())
            restore_negative_integers(field.value(), text);
    }
}

}  // namespace pgduet::sql
