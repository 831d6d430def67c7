#include "protocol/sql_types/value_codec.hpp"

#include "protocol/sql_types/codec.hpp"
#include "protocol/sql_types/utf8.hpp"

namespace pgduet::protocol {

namespace codec {

functions find_functions(oid type) {
    switch (type) {
        case type_oid::boolean:
            return boolean_functions();
        case type_oid::int2:
        case type_oid::int4:
        case type_oid::int8:
            return integer_functions();
        case type_oid::oid_:
        case type_oid::regproc:
        case type_oid::regclass:
        case type_oid::regtype:
            return oid_functions();
        case type_oid::float4:
        case type_oid::float8:
            return float_functions();
        case type_oid::numeric:
            return numeric_functions();
        case type_oid::text:
        case type_oid::varchar:
        case type_oid::bpchar:
        case type_oid::name:
        case type_oid::quoted_char:
        case type_oid::unknown:
            return text_functions();
        case type_oid::bytea:
            return bytea_functions();
        case type_oid::uuid:
            return uuid_functions();
        case type_oid::json:
            return json_functions();
        case type_oid::jsonb:
            return jsonb_functions();
        case type_oid::date:
            return date_functions();
        case type_oid::time:
        case type_oid::timetz:
            return time_functions();
        case type_oid::timestamp:
        case type_oid::timestamptz:
            return timestamp_functions();
        case type_oid::interval:
            return interval_functions();
        default: {
            const type_info* info = find_type(type);
            return info && info->element && info->category == 'A' ? array_functions() : functions{};
        }
    }
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = to_lower(c);
    return out;
}

sql_error invalid_syntax(std::string_view type, std::string_view text) {
    std::string message = "invalid input syntax for type ";
    message.append(type).append(": \"").append(text).append("\"");
    return make_error(sqlstate::invalid_text_representation, std::move(message));
}

sql_error invalid_binary(std::string_view what) {
    return make_error(sqlstate::invalid_binary_representation, std::string(what));
}

}  // namespace codec

namespace {

sql_error unknown_type(oid type) {
    return make_error(sqlstate::feature_not_supported,
                      "no conversion for type with OID " + std::to_string(type));
}

codec::result read(oid type,
                   std::int32_t modifier,
                   std::string_view text,
                   const value_settings& settings) {
    const codec::functions functions = codec::find_functions(type);
    if (!functions.to_binary)
        return unknown_type(type);
    if (auto error = codec::check_utf8(text))
        return *error;
    return functions.to_binary(text, {type, modifier, &settings, false});
}

}  // namespace

sql_result<std::string> binary_to_text(oid type,
                                       std::string_view binary,
                                       const value_settings& settings) {
    const codec::functions functions = codec::find_functions(type);
    if (!functions.to_text)
        return unknown_type(type);
    return functions.to_text(binary, {type, -1, &settings, false});
}

sql_result<std::string> text_to_binary(oid type,
                                       std::string_view text,
                                       const value_settings& settings) {
    return read(type, -1, text, settings);
}

sql_result<std::string> normalise_text(oid type,
                                       std::int32_t modifier,
                                       std::string_view text,
                                       const value_settings& settings) {
    const codec::result binary = read(type, modifier, text, settings);
    if (!binary)
        return binary;
    // Reading may give what receiving refuses, such as the second after the last.
    return codec::find_functions(type).to_text(*binary, {type, modifier, &settings, true});
}

}  // namespace pgduet::protocol
