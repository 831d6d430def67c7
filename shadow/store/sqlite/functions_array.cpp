#include <algorithm>
#include <optional>

#include "protocol/sql_types/array_literal.hpp"
#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/store/sqlite/function_tools.hpp"
#include "shadow/store/sqlite/json_text.hpp"

/// Arrays, stored as PostgreSQL's literals, and greatest()/least().
namespace pgduet::store::sqlite::functions {
namespace {

namespace sqlstate = protocol::sqlstate;
namespace type_oid = protocol::type_oid;
using protocol::codec::array_literal;

using element = std::optional<std::string>;

std::string print_flat(std::vector<element> elements) {
    array_literal out;
    if (!elements.empty())
        out.dimensions = {{static_cast<std::int32_t>(elements.size()), 1}};
    out.elements = std::move(elements);
    return protocol::codec::print_array(out);
}

/// The array in argument i; raises when it is none.
std::optional<array_literal> array_at(const call& c, int i) {
    auto read = protocol::codec::read_array(c.text(i));
    if (read)
        return std::move(*read);
    c.raise(read.error());
    return std::nullopt;
}

element text_at(const call& c, int i, oid type) {
    if (c.null(i))
        return std::nullopt;
    auto text = argument_text(c.raw(i), type);
    return text ? *text : std::string(c.text(i));
}

void answer_element(const call& c, const element& value, oid type) {
    if (!value)
        c.answer_null();
    else
        c.answer(to_stored(type, -1, *value, {}));
}

void pg_array(const call& c) {
    const oid type = type_named(c.text(0));
    std::vector<element> elements;
    for (int i = 1; i < c.count(); ++i)
        elements.push_back(text_at(c, i, type));
    c.answer(print_flat(std::move(elements)));
}

void pg_array_to_json(const call& c) {
    const auto array = array_at(c, 0);
    if (!array)
        return;
    const oid type = type_named(c.text(1));
    const bool number = type == type_oid::int2 || type == type_oid::int4 ||
                        type == type_oid::int8 || type == type_oid::float4 ||
                        type == type_oid::float8;
    std::string out = "[";
    for (const element& one : array->elements) {
        out += out.size() == 1 ? "" : ",";
        if (!one)
            out += "null";
        else if (type == type_oid::boolean)
            out += *one == "t" ? "1" : "0";
        else if (number && *one != "NaN" && !one->ends_with("Infinity"))
            out += *one;
        else
            out += json_string(*one);
    }
    c.answer(out + "]");
}

void pg_array_get(const call& c) {
    const auto array = array_at(c, 0);
    if (!array)
        return;
    if (array->dimensions.size() != 1) {
        c.answer_null();
        return;
    }
    const std::int64_t index = c.integer(2) - array->dimensions[0].lower;
    if (index < 0 || index >= static_cast<std::int64_t>(array->elements.size()))
        c.answer_null();
    else
        answer_element(c, array->elements[static_cast<std::size_t>(index)], type_named(c.text(1)));
}

void pg_array_length(const call& c) {
    const auto array = array_at(c, 0);
    if (!array)
        return;
    const std::int64_t dimension = c.integer(1);
    if (dimension < 1 || dimension > static_cast<std::int64_t>(array->dimensions.size()))
        c.answer_null();
    else
        c.answer(std::int64_t{array->dimensions[static_cast<std::size_t>(dimension - 1)].size});
}

void pg_cardinality(const call& c) {
    if (const auto array = array_at(c, 0))
        c.answer(static_cast<std::int64_t>(array->elements.size()));
}

void pg_array_cat(const call& c) {
    if (c.null(0) || c.null(1)) {
        c.answer_value(c.null(0) ? 1 : 0);
        return;
    }
    auto a = array_at(c, 0);
    if (!a)
        return;
    auto b = array_at(c, 1);
    if (!b)
        return;
    if (a->dimensions.empty() || b->dimensions.empty()) {
        c.answer_value(a->dimensions.empty() ? 1 : 0);
        return;
    }
    bool same = a->dimensions.size() == b->dimensions.size();
    for (std::size_t i = 1; same && i < a->dimensions.size(); ++i)
        same = a->dimensions[i].size == b->dimensions[i].size;
    if (!same) {
        c.raise("2202E", "cannot concatenate incompatible arrays");
        return;
    }
    a->dimensions[0].size += b->dimensions[0].size;
    a->elements.insert(a->elements.end(), b->elements.begin(), b->elements.end());
    c.answer(protocol::codec::print_array(*a));
}

void add_element(const call& c, int array_index, int value_index, bool front) {
    array_literal array;
    if (!c.null(array_index)) {
        auto read = array_at(c, array_index);
        if (!read)
            return;
        array = std::move(*read);
    }
    if (array.dimensions.size() > 1) {
        c.raise("22000", "argument must be empty or one-dimensional array");
        return;
    }
    const oid type = type_named(c.text(2));
    array.elements.insert(front ? array.elements.begin() : array.elements.end(),
                          text_at(c, value_index, type));
    if (array.dimensions.empty())
        array.dimensions = {{0, 1}};
    array.dimensions[0].size = static_cast<std::int32_t>(array.elements.size());
    c.answer(protocol::codec::print_array(array));
}

void pg_array_append(const call& c) {
    add_element(c, 0, 1, false);
}
void pg_array_prepend(const call& c) {
    add_element(c, 1, 0, true);
}

void pg_array_position(const call& c) {
    if (c.null(0)) {
        c.answer_null();
        return;
    }
    const auto array = array_at(c, 0);
    if (!array)
        return;
    const element wanted = text_at(c, 1, type_named(c.text(2)));
    const auto found = std::find(array->elements.begin(), array->elements.end(), wanted);
    if (found == array->elements.end())
        c.answer_null();
    else
        c.answer(std::int64_t{(found - array->elements.begin()) +
                              (array->dimensions.empty() ? 1 : array->dimensions[0].lower)});
}

bool has(const array_literal& array, const element& wanted) {
    return wanted &&
           std::find(array.elements.begin(), array.elements.end(), wanted) != array.elements.end();
}

void pg_array_contains(const call& c) {
    const auto a = array_at(c, 0);
    const auto b = a ? array_at(c, 1) : std::nullopt;
    if (b)
        c.answer(std::all_of(b->elements.begin(), b->elements.end(), [&](const element& one) {
            return has(*a, one);
        }));
}

void pg_array_overlap(const call& c) {
    const auto a = array_at(c, 0);
    const auto b = a ? array_at(c, 1) : std::nullopt;
    if (b)
        c.answer(std::any_of(b->elements.begin(), b->elements.end(), [&](const element& one) {
            return has(*a, one);
        }));
}

void pg_array_to_string(const call& c) {
    if (c.null(0) || c.null(1)) {
        c.answer_null();
        return;
    }
    const auto array = array_at(c, 0);
    if (!array)
        return;
    const bool shows_null = c.count() == 3 && !c.null(2);
    std::string out;
    bool first = true;
    for (const element& one : array->elements) {
        if (!one && !shows_null)
            continue;
        if (!first)
            out += c.text(1);
        out += one ? std::string_view(*one) : c.text(2);
        first = false;
    }
    c.answer(out);
}

void pg_string_to_array(const call& c) {
    if (c.null(0)) {
        c.answer_null();
        return;
    }
    std::vector<element> elements;
    std::string_view rest = c.text(0);
    if (c.null(1)) {  // every character its own element
        while (!rest.empty()) {
            std::size_t size = 1;
            while (size < rest.size() && (rest[size] & 0xc0) == 0x80)
                ++size;
            elements.emplace_back(rest.substr(0, size));
            rest.remove_prefix(size);
        }
    } else if (!rest.empty()) {
        const std::string_view separator = c.text(1);
        while (true) {
            const std::size_t at =
                separator.empty() ? std::string_view::npos : rest.find(separator);
            elements.emplace_back(rest.substr(0, at));
            if (at == std::string_view::npos)
                break;
            rest.remove_prefix(at + separator.size());
        }
    }
    c.answer(print_flat(std::move(elements)));
}

int compare(sqlite3_value* a, sqlite3_value* b, oid type) {
    const auto text = [](sqlite3_value* v) {
        const auto* bytes = static_cast<const char*>(
            sqlite3_value_type(v) == SQLITE_BLOB ? sqlite3_value_blob(v)
                                                 : static_cast<const void*>(sqlite3_value_text(v)));
        return std::string(bytes == nullptr ? "" : bytes,
                           static_cast<std::size_t>(sqlite3_value_bytes(v)));
    };
    if (type == type_oid::numeric)
        return compare_numeric_text(text(a), text(b));
    if (type == type_oid::interval)
        return compare_interval_text(text(a), text(b));
    const bool integers =
        sqlite3_value_type(a) == SQLITE_INTEGER && sqlite3_value_type(b) == SQLITE_INTEGER;
    if (integers) {
        const auto x = sqlite3_value_int64(a);
        const auto y = sqlite3_value_int64(b);
        return x < y ? -1 : x > y ? 1 : 0;
    }
    if (type == type_oid::float4 || type == type_oid::float8) {
        const double x = sqlite3_value_double(a);
        const double y = sqlite3_value_double(b);
        return x < y ? -1 : x > y ? 1 : 0;
    }
    return text(a).compare(text(b));
}

void extreme(const call& c, int sign) {
    if (c.count() < 1 || c.null(0)) {
        c.answer_null();
        return;
    }
    const oid type = type_named(c.text(0));
    int best = 0;
    for (int i = 1; i < c.count(); ++i) {
        if (!c.null(i) && (best == 0 || compare(c.raw(i), c.raw(best), type) * sign > 0))
            best = i;
    }
    if (best == 0)
        c.answer_null();
    else
        c.answer_value(best);
}

void pg_greatest(const call& c) {
    extreme(c, 1);
}
void pg_least(const call& c) {
    extreme(c, -1);
}

constexpr definition list[] = {
    {"pg_array", -1, pg_array, false},
    {"pg_array_to_json", 2, pg_array_to_json},
    {"pg_array_get", 3, pg_array_get},
    {"pg_array_length", 2, pg_array_length},
    {"pg_cardinality", 1, pg_cardinality},
    {"pg_array_cat", 2, pg_array_cat, false},
    {"pg_array_append", 3, pg_array_append, false},
    {"pg_array_prepend", 3, pg_array_prepend, false},
    {"pg_array_position", 3, pg_array_position, false},
    {"pg_array_contains", 2, pg_array_contains},
    {"pg_array_overlap", 2, pg_array_overlap},
    {"pg_array_to_string", 2, pg_array_to_string, false},
    {"pg_array_to_string", 3, pg_array_to_string, false},
    {"pg_string_to_array", 2, pg_string_to_array, false},
    {"pg_greatest", -1, pg_greatest, false},
    {"pg_least", -1, pg_least, false},
};

}  // namespace

void register_arrays(connection& target) {
    define(target, list);
}

}  // namespace pgduet::store::sqlite::functions
