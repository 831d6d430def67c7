#include "shadow/compare/canonical.hpp"

#include "protocol/sql_types/array_literal.hpp"

namespace pgduet::compare {

using protocol::format;
using protocol::oid;
using protocol::value_settings;
namespace type_oid = protocol::type_oid;

namespace {

// In front of a value that its type does not read, so that it equals no value that it does.
constexpr char unreadable = '\x01';

/// The type a family's values are all brought to.
oid widest(oid type) {
    switch (family_of(type)) {
        case family::integer:
            return type_oid::int8;
        case family::text:
            return type_oid::text;
        case family::floating:
            return type_oid::float8;
        case family::json:
            return type_oid::jsonb;
        case family::other:
            break;
    }
    return type;
}

oid element_of(oid type) {
    const protocol::type_info* info = protocol::find_type(type);
    return info && info->category == 'A' ? info->element : 0;
}

/// numeric equal by value: the display scale goes, and with it zeros at the end.
std::string without_scale(std::string text) {
    if (text.find('.') == text.npos)
        return text;
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.'))
        text.pop_back();
    return text;
}

/// From PostgreSQL's own spelling of the type's value.
std::string from_text(oid type, std::string text, const value_settings& settings) {
    if (const oid element = element_of(type)) {
        protocol::sql_result<protocol::codec::array_literal> array =
            protocol::codec::read_array(text);
        if (!array)
            return unreadable + text;
        for (protocol::cell& item : array->elements)
            if (item)
                item = canonical(element, format::text, *item, settings);
        return protocol::codec::print_array(*array);
    }
    if (type == type_oid::numeric)
        return without_scale(std::move(text));
    if (widest(type) == type)
        return text;
    protocol::sql_result<std::string> wide =
        protocol::normalise_text(widest(type), -1, text, settings);
    return wide ? std::move(*wide) : unreadable + text;
}

}  // namespace

family family_of(oid type) {
    switch (type) {
        case type_oid::int2:
        case type_oid::int4:
        case type_oid::int8:
            return family::integer;
        case type_oid::text:
        case type_oid::varchar:
        case type_oid::bpchar:
        case type_oid::name:
        case type_oid::unknown:
            return family::text;
        case type_oid::float4:
        case type_oid::float8:
            return family::floating;
        case type_oid::json:
        case type_oid::jsonb:
            return family::json;
        default:
            return family::other;
    }
}

bool alike(oid a, oid b) {
    if (a == b)
        return true;
    if (const oid element = element_of(a); element && element_of(b))
        return alike(element, element_of(b));
    return family_of(a) == family_of(b) && family_of(a) != family::other;
}

std::string readable(oid type,
                     format encoding,
                     std::string_view bytes,
                     const value_settings& settings) {
    if (encoding == format::text)
        return std::string(bytes);
    const protocol::sql_result<std::string> text = protocol::binary_to_text(type, bytes, settings);
    if (text)
        return *text;
    const protocol::sql_result<std::string> hex =
        protocol::binary_to_text(type_oid::bytea, bytes, settings);
    return hex ? *hex : std::string();
}

std::string canonical(oid type,
                      format encoding,
                      std::string_view bytes,
                      const value_settings& settings) {
    // Text is what it says, in either format, and need not be looked at.
    if (family_of(type) == family::text)
        return std::string(bytes);
    protocol::sql_result<std::string> text =
        encoding == format::binary ? protocol::binary_to_text(type, bytes, settings)
                                   : protocol::normalise_text(type, -1, bytes, settings);
    // Types without a codec (enums, domains, composites) have their text for a value.
    if (!text)
        return unreadable + std::string(bytes);
    return from_text(type, std::move(*text), settings);
}

}  // namespace pgduet::compare
