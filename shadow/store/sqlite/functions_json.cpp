#include <algorithm>

#include "protocol/sql_types/array_literal.hpp"
#include "protocol/sql_types/json_tree.hpp"
#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/store/sqlite/decimal.hpp"
#include "shadow/store/sqlite/json_text.hpp"

/// json and jsonb: access, containment, change and construction.
namespace pgduet::store::sqlite::functions {
namespace {

namespace sqlstate = protocol::sqlstate;
using kind = json_value::kind;

bool is_jsonb(const call& c, int i) {
    return c.text(i) == "jsonb";
}

std::optional<json_value> json_at(const call& c, int i) {
    auto value = read_json(c.text(i));
    if (!value)
        c.raise(sqlstate::invalid_text_representation, "invalid input syntax for type json");
    return value;
}

void answer_found(const call& c, const json_value* found, bool as_text, bool jsonb) {
    if (found == nullptr || (as_text && found->what == kind::null))
        c.answer_null();
    else if (as_text && found->what == kind::string)
        c.answer(json_unescape(found->source));
    else
        answer_json(c, std::string(found->source), jsonb);
}

const json_value* step(const json_value& from, const call& c, int key) {
    return c.type(key) == SQLITE_INTEGER ? from.element(c.integer(key)) : from.member(c.text(key));
}

void get(const call& c, bool as_text) {
    if (const auto value = json_at(c, 0))
        answer_found(c, step(*value, c, 1), as_text, is_jsonb(c, 2));
}
void pg_json_get(const call& c) {
    get(c, false);
}
void pg_json_get_text(const call& c) {
    get(c, true);
}

using path = std::vector<std::optional<std::string>>;

std::optional<std::int64_t> index_of(const std::string& text) {
    char* end = nullptr;
    const long long value = std::strtoll(text.c_str(), &end, 10);
    if (text.empty() || *end != '\0')
        return std::nullopt;
    return value;
}

const json_value* walk(const json_value& from, const path& steps) {
    const json_value* at = &from;
    for (const auto& one : steps) {
        if (at == nullptr || !one)
            return nullptr;
        if (at->what == kind::array) {
            const auto index = index_of(*one);
            at = index ? at->element(*index) : nullptr;
        } else {
            at = at->member(*one);
        }
    }
    return at;
}

void get_path(const call& c, bool as_text) {
    const auto value = json_at(c, 0);
    if (!value)
        return;
    const auto steps = protocol::codec::read_array(c.text(1));
    if (!steps)
        c.raise(steps.error());
    else
        answer_found(c, walk(*value, steps->elements), as_text, is_jsonb(c, 2));
}
void pg_json_path(const call& c) {
    get_path(c, false);
}
void pg_json_path_text(const call& c) {
    get_path(c, true);
}

bool same_scalar(const json_value& a, const json_value& b) {
    if (a.what != b.what)
        return false;
    if (a.what == kind::number) {
        const auto x = decimal::parse(a.source);
        const auto y = decimal::parse(b.source);
        return x && y ? *x == *y : a.source == b.source;
    }
    if (a.what == kind::string)
        return json_unescape(a.source) == json_unescape(b.source);
    return a.source == b.source;
}

bool is_scalar(const json_value& value) {
    return value.what != kind::array && value.what != kind::object;
}

/// PostgreSQL's @>: structure and data of `b` are in `a`.
bool contains(const json_value& a, const json_value& b, bool top) {
    if (b.what == kind::object) {
        return a.what == kind::object &&
               std::all_of(b.members.begin(), b.members.end(), [&](const auto& one) {
                   const json_value* mine = a.member(one.first);
                   return mine != nullptr && contains(*mine, one.second, false);
               });
    }
    const auto holds = [&](const json_value& wanted) {
        return std::any_of(a.members.begin(), a.members.end(), [&](const auto& mine) {
            return is_scalar(wanted)
                       ? same_scalar(mine.second, wanted)
                       : mine.second.what == wanted.what && contains(mine.second, wanted, false);
        });
    };
    if (b.what == kind::array) {
        return a.what == kind::array &&
               std::all_of(b.members.begin(), b.members.end(), [&](const auto& one) {
                   return holds(one.second);
               });
    }
    if (top && a.what == kind::array)
        return holds(b);  // the one exception: an array may contain a bare scalar
    return same_scalar(a, b);
}

void pg_jsonb_contains(const call& c) {
    const auto a = json_at(c, 0);
    const auto b = a ? json_at(c, 1) : std::nullopt;
    if (b)
        c.answer(contains(*a, *b, true));
}

void pg_jsonb_exists(const call& c) {
    const auto value = json_at(c, 0);
    if (!value)
        return;
    const std::string_view key = c.text(1);
    const auto is_key = [&](const json_value& one) {
        return one.what == kind::string && json_unescape(one.source) == key;
    };
    if (value->what == kind::object)
        c.answer(value->member(key) != nullptr);
    else if (value->what == kind::array)
        c.answer(std::any_of(value->members.begin(), value->members.end(), [&](const auto& one) {
            return is_key(one.second);
        }));
    else
        c.answer(is_key(*value));
}

/// Members as text, for putting a changed object or array together again.
using parts = std::vector<std::pair<std::string, std::string>>;

parts parts_of(const json_value& value) {
    parts out;
    for (const auto& [key, member] : value.members)
        out.emplace_back(key, member.source);
    return out;
}

std::string assembled(const parts& all, kind what) {
    std::string out = what == kind::object ? "{" : "[";
    for (const auto& [key, source] : all) {
        if (out.size() > 1)
            out += ", ";
        if (what == kind::object)
            out += json_string(key) + ": ";
        out += source;
    }
    return out + (what == kind::object ? "}" : "]");
}

void pg_jsonb_concat(const call& c) {
    const auto a = json_at(c, 0);
    const auto b = a ? json_at(c, 1) : std::nullopt;
    if (!b)
        return;
    if (a->what == kind::object && b->what == kind::object) {
        parts all = parts_of(*a);
        for (auto& one : parts_of(*b))
            all.push_back(std::move(one));
        answer_json(c, assembled(all, kind::object), true);
        return;
    }
    parts all;
    for (const json_value* const one : {&*a, &*b}) {
        if (one->what == kind::array) {
            for (auto& part : parts_of(*one))
                all.push_back(std::move(part));
        } else {
            all.emplace_back("", one->source);
        }
    }
    answer_json(c, assembled(all, kind::array), true);
}

void pg_jsonb_delete(const call& c) {
    const auto value = json_at(c, 0);
    if (!value)
        return;
    if (is_scalar(*value)) {
        c.raise(sqlstate::invalid_parameter_value, "cannot delete from scalar");
        return;
    }
    parts all = parts_of(*value);
    if (c.type(1) == SQLITE_INTEGER) {
        if (value->what == kind::object) {
            c.raise(sqlstate::invalid_parameter_value,
                    "cannot delete from object using integer index");
            return;
        }
        const auto size = static_cast<std::int64_t>(all.size());
        const std::int64_t index = c.integer(1) < 0 ? size + c.integer(1) : c.integer(1);
        if (index >= 0 && index < size)
            all.erase(all.begin() + index);
    } else if (value->what == kind::object) {
        std::erase_if(all, [&](const auto& one) { return one.first == c.text(1); });
    } else {
        std::erase_if(all, [&](const auto& one) {
            return one.second.starts_with('"') && json_unescape(one.second) == c.text(1);
        });
    }
    answer_json(c, assembled(all, value->what), true);
}

std::string set_path(const json_value& value,
                     const path& steps,
                     std::size_t at,
                     const std::string& fresh,
                     bool create) {
    if (at == steps.size())
        return fresh;
    parts all = parts_of(value);
    const bool last = at + 1 == steps.size();
    if (!steps[at] || is_scalar(value))
        return std::string(value.source);
    if (value.what == kind::object) {
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (all[i].first == *steps[at]) {
                all[i].second = set_path(value.members[i].second, steps, at + 1, fresh, create);
                return assembled(all, kind::object);
            }
        }
        if (last && create)
            all.emplace_back(*steps[at], fresh);
        return assembled(all, kind::object);
    }
    const auto wanted = index_of(*steps[at]);
    if (!wanted)
        return std::string(value.source);
    const auto size = static_cast<std::int64_t>(all.size());
    const std::int64_t index = *wanted < 0 ? size + *wanted : *wanted;
    if (index >= 0 && index < size) {
        const auto i = static_cast<std::size_t>(index);
        all[i].second = set_path(value.members[i].second, steps, at + 1, fresh, create);
    } else if (last && create) {
        all.insert(index < 0 ? all.begin() : all.end(), {"", fresh});
    }
    return assembled(all, kind::array);
}

void pg_jsonb_set(const call& c) {
    const auto value = json_at(c, 0);
    if (!value)
        return;
    const auto steps = protocol::codec::read_array(c.text(1));
    if (!steps) {
        c.raise(steps.error());
        return;
    }
    if (is_scalar(*value)) {
        c.raise(sqlstate::invalid_parameter_value, "cannot set path in scalar");
        return;
    }
    answer_json(
        c, set_path(*value, steps->elements, 0, std::string(c.text(2)), c.integer(3) != 0), true);
}

void pg_json_build_object(const call& c) {
    const bool jsonb = c.count() > 0 && is_jsonb(c, 0);
    std::string out = "{";
    for (int i = 1; i + 2 < c.count(); i += 3) {
        if (c.null(i)) {
            c.raise(sqlstate::invalid_parameter_value,
                    "argument " + std::to_string((i - 1) / 3 * 2 + 1) + ": key must not be null");
            return;
        }
        out += (out.size() > 1 ? ", " : "") + json_string(c.text(i)) + (jsonb ? ": " : " : ") +
               json_of(c.raw(i + 2), type_named(c.text(i + 1)));
    }
    answer_json(c, out + "}", jsonb);
}

void pg_json_build_array(const call& c) {
    std::string out = "[";
    for (int i = 1; i + 1 < c.count(); i += 2)
        out += (out.size() > 1 ? ", " : "") + json_of(c.raw(i + 1), type_named(c.text(i)));
    answer_json(c, out + "]", c.count() > 0 && is_jsonb(c, 0));
}

void pg_to_json(const call& c) {
    answer_json(c, json_of(c.raw(0), type_named(c.text(1))), is_jsonb(c, 2));
}

void pg_json_typeof(const call& c) {
    static constexpr const char* names[] = {
        "null", "boolean", "number", "string", "array", "object"};
    if (const auto value = json_at(c, 0))
        c.answer(names[static_cast<int>(value->what)]);
}

void pg_json_array_length(const call& c) {
    const auto value = json_at(c, 0);
    if (!value)
        return;
    if (value->what == kind::array)
        c.answer(static_cast<std::int64_t>(value->members.size()));
    else
        c.raise(sqlstate::invalid_parameter_value,
                value->what == kind::object ? "cannot get array length of a non-array"
                                            : "cannot get array length of a scalar");
}

constexpr definition list[] = {
    {"pg_json_get", 3, pg_json_get},
    {"pg_json_get_text", 3, pg_json_get_text},
    {"pg_json_path", 3, pg_json_path},
    {"pg_json_path_text", 3, pg_json_path_text},
    {"pg_jsonb_contains", 2, pg_jsonb_contains},
    {"pg_jsonb_exists", 2, pg_jsonb_exists},
    {"pg_jsonb_concat", 2, pg_jsonb_concat},
    {"pg_jsonb_delete", 2, pg_jsonb_delete},
    {"pg_jsonb_set", 4, pg_jsonb_set},
    {"pg_json_build_object", -1, pg_json_build_object, false},
    {"pg_json_build_array", -1, pg_json_build_array, false},
    {"pg_to_json", 3, pg_to_json},
    {"pg_json_typeof", 1, pg_json_typeof},
    {"pg_json_array_length", 1, pg_json_array_length},
};

}  // namespace

void register_json(connection& target) {
    define(target, list);
}

}  // namespace pgduet::store::sqlite::functions
