// Function calls, aggregates and windows.
#include <algorithm>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/sql/known_functions.hpp"
#include "shadow/sql/rules/functions.hpp"
#include "shadow/sql/translate_internal.hpp"

namespace pgduet::sql {
namespace {

namespace type_oid = protocol::type_oid;
using protocol::oid;

// WindowDef.frameOptions bits (parsenodes.h).
enum frame_bit : std::int64_t {
    frame_nondefault = 0x1,
    frame_range = 0x2,
    frame_rows = 0x4,
    frame_groups = 0x8,
    frame_between = 0x10,
    start_unbounded_preceding = 0x20,
    end_unbounded_following = 0x100,
    start_current_row = 0x200,
    end_current_row = 0x400,
    start_offset_preceding = 0x800,
    end_offset_preceding = 0x1000,
    start_offset_following = 0x2000,
    end_offset_following = 0x4000,
    exclude_current_row = 0x8000,
    exclude_group = 0x10000,
    exclude_ties = 0x20000,
};

}  // namespace

void translator::no_function(std::string_view name,
                             const std::vector<expression>& given,
                             int location) {
    // A function PostgreSQL has and the tables lack is a limit of ours, not an error of the client.
    const bool listed = !functions_named(name).empty() || !aggregates_named(name).empty() ||
                        !window_functions_named(name).empty();
    if (!listed && (effect_of(name) != function_effect::unknown || depends_on_order(name)))
        unsupported("function " + std::string(name), location);
    std::string list;
    for (const expression& e : given)
        list += (list.empty() ? "" : ", ") + display_name(e.type.type);
    fail(protocol::sqlstate::undefined_function,
         "function " + std::string(name) + "(" + list + ") does not exist",
         location,
         "No function matches the given name and argument types. You might need to add explicit "
         "type casts.");
}

std::string translator::fill(const signature& row,
                             const resolution& chosen,
                             const std::vector<expression>& given) {
    std::vector<expression> arguments;
    for (std::size_t i = 0; i < given.size(); ++i)
        arguments.push_back(coerce(given[i], {chosen.argument_types[i], -1}, coercion::implicit));
    // Output functions, not casts: a boolean prints t or f here.
    const auto as_text = [&](std::size_t i) {
        if (arguments[i].type.type == type_oid::boolean)
            return "CASE " + arguments[i].sql + " WHEN 1 THEN 't' WHEN 0 THEN 'f' END";
        return coerce(arguments[i], {type_oid::text, -1}, coercion::explicit_).sql;
    };
    const auto type_text = [&](std::size_t i) {
        return quote_text(type_name(chosen.argument_types[i]));
    };
    std::string result;
    for (std::string_view rest = row.text; !rest.empty();) {
        if (rest[0] != '$') {
            result += rest[0];
            rest.remove_prefix(1);
            continue;
        }
        const auto list = [&](auto print) {
            for (std::size_t i = 0; i < arguments.size(); ++i)
                result += (i ? ", " : "") + print(i);
        };
        if (rest.starts_with("$text")) {
            list(as_text);
            rest.remove_prefix(5);
        } else if (rest.starts_with("$pairs")) {
            list([&](std::size_t i) {
                return i % 2 == 0 ? as_text(i) : type_text(i) + ", " + arguments[i].sql;
            });
            rest.remove_prefix(6);
        } else if (rest.starts_with("$**")) {
            list([&](std::size_t i) { return type_text(i) + ", " + arguments[i].sql; });
            rest.remove_prefix(3);
        } else if (rest[1] == 't' || rest[1] == 'e' || rest[1] == 'c') {
            const std::size_t i = static_cast<std::size_t>(rest[2] - '1');
            const oid type = chosen.argument_types[i];
            if (rest[1] == 't')
                result += type_text(i);
            else if (rest[1] == 'e')
                result += quote_text(type_name(element_of(type)));
            else if (const auto collation = collation_of(type); !collation.empty())
                result += " COLLATE " + std::string(collation);
            rest.remove_prefix(3);
        } else {
            result += arguments[static_cast<std::size_t>(rest[1] - '1')].sql;
            rest.remove_prefix(2);
        }
    }
    return result;
}

expression translator::function_call(const node& n, scope& in) {
    const auto names = n.strings("funcname");
    const std::string& name = names.back();
    if (names.size() > 1 && names.front() != "pg_catalog" && names.front() != "public")
        fail("3F000", "schema \"" + names.front() + "\" does not exist", n.location());
    if (n.flag("func_variadic"))
        unsupported("FuncCall.func_variadic", n.location());
    const bool star = n.flag("agg_star");
    const bool distinct = n.flag("agg_distinct");
    const node filter = n.child("agg_filter");
    const node over = n.child("over");

    std::vector<expression> arguments = visit_all(n.children("args"), in);
    std::span<const signature> rows = functions_named(name);
    bool aggregate = false;
    if (const auto found = aggregates_named(name); !found.empty()) {
        rows = found;
        aggregate = true;
        in.aggregates = in.aggregates || !over;
    } else if (const auto windows = window_functions_named(name); !windows.empty() && over) {
        rows = windows;
        aggregate = true;
    }
    if (!aggregate && (distinct || filter || over || star))
        fail(protocol::sqlstate::datatype_mismatch,
             "function " + name + " is not an aggregate function",
             n.location());

    expression e;
    e.location = n.location();
    e.name = name;
    e.name_strength = 2;
    std::string text;
    if (star) {
        if (name != "count")
            fail("42809",
                 name + "(*) must be used to call a parameterless aggregate function",
                 n.location());
        text = "count(*)";
        e.type.type = type_oid::int8;
        e.not_null = true;
    } else {
        std::vector<oid> types;
        for (const expression& a : arguments)
            types.push_back(a.type.type);
        // PostgreSQL 15 orders these types but has no min() and max() of them.
        const bool without_extremes =
            !types.empty() && (name == "min" || name == "max") &&
            (types[0] == type_oid::uuid || types[0] == type_oid::boolean ||
             types[0] == type_oid::json || types[0] == type_oid::jsonb ||
             types[0] == type_oid::bytea);
        if (without_extremes)
            no_function(name, arguments, n.location());
        const resolution found = resolve(rows, types);
        if (found.ambiguous)
            fail(
                "42725",
                "function " + name + "(" +
                    [&] {
                        std::string list;
                        for (const oid t : types)
                            list += (list.empty() ? "" : ", ") + display_name(t);
                        return list;
                    }() +
                    ") is not unique",
                n.location(),
                "Could not choose a best candidate function. You might need to add explicit type "
                "casts.");
        if (!found.chosen || !found.result)
            no_function(name, arguments, n.location());
        text = fill(*found.chosen, found, arguments);
        e.type.type = found.result;
        // min, max, lag and their like keep char(n)'s padding but not the modifier.
        e.not_null = name == "count" || name == "now" || name == "row_number" || name == "rank" ||
                     name == "dense_rank";
        if (distinct) {
            // SQLite takes DISTINCT with one argument only.
            if (name == "string_agg") {
                if (!arguments[1].constant || *arguments[1].constant != ",")
                    unsupported("string_agg(DISTINCT) with this separator", n.location());
                text = "group_concat(" + settle(arguments[0]).sql + ")";
            }
            const std::size_t open = text.find('(');
            if (text.starts_with("pg_array_agg"))
                unsupported("array_agg(DISTINCT)", n.location());
            text.insert(open + 1, "DISTINCT ");
        }
    }
    if (n.has("agg_order")) {
        if (name == "string_agg" || name == "array_agg" || name == "json_agg" ||
            name == "jsonb_agg")
            unsupported("FuncCall.agg_order", n.location());
        n.ignore("agg_order");  // the others do not depend on the order
    }
    if (filter)
        text += " FILTER (WHERE " + condition(filter, in, "FILTER").sql + ")";
    if (over)
        text += " OVER " + window(over, in);
    e.sql = text.find_first_of(" ") == std::string::npos || text.ends_with(')') ? text
                                                                                : "(" + text + ")";
    return e;
}

std::string translator::frame(const node& n, scope& in) {
    const std::int64_t options = n.integer("frameOptions");
    const node start_node = n.child("startOffset");
    const node end_node = n.child("endOffset");
    if (!(options & frame_nondefault))
        return {};
    const auto offset = [&](const node& value) { return settle(visit(value, in)).sql; };
    if ((options & frame_range) && (options & (start_offset_preceding | start_offset_following |
                                               end_offset_preceding | end_offset_following))) {
        for (const node& value : {start_node, end_node})
            if (value && !value.is("A_Const"))
                unsupported("RANGE frame with this offset", n.location());
    }
    std::string start = options & start_unbounded_preceding ? "UNBOUNDED PRECEDING"
                        : options & start_current_row       ? "CURRENT ROW"
                        : options & start_offset_preceding  ? offset(start_node) + " PRECEDING"
                                                            : offset(start_node) + " FOLLOWING";
    std::string text = options & frame_rows ? "ROWS" : options & frame_groups ? "GROUPS" : "RANGE";
    if (options & frame_between) {
        const std::string end = options & end_unbounded_following ? "UNBOUNDED FOLLOWING"
                                : options & end_current_row       ? "CURRENT ROW"
                                : options & end_offset_preceding  ? offset(end_node) + " PRECEDING"
                                                                  : offset(end_node) + " FOLLOWING";
        text += " BETWEEN " + start + " AND " + end;
    } else {
        text += " " + start;
    }
    if (options & exclude_current_row)
        text += " EXCLUDE CURRENT ROW";
    else if (options & exclude_group)
        text += " EXCLUDE GROUP";
    else if (options & exclude_ties)
        text += " EXCLUDE TIES";
    return text;
}

std::string translator::window(const node& n, scope& in) {
    if (n.has("name") && !n.has("partitionClause") && !n.has("orderClause")) {
        const std::string name(n.text("name"));
        n.ignore("frameOptions");
        for (const scope* level = &in; level; level = level->parent)
            if (const auto found = level->windows.find(name); found != level->windows.end())
                return found->second;
        fail(protocol::sqlstate::undefined_object,
             "window \"" + name + "\" does not exist",
             n.location());
    }
    if (n.has("refname"))
        unsupported("WindowDef.refname", n.location());
    std::string text;
    for (const node& key : n.children("partitionClause")) {
        const expression e = settle(visit(key, in));
        const auto collation = collation_of(e.type.type);
        text += (text.empty() ? "PARTITION BY " : ", ") + e.sql +
                (collation.empty() ? "" : " COLLATE " + std::string(collation));
    }
    std::string order;
    for (const node& item : n.children("orderClause"))
        order += (order.empty() ? "ORDER BY " : ", ") + sort_item(item, in, nullptr);
    if (!order.empty())
        text += (text.empty() ? "" : " ") + order;
    if (const std::string f = frame(n, in); !f.empty())
        text += (text.empty() ? "" : " ") + f;
    return "(" + text + ")";
}

}  // namespace pgduet::sql
