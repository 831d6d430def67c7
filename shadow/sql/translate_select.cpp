// SELECT, VALUES, set operations, WITH; target lists, ordering, limits.
#include <algorithm>
#include <cctype>
#include <set>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/sql/translate_internal.hpp"

namespace pgduet::sql {
namespace {

namespace type_oid = protocol::type_oid;
using protocol::oid;

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

// SQLite's column names are case-insensitive and must differ where an outer query uses them.
void make_aliases(query& q) {
    std::set<std::string> used;
    for (const expression& e : q.outputs) {
        std::string alias = e.name;
        for (int i = 2; !used.insert(lower(alias)).second; ++i)
            alias = e.name + "_" + std::to_string(i);
        q.aliases.push_back(alias);
    }
}

std::string collate_suffix(oid type) {
    const std::string_view collation = collation_of(type);
    return collation.empty() ? "" : " COLLATE " + std::string(collation);
}

}  // namespace

query translator::select(const node& n, scope* parent, const std::vector<cte>* extra) {
    scope in;
    in.parent = parent;
    if (extra)
        in.ctes = *extra;
    std::string with;
    if (const node clause = n.child("withClause"))
        with = with_clause(clause, in);
    query q;
    if (n.has("valuesLists"))
        q = values(n, in);
    else if (n.text("op") != "SETOP_NONE" && n.has("op"))
        q = set_operation(n, in);
    else
        q = simple_select(n, in);
    q.with = with;
    sort_clause(n, in, q);
    limit_clause(n, in, q);
    // Row locks: the store's write lock covers them.
    for (const node& lock : n.children("lockingClause")) {
        if (lock.text("waitPolicy") == "LockWaitSkip")
            unsupported("FOR UPDATE SKIP LOCKED");
        lock.ignore("strength");
        lock.ignore("lockedRels");
    }
    return q;
}

std::string translator::with_clause(const node& n, scope& in) {
    const bool recursive = n.flag("recursive");
    std::string text = recursive ? "WITH RECURSIVE " : "WITH ";
    bool first = true;
    for (const node& item : n.children("ctes")) {
        const std::string name(item.text("ctename"));
        const node body = item.child("ctequery");
        if (!body.is("SelectStmt"))
            unsupported("CommonTableExpr with " + std::string(body.tag()), item.location());
        const std::vector<std::string> names = item.strings("aliascolnames");
        const std::string_view materialized = item.text("ctematerialized");
        query q;
        cte entry{name, {}};
        const auto columns_of = [&](const query& source, const std::vector<typed>& types) {
            entry.columns.clear();
            for (std::size_t i = 0; i < types.size(); ++i) {
                const std::string column = i < names.size() ? names[i] : source.aliases[i];
                const std::string shown = i < names.size() ? names[i] : source.outputs[i].name;
                entry.columns.push_back({shown, types[i], quote_name(column), false});
            }
        };
        std::vector<typed> types;
        if (recursive && body.text("op") == "SETOP_UNION" && body.has("larg")) {
            // The first arm alone decides the columns the second one may use.
            const node left = body.child("larg");
            scope inner;
            inner.parent = &in;
            query anchor = select(left, &inner);
            types = settled_types(anchor);
            columns_of(anchor, types);
            const std::vector<cte> self = {entry};
            query step = select(body.child("rarg"), &inner, &self);
            if (step.outputs.size() != types.size())
                fail(protocol::sqlstate::syntax_error,
                     "each UNION query must have the same number of columns",
                     item.location());
            const bool all = body.flag("all");
            std::string inner_text =
                render(anchor, types) + (all ? " UNION ALL " : " UNION ") + render(step, types);
            query tail;
            tail.outputs = anchor.outputs;
            tail.aliases = anchor.aliases;
            limit_clause(body, inner, tail);
            if (body.has("sortClause"))
                unsupported("ORDER BY in a recursive query");
            q.head = inner_text + tail.limit;
            q.outputs = anchor.outputs;
            q.aliases = anchor.aliases;
        } else {
            q = select(body, &in);
            types = settled_types(q);
            q.head = render(q, types);
        }
        columns_of(q, types);
        in.ctes.push_back(entry);
        std::string list;
        for (const scope_column& column : entry.columns)
            list += (list.empty() ? "" : ", ") + column.sql;
        text += (first ? "" : ", ") + quote_name(name) + "(" + list + ") AS " +
                (materialized == "CTEMaterializeAlways"  ? "MATERIALIZED "
                 : materialized == "CTEMaterializeNever" ? "NOT MATERIALIZED "
                                                         : "") +
                "(" + q.head + ")";
        first = false;
    }
    return text + " ";
}

query translator::simple_select(const node& n, scope& in) {
    query q;
    if (n.has("intoClause"))
        unsupported("SELECT INTO");
    std::string from = from_clause(n.children("fromClause"), in);
    for (const node& w : n.children("windowClause")) {
        const std::string name(w.text("name"));
        in.windows[name] = window(w, in);
    }
    std::string where;
    if (const node clause = n.child("whereClause"))
        where = " WHERE " + condition(clause, in, "WHERE").sql;

    target_list(n.children("targetList"), in, q);
    make_aliases(q);

    q.head = "SELECT ";
    if (n.has("distinctClause")) {
        const auto keys = n.children("distinctClause");
        std::string partition;
        for (const node& key : keys)
            if (key)
                if (key.fields() && key.tag() != "distinctClause")
                    partition += (partition.empty() ? "" : ", ") + group_item(key, in, q);
        if (partition.empty()) {
            q.head = "SELECT DISTINCT ";
        } else {
            std::string order;
            for (const node& item : n.children("sortClause"))
                order += (order.empty() ? " ORDER BY " : ", ") + sort_item(item, in, nullptr);
            q.distinct_on = "row_number() OVER (PARTITION BY " + partition + order + ")";
        }
    }
    q.tail = from + where;
    std::string group;
    for (const node& item : n.children("groupClause"))
        group += (group.empty() ? " GROUP BY " : ", ") + group_item(item, in, q);
    if (n.flag("groupDistinct"))
        unsupported("GROUP BY DISTINCT");
    q.tail += group;
    if (const node having = n.child("havingClause")) {
        const std::string text = condition(having, in, "HAVING").sql;
        if (group.empty() && !in.aggregates)
            unsupported("HAVING without GROUP BY or aggregate");
        q.tail += " HAVING " + text;
    }
    return q;
}

void translator::target_list(const std::vector<node>& targets, scope& in, query& out) {
    for (const node& target : targets) {
        const node value = target.child("val");
        if (value.is("ColumnRef")) {
            const auto fields = value.children("fields");
            if (fields.back().is("A_Star")) {
                expand_star(value, fields, in, out);
                continue;
            }
        }
        expression e = visit(value, in);
        if (target.has("name"))
            e.name = std::string(target.text("name"));
        out.outputs.push_back(std::move(e));
    }
}

void translator::expand_star(const node& n,
                             const std::vector<node>& fields,
                             scope& in,
                             query& out) {
    const auto add = [&](const scope_column& column) {
        expression e;
        e.sql = column.sql;
        e.type = column.type;
        e.not_null = column.not_null;
        e.name = column.name;
        e.name_strength = 2;
        e.column = true;
        e.location = n.location();
        out.outputs.push_back(std::move(e));
    };
    if (fields.size() == 1) {
        if (in.relations.empty())
            fail(protocol::sqlstate::syntax_error,
                 "SELECT * with no tables specified is not valid",
                 n.location());
        for (const scope_column& column : in.visible)
            add(column);
        return;
    }
    const std::string alias(fields[fields.size() - 2].text("sval"));
    if (fields.size() > 2)
        fields[0].text("sval");
    for (const scope* level = &in; level; level = level->parent)
        for (const scope_relation& relation : level->relations)
            if (relation.alias == alias) {
                for (const scope_column& column : relation.columns)
                    add(column);
                return;
            }
    fail(protocol::sqlstate::undefined_table,
         "missing FROM-clause entry for table \"" + alias + "\"",
         n.location());
}

query translator::values(const node& n, scope& in) {
    query q;
    for (const node& list : n.children("valuesLists")) {
        std::vector<expression> row;
        for (const node& item : list.children("items")) {
            if (item.is("SetToDefault"))
                fail(protocol::sqlstate::syntax_error,
                     "DEFAULT is not allowed in this context",
                     item.location());
            row.push_back(visit(item, in));
        }
        if (!q.rows.empty() && row.size() != q.rows.front().size())
            fail(protocol::sqlstate::syntax_error,
                 "VALUES lists must all be the same length",
                 row.empty() ? -1 : row.front().location);
        q.rows.push_back(std::move(row));
    }
    for (std::size_t i = 0; i < q.rows.front().size(); ++i) {
        std::vector<expression> column;
        for (const auto& row : q.rows)
            column.push_back(row[i]);
        expression e;
        bool unknown = true;
        for (const expression& item : column)
            unknown = unknown && item.unknown();
        const bool alike = std::all_of(column.begin(), column.end(), [&](const expression& x) {
            return x.type == column.front().type;
        });
        e.type = {unknown ? static_cast<oid>(type_oid::unknown) : common(column, "VALUES"),
                  alike ? column.front().type.modifier : -1};
        e.name = "column" + std::to_string(i + 1);
        e.name_strength = 2;
        e.sql = e.name;
        q.outputs.push_back(std::move(e));
    }
    make_aliases(q);
    return q;
}

query translator::set_operation(const node& n, scope& in) {
    const std::string_view op = n.text("op");
    const bool all = n.flag("all");
    const std::string word = op == "SETOP_UNION"       ? "UNION"
                             : op == "SETOP_INTERSECT" ? "INTERSECT"
                                                       : "EXCEPT";
    if (all && word != "UNION")
        unsupported(word + " ALL");
    query q;
    q.left = std::make_unique<query>(select(n.child("larg"), &in));
    q.right = std::make_unique<query>(select(n.child("rarg"), &in));
    q.operation = word + (all ? " ALL" : "");
    if (q.left->outputs.size() != q.right->outputs.size())
        fail(protocol::sqlstate::syntax_error,
             "each " + word + " query must have the same number of columns",
             q.right->outputs.empty() ? -1 : q.right->outputs.front().location);
    for (std::size_t i = 0; i < q.left->outputs.size(); ++i) {
        const expression& l = q.left->outputs[i];
        const expression& r = q.right->outputs[i];
        expression e;
        e.name = l.name;
        e.name_strength = l.name_strength;
        e.type = {
            l.unknown() && r.unknown() ? static_cast<oid>(type_oid::unknown) : common({l, r}, word),
            l.type == r.type ? l.type.modifier : -1};
        e.not_null = l.not_null && r.not_null;
        e.location = l.location;
        q.outputs.push_back(std::move(e));
    }
    q.aliases = q.left->aliases;
    return q;
}

std::vector<typed> translator::set_types(query& q) {
    std::vector<typed> types;
    for (const expression& e : q.outputs)
        types.push_back(e.type);
    return types;
}

std::vector<typed> translator::settled_types(query& q) {
    std::vector<typed> types = set_types(q);
    for (typed& t : types)
        if (t.type == type_oid::unknown)
            t = {type_oid::text, -1};
    return types;
}

std::string translator::render(query& q) {
    return render(q, settled_types(q));
}

std::string translator::render(query& q, const std::vector<typed>& targets) {
    if (q.left) {
        const auto operand = [&](query& side, bool right) {
            const std::string text = render(side, targets);
            const bool wrap = !side.order.empty() || !side.limit.empty() || !side.with.empty() ||
                              (right && side.left);
            return wrap ? "SELECT * FROM (" + text + ")" : text;
        };
        return q.with + operand(*q.left, false) + " " + q.operation + " " +
               operand(*q.right, true) + q.order + q.limit;
    }
    const auto as = [&](const expression& e, std::size_t i) {
        return coerce(
            e, {targets[i].type, -1}, e.unknown() ? coercion::assignment : coercion::implicit);
    };
    if (!q.rows.empty()) {
        std::string text = q.with;
        text += "SELECT ";
        for (std::size_t i = 0; i < q.outputs.size(); ++i)
            text += (i ? ", " : "") + ("column" + std::to_string(i + 1)) + " AS " +
                    quote_name(q.aliases[i]);
        text += " FROM (VALUES ";
        for (std::size_t r = 0; r < q.rows.size(); ++r) {
            text += r ? ", (" : "(";
            for (std::size_t i = 0; i < q.rows[r].size(); ++i)
                text += (i ? ", " : "") + as(q.rows[r][i], i).sql;
            text += ")";
        }
        return text + ")" + q.order + q.limit;
    }
    if (q.head.empty())
        return {};
    std::string list;
    for (std::size_t i = 0; i < q.outputs.size(); ++i) {
        expression e = as(q.outputs[i], i);
        // DISTINCT, UNION and GROUP BY compare by the output's collation.
        if (!e.column && !collation_of(e.type.type).empty() && !e.null)
            e.sql += collate_suffix(e.type.type);
        list += (i ? ", " : "") + e.sql + " AS " + quote_name(q.aliases[i]);
    }
    if (list.empty())
        list = "NULL AS \"\"";
    if (q.distinct_on.empty())
        return q.with + q.head + list + q.tail + q.order + q.limit;
    std::string names;
    for (const std::string& alias : q.aliases)
        names += (names.empty() ? "" : ", ") + quote_name(alias);
    return q.with + "SELECT " + names + " FROM (SELECT " + list + ", " + q.distinct_on +
           " AS \"pg_first\"" + q.tail + q.order + ") WHERE \"pg_first\" = 1" + q.limit;
}

// GROUP BY takes input columns before output names; ORDER BY the other way round.
std::string translator::group_item(const node& item, scope& in, const query& out) {
    if (item.is("GroupingSet"))
        unsupported("GROUPING SETS", item.location());
    if (item.is("A_Const") && item.has("ival")) {
        const expression e = constant(item);
        const int index = std::stoi(*e.constant);
        if (index < 1 || static_cast<std::size_t>(index) > out.outputs.size())
            fail("42P10",
                 "GROUP BY position " + *e.constant + " is not in select list",
                 item.location());
        return *e.constant;
    }
    if (item.is("ColumnRef")) {
        const auto names = item.children("fields");
        const std::string name(names.size() == 1 ? names[0].text("sval") : "");
        const bool is_input = std::any_of(in.visible.begin(),
                                          in.visible.end(),
                                          [&](const scope_column& c) { return c.name == name; });
        if (!name.empty() && !is_input)
            for (std::size_t i = 0; i < out.outputs.size(); ++i)
                if (out.outputs[i].name == name)
                    return std::to_string(i + 1);
    }
    const expression e = settle(visit(item, in));
    return e.sql + (e.column ? "" : collate_suffix(e.type.type));
}

std::string translator::sort_item(const node& item, scope& in, const query* out) {
    const std::string_view direction = item.text("sortby_dir");
    const std::string_view nulls = item.text("sortby_nulls");
    if (direction == "SORTBY_USING")
        unsupported("ORDER BY USING");
    const bool descending = direction == "SORTBY_DESC";
    const node key = item.child("node");
    std::string text;
    oid type = type_oid::text;
    bool not_null = false;
    const auto output = [&](std::size_t i) {
        text = std::to_string(i + 1);
        type = out->outputs[i].type.type;
        not_null = out->outputs[i].not_null;
    };
    if (out && key.is("A_Const") && key.has("ival")) {
        const expression e = constant(key);
        const int index = std::stoi(*e.constant);
        if (index < 1 || static_cast<std::size_t>(index) > out->outputs.size())
            fail("42P10",
                 "ORDER BY position " + *e.constant + " is not in select list",
                 key.location());
        output(static_cast<std::size_t>(index - 1));
    } else if (out && key.is("ColumnRef") && key.children("fields").size() == 1) {
        const std::string name(key.children("fields")[0].text("sval"));
        for (std::size_t i = 0; i < out->outputs.size() && text.empty(); ++i)
            if (out->outputs[i].name == name)
                output(i);
    }
    if (text.empty()) {
        if (out && out->left)
            fail("0A000", "invalid UNION/INTERSECT/EXCEPT ORDER BY clause", key.location());
        const expression e = settle(visit(key, in));
        text = e.sql;
        type = e.type.type;
        not_null = e.not_null;
    }
    text += collate_suffix(type) + (descending ? " DESC" : "");
    if (nulls == "SORTBY_NULLS_FIRST" || nulls == "SORTBY_NULLS_LAST")
        text += nulls == "SORTBY_NULLS_FIRST" ? " NULLS FIRST" : " NULLS LAST";
    else if (!not_null)
        text += descending ? " NULLS FIRST" : " NULLS LAST";
    return text;
}

void translator::sort_clause(const node& n, scope& in, query& out) {
    for (const node& item : n.children("sortClause"))
        out.order += (out.order.empty() ? " ORDER BY " : ", ") + sort_item(item, in, &out);
}

void translator::limit_clause(const node& n, scope& in, query& out) {
    if (n.text("limitOption") == "LIMIT_OPTION_WITH_TIES")
        unsupported("FETCH FIRST WITH TIES");
    const node count = n.child("limitCount");
    const node offset = n.child("limitOffset");
    if (!count && !offset)
        return;
    const auto number = [&](const node& value, const char* word, const char* none) {
        expression e = visit(value, in);
        if (e.null)
            return std::string(none);
        if (!e.unknown() && !can_cast(e.type.type, type_oid::int8, coercion::assignment))
            fail(protocol::sqlstate::datatype_mismatch,
                 "argument of " + std::string(word) + " must be type bigint, not type " +
                     display_name(e.type.type),
                 e.location);
        e = coerce(std::move(e), {type_oid::int8, -1}, coercion::assignment);
        if (e.constant && e.constant->starts_with('-'))
            fail(std::string_view(word) == "LIMIT" ? "2201W" : "2201X",
                 std::string(word) + " must not be negative");
        return e.constant ? e.sql : "coalesce(" + e.sql + ", " + none + ")";
    };
    out.limit = " LIMIT " + (count ? number(count, "LIMIT", "-1") : std::string("-1"));
    if (offset)
        out.limit += " OFFSET " + number(offset, "OFFSET", "0");
}

}  // namespace pgduet::sql
