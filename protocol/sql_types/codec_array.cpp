#include <vector>

#include "protocol/sql_types/array_literal.hpp"
#include "protocol/sql_types/big_endian.hpp"
#include "protocol/sql_types/codec.hpp"

// Arrays of every type that has one:
//
//   dimensions : int32
//   has_null   : int32                        0 or 1
//   element    : int32                        oid
//   (size : int32, lower : int32)*dimensions
//   (length : int32 (-1 for NULL), bytes)*    last dimension fastest
namespace pgduet::protocol::codec {

namespace {

constexpr std::int64_t elements_max = 134'217'727;  // MaxArraySize

result to_binary(std::string_view text, const context& how) {
    const oid element = find_type(how.type)->element;
    const functions convert = find_functions(element);
    const sql_result<array_literal> literal = read_array(text);
    if (!literal)
        return literal.error();
    std::string body;
    bool has_null = false;
    for (const std::optional<std::string>& item : literal->elements) {
        if (!item) {
            has_null = true;
            put_int32(body, -1);
            continue;
        }
        const result value =
            convert.to_binary(*item, context{element, how.modifier, how.settings, false});
        if (!value)
            return value;
        put_int32(body, static_cast<std::int32_t>(value->size()));
        body += *value;
    }
    std::string out;
    put_int32(out, static_cast<std::int32_t>(literal->dimensions.size()));
    put_int32(out, has_null);
    put(out, element);
    for (const array_dimension& dimension : literal->dimensions) {
        put_int32(out, dimension.size);
        put_int32(out, dimension.lower);
    }
    return out + body;
}

result to_text(std::string_view binary, const context& how) {
    const oid element = find_type(how.type)->element;
    const functions convert = find_functions(element);
    binary_cursor in(binary);
    const std::int32_t dimensions = in.int32();
    const std::int32_t flags = in.int32();
    const oid sent = in.uint32();
    if (in.failed() || dimensions < 0 || dimensions > array_dimensions_max)
        return invalid_binary("invalid number of dimensions: " + std::to_string(dimensions));
    if (flags != 0 && flags != 1)
        return invalid_binary("invalid array flags");
    if (sent != element)
        return make_error(sqlstate::datatype_mismatch,
                          "binary data has array element type " + std::to_string(sent) + " (" +
                              std::string(find_type(sent) ? find_type(sent)->sql_name : "unknown") +
                              ") instead of expected " + std::to_string(element) + " (" +
                              std::string(find_type(element)->sql_name) + ")");
    array_literal literal;
    std::int64_t count = dimensions == 0 ? 0 : 1;
    for (std::int32_t i = 0; i < dimensions; ++i) {
        const std::int32_t size = in.int32();
        const std::int32_t lower = in.int32();
        if (size < 0 || count * size > elements_max)
            return make_error(sqlstate::program_limit_exceeded,
                              "array size exceeds the maximum allowed (134217727)");
        count *= size;
        literal.dimensions.push_back({size, lower});
    }
    // Each element has at least its length: more than that cannot be there.
    if (count > static_cast<std::int64_t>(in.left() / 4))
        return invalid_binary("insufficient data left in message");
    for (std::int64_t i = 0; i < count; ++i) {
        const std::int32_t size = in.int32();
        if (size < -1 || (size >= 0 && static_cast<std::size_t>(size) > in.left()))
            return invalid_binary("insufficient data left in message");
        if (size == -1) {
            literal.elements.emplace_back();
            continue;
        }
        const result text = convert.to_text(in.bytes(static_cast<std::size_t>(size)),
                                            context{element, -1, how.settings, how.own});
        if (!text)
            return text;
        literal.elements.emplace_back(*text);
    }
    if (!in.finished())
        return invalid_binary("incorrect binary data format");
    return print_array(literal);
}

}  // namespace

functions array_functions() {
    return {to_binary, to_text};
}

}  // namespace pgduet::protocol::codec
