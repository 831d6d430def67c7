#include "shadow/sql/infer.hpp"

#include <algorithm>

#include "shadow/sql/rules/casts.hpp"
#include "shadow/sql/rules/types.hpp"

namespace pgduet::sql {
namespace {

using protocol::oid;
using protocol::type_oid::unknown;

// Pseudo types, kept out of the range of real identifiers.
constexpr oid any = 2276;
constexpr oid any_element = 2283;
constexpr oid any_array = 2277;

oid argument_oid(std::string_view name) {
    if (name == "any")
        return any;
    if (name == "anyelement")
        return any_element;
    if (name == "anyarray")
        return any_array;
    const protocol::type_info* info = protocol::find_type(name);
    return info ? info->id : 0;
}

struct candidate {
    const signature* row;
    std::vector<oid> arguments;
};

// The declared argument types, repeated for a variadic tail; nothing when the counts differ.
std::optional<std::vector<oid>> expand(std::string_view list, std::size_t count) {
    std::vector<oid> result;
    bool variadic = false;
    while (!list.empty()) {
        std::string_view item = list.substr(0, list.find(','));
        list.remove_prefix(std::min(list.size(), item.size() + 1));
        while (item.starts_with(' '))
            item.remove_prefix(1);
        if (item.ends_with("...")) {
            variadic = true;
            item.remove_suffix(3);
        }
        result.push_back(argument_oid(item));
    }
    if (variadic) {
        if (count + 1 < result.size())
            return std::nullopt;
        const oid last = result.back();
        result.resize(count, last);
    }
    if (result.size() != count)
        return std::nullopt;
    return result;
}

bool accepts(oid declared, oid actual) {
    if (declared == any || declared == any_element)
        return true;
    if (declared == any_array)
        return actual == unknown || element_of(actual) != 0;
    return actual == unknown || can_cast(actual, declared, coercion::implicit);
}

bool is_pseudo(oid type) {
    return type == any || type == any_element || type == any_array;
}

// Fixes polymorphic arguments to the actual types; 0 result when they contradict each other.
bool bind_polymorphic(std::vector<oid>& arguments, std::span<const oid> actual, oid& element) {
    element = 0;
    std::vector<oid> elements;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (actual[i] == unknown)
            continue;
        if (arguments[i] == any_element)
            elements.push_back(actual[i]);
        else if (arguments[i] == any_array)
            elements.push_back(element_of(actual[i]));
    }
    const bool polymorphic = std::any_of(arguments.begin(), arguments.end(), [](oid t) {
        return t == any_element || t == any_array;
    });
    if (!polymorphic) {
        for (std::size_t i = 0; i < arguments.size(); ++i)
            if (arguments[i] == any)
                arguments[i] = actual[i] == unknown ? protocol::type_oid::text : actual[i];
        return true;
    }
    element = elements.empty() ? protocol::type_oid::text : common_type(elements);
    if (!element)
        return false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == any_element)
            arguments[i] = element;
        else if (arguments[i] == any_array)
            arguments[i] = array_of(element);
        else if (arguments[i] == any)
            arguments[i] = actual[i] == unknown ? protocol::type_oid::text : actual[i];
    }
    return true;
}

int exact_matches(const candidate& c, std::span<const oid> actual) {
    int count = 0;
    for (std::size_t i = 0; i < actual.size(); ++i)
        if (actual[i] != unknown && c.arguments[i] == actual[i])
            ++count;
    return count;
}

// Exact, or preferred where a conversion is needed (rule 4.d / 10.2 4.d).
int preferred_matches(const candidate& c, std::span<const oid> actual) {
    int count = 0;
    for (std::size_t i = 0; i < actual.size(); ++i)
        if (actual[i] != unknown && (c.arguments[i] == actual[i] || is_preferred(c.arguments[i])))
            ++count;
    return count;
}

template <class Score>
void keep_best(std::vector<candidate>& list, Score score) {
    int best = 0;
    for (const candidate& c : list)
        best = std::max(best, score(c));
    std::erase_if(list, [&](const candidate& c) { return score(c) < best; });
}

// Unknown arguments: prefer strings where any candidate takes one, else the one category.
void settle_unknown(std::vector<candidate>& list, std::span<const oid> actual) {
    for (std::size_t i = 0; i < actual.size() && list.size() > 1; ++i) {
        if (actual[i] != unknown)
            continue;
        const bool takes_string = std::any_of(list.begin(), list.end(), [&](const candidate& c) {
            return category_of(c.arguments[i]) == 'S';
        });
        const char category = takes_string ? 'S' : category_of(list.front().arguments[i]);
        const bool one_category = std::all_of(list.begin(), list.end(), [&](const candidate& c) {
            return category_of(c.arguments[i]) == category;
        });
        if (!takes_string && !one_category)
            continue;
        std::erase_if(list,
                      [&](const candidate& c) { return category_of(c.arguments[i]) != category; });
        keep_best(list, [&](const candidate& c) { return is_preferred(c.arguments[i]) ? 1 : 0; });
    }
}

resolution finish(const candidate& chosen, std::span<const oid> actual) {
    resolution result;
    result.chosen = chosen.row;
    result.argument_types = chosen.arguments;
    oid element = 0;
    if (!bind_polymorphic(result.argument_types, actual, element))
        return {};
    const std::string_view name = chosen.row->result;
    if (name == "anyelement")
        result.result = element;
    else if (name == "anyarray")
        result.result = array_of(element);
    else if (name == "argument")
        result.result = result.argument_types.empty() ? 0 : result.argument_types[0];
    else if (const protocol::type_info* info = protocol::find_type(name))
        result.result = info->id;
    return result;
}

}  // namespace

resolution resolve(std::span<const signature> candidates, std::span<const oid> actual) {
    std::vector<candidate> list;
    for (const signature& row : candidates) {
        auto arguments = expand(row.arguments, actual.size());
        if (!arguments)
            continue;
        bool fits = true;
        for (std::size_t i = 0; i < actual.size(); ++i)
            fits = fits && accepts((*arguments)[i], actual[i]);
        if (fits)
            list.push_back({&row, std::move(*arguments)});
    }
    // A pair of one known and one unknown operand: first assume they are alike.
    if (list.size() > 1 && actual.size() == 2 && (actual[0] == unknown) != (actual[1] == unknown)) {
        const oid alike = actual[0] == unknown ? actual[1] : actual[0];
        for (const candidate& c : list)
            if (c.arguments[0] == alike && c.arguments[1] == alike)
                return finish(c, actual);
    }
    if (list.size() > 1)
        keep_best(list, [&](const candidate& c) { return exact_matches(c, actual); });
    if (list.size() > 1)
        std::stable_partition(list.begin(), list.end(), [](const candidate& c) {
            return std::none_of(c.arguments.begin(), c.arguments.end(), is_pseudo);
        });
    if (list.size() > 1)
        keep_best(list, [&](const candidate& c) { return preferred_matches(c, actual); });
    if (list.size() > 1)
        settle_unknown(list, actual);
    if (list.empty())
        return {};
    if (list.size() > 1) {
        // Last resort of the manual: take unknown arguments to have the known ones' type.
        oid known = unknown;
        for (const oid type : actual)
            known = type != unknown ? type : known;
        for (const candidate& c : list)
            if (known != unknown && std::all_of(c.arguments.begin(), c.arguments.end(), [&](oid t) {
                    return accepts(t, known);
                }))
                return finish(c, actual);
        resolution result;
        result.ambiguous = true;
        return result;
    }
    return finish(list.front(), actual);
}

oid common_type(std::span<const oid> types) {
    oid chosen = unknown;
    for (const oid type : types) {
        if (type == unknown || type == chosen)
            continue;
        if (chosen == unknown) {
            chosen = type;
        } else if (category_of(type) != category_of(chosen)) {
            return 0;
        } else if (!is_preferred(chosen) && can_cast(chosen, type, coercion::implicit) &&
                   !can_cast(type, chosen, coercion::implicit)) {
            chosen = type;
        }
    }
    return chosen == unknown ? protocol::type_oid::text : chosen;
}

}  // namespace pgduet::sql
