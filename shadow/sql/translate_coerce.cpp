// Coercions, parameters' types and type names of the translator.
#include <algorithm>

#include "protocol/sql_types/sqlstate.hpp"
#include "protocol/sql_types/value_codec.hpp"
#include "shadow/sql/translate_internal.hpp"

namespace pgduet::sql {
namespace {

namespace type_oid = protocol::type_oid;
using protocol::oid;

bool is_number(oid type) {
    return category_of(type) == 'N';
}

// First `count` characters of UTF-8 text.
std::string_view first_characters(std::string_view text, std::int32_t count) {
    for (std::size_t i = 0; i < text.size(); ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80 && count-- == 0)
            return text.substr(0, i);
    return text;
}

// True when a timestamptz literal names its offset, so that TimeZone does not matter.
bool has_offset(std::string_view text) {
    const std::size_t colon = text.find(':');
    return colon != std::string_view::npos &&
           text.find_first_of("+-Zz", colon) != std::string_view::npos;
}

// Literals whose meaning depends on the session or its clock are read when the statement runs.
bool depends_on_session(oid type, std::string_view text) {
    switch (type) {
        case type_oid::timestamptz:
        case type_oid::timetz:
            return !has_offset(text);
        case type_oid::date:
        case type_oid::timestamp:
        case type_oid::time:
            return text.find_first_of("0123456789") == std::string_view::npos;
        case type_oid::regclass:
        case type_oid::regtype:
            return true;
        default:
            return category_of(type) == 'A' && element_of(type) == type_oid::timestamptz;
    }
}

}  // namespace

void translator::set_parameter(int number, typed type, bool with_modifier) {
    const auto index = static_cast<std::size_t>(number - 1);
    result_.parameter_types[index] = type.type;
    if (with_modifier)
        result_.parameter_modifiers[index] = type.modifier;
}

expression translator::coerce_constant(expression e, typed target, coercion context) {
    std::string text = *e.constant;
    const bool truncates = context == coercion::explicit_ && target.modifier != -1 &&
                           (target.type == type_oid::varchar || target.type == type_oid::bpchar);
    if (truncates)
        text = std::string(first_characters(text, target.modifier - 4));
    e.type = target;
    if (depends_on_session(target.type, text)) {
        e.sql = "pg_cast(" + quote_text(text) + ", 'text', " + quote_text(type_name(target.type)) +
                ", " + std::to_string(target.modifier) + ")";
        e.constant.reset();
        return e;
    }
    auto normal = protocol::normalise_text(target.type, target.modifier, text, {});
    if (!normal) {
        protocol::sql_error error = normal.error();
        if (error.position == 0)
            error.position = position(e.location);
        throw refused{error};
    }
    e.constant = *normal;
    e.sql = literal(target.type, *e.constant);
    return e;
}

expression translator::coerce(expression e, typed target, coercion context) {
    if (e.null) {
        e.type = target;
        return e;
    }
    if (e.parameter && e.unknown()) {
        const bool assigned = context == coercion::assignment;
        set_parameter(e.parameter, target, assigned);
        e.type = {target.type, assigned ? target.modifier : -1};
        if (e.type == target || target.modifier == -1)
            return e;
    }
    if (e.constant && e.unknown())
        return coerce_constant(std::move(e), target, context);
    if (e.unknown())
        e.type.type = type_oid::text;

    const oid from = e.type.type;
    const bool same_modifier = target.modifier == -1 || e.type.modifier == target.modifier;
    if (from == target.type && same_modifier)
        return e;
    if (!can_cast(from, target.type, context)) {
        if (context == coercion::explicit_)
            fail(protocol::sqlstate::cannot_coerce,
                 "cannot cast type " + display_name(from) + " to " + display_name(target.type),
                 e.location);
        fail(protocol::sqlstate::datatype_mismatch,
             "cannot convert type " + display_name(from) + " to " + display_name(target.type),
             e.location);
    }
    if (e.constant && is_number(from) && is_number(target.type) && target.type != type_oid::oid_) {
        if (auto normal = protocol::normalise_text(target.type, target.modifier, *e.constant, {})) {
            e.constant = *normal;
            e.sql = literal(target.type, *normal);
            e.type = target;
            return e;
        }
    }
    if (context == coercion::assignment && target.modifier != -1) {
        e.sql = "pg_assign(" + cast_text(e.sql, from, {target.type, -1}) + ", " +
                quote_text(type_name(target.type)) + ", " + std::to_string(target.modifier) + ")";
    } else {
        e.sql = cast_text(e.sql, from, target);
        if (e.sql.starts_with("CASE "))
            e.sql = "(" + e.sql + ")";
    }
    e.type = target;
    e.constant.reset();
    e.column = false;
    e.parameter = 0;
    return e;
}

expression translator::settle(expression e) {
    return e.unknown() ? coerce(std::move(e), {type_oid::text, -1}, coercion::implicit) : e;
}

oid translator::common(const std::vector<expression>& list, std::string_view construct) {
    std::vector<oid> types;
    for (const expression& e : list)
        types.push_back(e.type.type);
    const oid found = common_type(types);
    if (found)
        return found;
    oid first = type_oid::unknown;
    for (const expression& e : list) {
        if (e.unknown())
            continue;
        if (first == type_oid::unknown)
            first = e.type.type;
        else if (category_of(e.type.type) != category_of(first))
            fail(protocol::sqlstate::datatype_mismatch,
                 std::string(construct) + " types " + display_name(first) + " and " +
                     display_name(e.type.type) + " cannot be matched",
                 e.location);
    }
    fail(protocol::sqlstate::datatype_mismatch, std::string(construct) + " types do not match");
}

expression translator::assign(expression e, const column_info& column) {
    const typed target{column.type, column.type_modifier};
    if (!e.unknown() && !e.null && !can_cast(e.type.type, target.type, coercion::assignment))
        fail(protocol::sqlstate::datatype_mismatch,
             "column \"" + column.name + "\" is of type " + display_name(target.type) +
                 " but expression is of type " + display_name(e.type.type),
             e.location,
             "You will need to rewrite or cast the expression.");
    return coerce(std::move(e), target, coercion::assignment);
}

typed translator::type_name_of(const node& n, bool* serial) {
    if (n.flag("setof"))
        unsupported("TypeName.setof", n.location());
    if (n.flag("pct_type"))
        unsupported("TypeName.pct_type", n.location());
    n.ignore("typemod");
    const std::vector<std::string> names = n.strings("names");
    if (names.empty())
        unsupported("TypeName without a name");
    std::string name = names.back();
    if (names.size() > 1 && names.front() != "pg_catalog")
        fail(protocol::sqlstate::undefined_object,
             "type \"" + names.front() + "." + name + "\" does not exist",
             n.location());
    static const std::map<std::string, std::string_view, std::less<>> serials = {
        {"serial", "int4"},
        {"serial4", "int4"},
        {"bigserial", "int8"},
        {"serial8", "int8"},
        {"smallserial", "int2"},
        {"serial2", "int2"},
    };
    if (const auto found = serials.find(name); found != serials.end() && serial) {
        *serial = true;
        name = found->second;
    }
    const protocol::type_info* info = protocol::find_type(std::string_view(name));
    if (!info)
        fail(protocol::sqlstate::undefined_object,
             "type \"" + name + "\" does not exist",
             n.location());

    typed result{info->id, -1};
    std::vector<std::int64_t> modifiers;
    for (const node& item : n.children("typmods")) {
        const expression value = constant(item);
        modifiers.push_back(value.constant ? std::stoll(*value.constant) : -1);
    }
    if (!modifiers.empty()) {
        const auto first = static_cast<std::int32_t>(modifiers[0]);
        switch (info->id) {
            case type_oid::varchar:
            case type_oid::bpchar:
                if (first < 1)
                    fail(protocol::sqlstate::invalid_parameter_value,
                         "length for type " +
                             std::string(info->id == type_oid::bpchar ? "char" : "varchar") +
                             " must be at least 1",
                         n.location());
                result.modifier = first + 4;
                break;
            case type_oid::numeric: {
                const auto scale =
                    modifiers.size() > 1 ? static_cast<std::int32_t>(modifiers[1]) : 0;
                if (first < 1 || first > 1000)
                    fail(protocol::sqlstate::invalid_parameter_value,
                         "NUMERIC precision " + std::to_string(first) +
                             " must be between 1 and 1000",
                         n.location());
                result.modifier = ((first << 16) | (scale & 0x7ff)) + 4;
                break;
            }
            case type_oid::time:
            case type_oid::timetz:
            case type_oid::timestamp:
            case type_oid::timestamptz:
                result.modifier = std::min(first, 6);
                break;
            default:
                unsupported("modifiers of type " + name, n.location());
        }
    }
    const auto bounds = n.children("arrayBounds");
    for (const node& bound : bounds)
        bound.ignore("ival");
    if (!bounds.empty()) {
        const oid array = array_of(result.type);
        if (!array)
            unsupported("array of " + name, n.location());
        result.type = array;
    }
    return result;
}

}  // namespace pgduet::sql
