#include "shadow/sql/constant.hpp"

#include <algorithm>
#include <iterator>

namespace pgduet::sql {

namespace json = boost::json;

namespace {

/// Types to which different integers cast to different values, without a length or precision.
bool keeps_values_apart(const json::object& type) {
    static constexpr std::string_view names[] = {
        "int2", "int4", "int8", "numeric", "text", "varchar", "uuid", "oid"};
    const std::vector<std::string> parts = names_of(type, "names");
    return !parts.empty() && list_of(type, "typmods").empty() &&
           list_of(type, "arrayBounds").empty() &&
           std::find(std::begin(names), std::end(names), parts.back()) != std::end(names);
}

}  // namespace

std::optional<std::string> literal_of(const json::object& a_const) {
    if (flag_of(a_const, "isnull"))
        return std::nullopt;
    if (const json::object* number = fields_of(a_const, "ival"))
        return std::to_string(integer_of(*number, "ival"));
    if (const json::object* number = fields_of(a_const, "fval"))
        return std::string(text_of(*number, "fval"));
    if (const json::object* text = fields_of(a_const, "sval"))
        return std::string(text_of(*text, "sval"));
    if (const json::object* boolean = fields_of(a_const, "boolval"))
        return flag_of(*boolean, "boolval") ? "true" : "false";
    return std::nullopt;
}

std::optional<constant> constant_of(const tagged_node& expression) {
    if (expression.tag == "ParamRef")
        return constant{static_cast<int>(integer_of(*expression.fields, "number")), {}};
    if (expression.tag == "A_Const") {
        if (auto literal = literal_of(*expression.fields))
            return constant{0, std::move(*literal)};
        return std::nullopt;
    }
    if (expression.tag == "TypeCast") {
        const json::object* type = fields_of(*expression.fields, "typeName");
        if (type && keeps_values_apart(*type))
            return constant_of(node_of(*expression.fields, "arg"));
    }
    return std::nullopt;
}

}  // namespace pgduet::sql
