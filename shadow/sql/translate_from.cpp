// FROM: tables, subqueries, functions, joins; what names they bring into scope.
#include <algorithm>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/sql/translate_internal.hpp"

namespace pgduet::sql {
namespace {

namespace type_oid = protocol::type_oid;
using protocol::oid;

const scope_column* find_column(const std::vector<scope_column>& columns, const std::string& name) {
    for (const scope_column& column : columns)
        if (column.name == name)
            return &column;
    return nullptr;
}

void make_nullable(std::vector<scope_column>& columns) {
    for (scope_column& column : columns)
        column.not_null = false;
}

void append(std::vector<scope_column>& to, const std::vector<scope_column>& from) {
    to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

std::shared_ptr<const relation_info> translator::find_relation(std::string_view schema,
                                                               std::string_view name) const {
    return relations_.find(schema, name);
}

std::shared_ptr<const relation_info> translator::relation_of(const node& n) {
    const std::string schema(n.text("schemaname"));
    const std::string name(n.text("relname"));
    if (n.has("catalogname"))
        unsupported("RangeVar.catalogname", n.location());
    n.ignore("inh");
    n.ignore("relpersistence");
    auto found = find_relation(schema, name);
    if (!found)
        fail(protocol::sqlstate::undefined_table,
             "relation \"" + (schema.empty() ? "" : schema + ".") + name + "\" does not exist",
             n.location());
    return found;
}

const cte* translator::find_cte(std::string_view name, const scope& in) const {
    for (const scope* level = &in; level; level = level->parent)
        for (auto it = level->ctes.rbegin(); it != level->ctes.rend(); ++it)
            if (it->name == name)
                return &*it;
    return nullptr;
}

scope_relation translator::relation_scope(const std::shared_ptr<const relation_info>& info,
                                          const std::string& alias,
                                          const std::string& qualifier) {
    scope_relation relation;
    relation.alias = alias;
    relation.info = info;
    const std::string prefix = qualifier.empty() ? "" : quote_name(qualifier) + ".";
    for (const column_info& column : info->columns)
        relation.columns.push_back({column.name,
                                    {column.type, column.type_modifier},
                                    prefix + quote_name(column.name),
                                    column.not_null});
    return relation;
}

void translator::rename_columns(const node& alias,
                                std::vector<scope_column>& columns,
                                int location) {
    const auto names = alias.strings("colnames");
    if (names.size() > columns.size())
        fail("42P10",
             "table \"" + std::string(alias.text("aliasname")) + "\" has " +
                 std::to_string(columns.size()) + " columns available but " +
                 std::to_string(names.size()) + " columns specified",
             location);
    for (std::size_t i = 0; i < names.size(); ++i)
        columns[i].name = names[i];
}

std::string translator::from_clause(const std::vector<node>& items, scope& in) {
    std::string text;
    for (const node& item : items) {
        std::vector<scope_column> visible;
        const std::string one = from_item(item, in, visible);
        // A comma binds like a join in SQLite: a later item that keeps unmatched right rows must
        // not take what stands before it for its left side.
        const bool apart = !text.empty() && (one.find(" RIGHT JOIN ") != std::string::npos ||
                                             one.find(" FULL JOIN ") != std::string::npos);
        text += (text.empty() ? " FROM " : ", ") + (apart ? "(" + one + ")" : one);
        append(in.visible, visible);
    }
    return text;
}

std::string translator::from_item(const node& n, scope& in, std::vector<scope_column>& visible) {
    if (n.is("RangeVar"))
        return range_variable(n, in, visible);
    if (n.is("RangeSubselect"))
        return range_subselect(n, in, visible);
    if (n.is("RangeFunction"))
        return range_function(n, in, visible);
    if (n.is("JoinExpr"))
        return join(n, in, visible);
    unsupported(n.tag(), n.location());
}

std::string translator::range_variable(const node& n,
                                       scope& in,
                                       std::vector<scope_column>& visible) {
    const std::string name(n.text("relname"));
    const node alias = n.child("alias");
    const std::string as(alias ? alias.text("aliasname") : n.text("relname"));
    for (const scope_relation& other : in.relations)
        if (other.alias == as)
            fail("42712", "table name \"" + as + "\" specified more than once", n.location());
    scope_relation relation;
    std::string text;
    if (const cte* found = n.has("schemaname") ? nullptr : find_cte(name, in)) {
        n.ignore("inh");
        n.ignore("relpersistence");
        relation.alias = as;
        relation.columns = found->columns;
        for (scope_column& column : relation.columns)
            column.sql = quote_name(as) + "." + column.sql;
        text = quote_name(name) + (as == name ? "" : " AS " + quote_name(as));
    } else {
        const auto info = relation_of(n);
        const bool system = info->schema == "pg_catalog" || info->schema == "information_schema";
        relation = relation_scope(info, as, as);
        text = (system ? quote_name(info->schema) + "." : "") + quote_name(info->name) +
               (as == info->name ? "" : " AS " + quote_name(as));
    }
    if (alias)
        rename_columns(alias, relation.columns, n.location());
    append(visible, relation.columns);
    in.relations.push_back(std::move(relation));
    return text;
}

std::string translator::range_subselect(const node& n,
                                        scope& in,
                                        std::vector<scope_column>& visible) {
    if (n.flag("lateral"))
        unsupported("LATERAL", n.location());
    const node alias = n.child("alias");
    if (!alias)
        fail(protocol::sqlstate::syntax_error, "subquery in FROM must have an alias", n.location());
    // A subquery sees the WITH names around it but not its neighbours in FROM.
    scope outer;
    outer.parent = in.parent;
    outer.ctes = in.ctes;
    query q = select(n.child("subquery"), &outer);
    const std::vector<typed> types = settled_types(q);
    scope_relation relation;
    relation.alias = std::string(alias.text("aliasname"));
    for (const scope_relation& other : in.relations)
        if (other.alias == relation.alias)
            fail("42712", "table name \"" + relation.alias + "\" specified more than once");
    for (std::size_t i = 0; i < types.size(); ++i)
        relation.columns.push_back({q.outputs[i].name,
                                    types[i],
                                    quote_name(relation.alias) + "." + quote_name(q.aliases[i]),
                                    false});
    rename_columns(alias, relation.columns, n.location());
    append(visible, relation.columns);
    const std::string text = "(" + render(q, types) + ") AS " + quote_name(relation.alias);
    in.relations.push_back(std::move(relation));
    return text;
}

std::string translator::range_function(const node& n,
                                       scope& in,
                                       std::vector<scope_column>& visible) {
    if (n.flag("is_rowsfrom") || n.has("coldeflist"))
        unsupported("ROWS FROM", n.location());
    n.ignore("lateral");
    const bool ordinality = n.flag("ordinality");
    const auto functions = n.children("functions");
    const auto items = functions.front().children("items");
    const node call = items.front();
    if (!call.is("FuncCall"))
        unsupported("RangeFunction with " + std::string(call.tag()), call.location());
    const std::string name = call.strings("funcname").back();
    const std::vector<expression> arguments = visit_all(call.children("args"), in);
    const node alias = n.child("alias");
    scope_relation relation;
    relation.alias = std::string(alias ? alias.text("aliasname") : std::string_view(name));
    const std::string prefix = quote_name(relation.alias) + ".";
    // A single column takes the alias's name.
    const std::string column = relation.alias;
    std::string text;
    if (name == "generate_series" && (arguments.size() == 2 || arguments.size() == 3)) {
        const oid type = common(arguments, "generate_series");
        if (!is_integer(type))
            unsupported("generate_series over " + display_name(type), call.location());
        std::vector<std::string> bounds;
        for (const expression& e : arguments)
            bounds.push_back(coerce(e, {type, -1}, coercion::implicit).sql);
        if (arguments.size() == 2)
            bounds.push_back("1");
        else if (!arguments[2].constant)
            unsupported("generate_series with a step that is not a constant", call.location());
        else if (*arguments[2].constant == "0")
            fail("22023", "step size cannot equal zero", call.location());
        for (const std::string& bound : bounds)
            if (bound.find("\".\"") != std::string::npos)
                unsupported("generate_series over columns of FROM", call.location());
        // No virtual table needed, so the text also works in views other programs read.
        const bool down = bounds[2].starts_with("(-");
        const std::string within = down ? " >= " : " <= ";
        text = "(WITH RECURSIVE pg_series(value, stop) AS (SELECT first, last FROM (SELECT " +
               bounds[0] + " AS first, " + bounds[1] + " AS last) WHERE first" + within +
               "last UNION ALL SELECT value + " + bounds[2] +
               ", stop FROM pg_series WHERE value + " + bounds[2] + within +
               "stop) SELECT value FROM pg_series)";
        relation.columns.push_back({column, {type, -1}, prefix + "\"value\"", true});
        if (ordinality)
            unsupported("generate_series WITH ORDINALITY", call.location());
    } else if (name == "unnest" && arguments.size() == 1) {
        expression array = settle(arguments[0]);
        const oid element = category_of(array.type.type) == 'A' ? element_of(array.type.type) : 0;
        if (!element)
            no_function(name, arguments, call.location());
        text = "json_each(pg_array_to_json(" + array.sql + ", " + quote_text(type_name(element)) +
               "))";
        relation.columns.push_back({column, {element, -1}, prefix + "\"value\"", false});
        if (ordinality)
            relation.columns.push_back(
                {"ordinality", {type_oid::int8, -1}, "(" + prefix + "\"key\" + 1)", true});
    } else {
        unsupported("function " + name + " in FROM", call.location());
    }
    if (alias)
        rename_columns(alias, relation.columns, call.location());
    append(visible, relation.columns);
    text += " AS " + quote_name(relation.alias);
    in.relations.push_back(std::move(relation));
    return text;
}

std::string translator::join(const node& n, scope& in, std::vector<scope_column>& visible) {
    const std::string_view type = n.text("jointype");
    const bool left_outer = type == "JOIN_LEFT" || type == "JOIN_FULL";
    const bool right_outer = type == "JOIN_RIGHT" || type == "JOIN_FULL";
    n.ignore("rtindex");
    std::vector<scope_column> left, right;
    const std::size_t first_left = in.relations.size();
    const std::string left_text = from_item(n.child("larg"), in, left);
    const std::size_t first_right = in.relations.size();
    const node right_node = n.child("rarg");
    std::string right_text = from_item(right_node, in, right);
    if (right_node.is("JoinExpr"))
        right_text = "(" + right_text + ")";
    for (std::size_t i = first_left; i < in.relations.size(); ++i)
        if (i < first_right ? right_outer : left_outer)
            make_nullable(in.relations[i].columns);
    if (right_outer)
        make_nullable(left);
    if (left_outer)
        make_nullable(right);

    std::vector<std::string> shared = n.strings("usingClause");
    if (n.flag("isNatural"))
        for (const scope_column& column : left)
            if (find_column(right, column.name))
                shared.push_back(column.name);
    std::string on;
    std::vector<scope_column> merged;
    for (const std::string& name : shared) {
        const scope_column* l = find_column(left, name);
        const scope_column* r = find_column(right, name);
        if (!l || !r)
            fail(protocol::sqlstate::undefined_column,
                 "column \"" + name + "\" specified in USING clause does not exist in " +
                     (l ? "right" : "left") + " table");
        expression a, b;
        a.sql = l->sql;
        a.type = l->type;
        b.sql = r->sql;
        b.type = r->type;
        on += (on.empty() ? "" : " AND ") + compare("=", a, b, -1).sql;
        scope_column both = type == "JOIN_RIGHT" ? *r : *l;
        const std::vector<oid> types = {l->type.type, r->type.type};
        both.type = l->type == r->type ? l->type : typed{common_type(types), -1};
        if (type == "JOIN_FULL")
            both.sql = "coalesce(" + l->sql + ", " + r->sql + ")";
        merged.push_back(both);
    }
    const auto is_shared = [&](const scope_column& c) {
        return std::find(shared.begin(), shared.end(), c.name) != shared.end();
    };
    visible = merged;
    for (const auto* side : {&left, &right})
        for (const scope_column& column : *side)
            if (!is_shared(column))
                visible.push_back(column);

    if (const node quals = n.child("quals")) {
        // ON sees the two sides only, and names outside.
        scope inner;
        inner.parent = in.parent;
        inner.ctes = in.ctes;
        inner.visible = visible;
        inner.relations.assign(in.relations.begin() + static_cast<std::ptrdiff_t>(first_left),
                               in.relations.end());
        on = condition(quals, inner, "JOIN/ON").sql;
    }
    if (n.child("alias"))
        unsupported("JoinExpr.alias");
    const std::string word = type == "JOIN_LEFT"    ? " LEFT JOIN "
                             : type == "JOIN_RIGHT" ? " RIGHT JOIN "
                             : type == "JOIN_FULL"  ? " FULL JOIN "
                             : on.empty()           ? " CROSS JOIN "
                                                    : " JOIN ";
    return left_text + word + right_text + (on.empty() ? "" : " ON " + on);
}

}  // namespace pgduet::sql
