// INSERT, UPDATE, DELETE, TRUNCATE.
#include <algorithm>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/sql/translate_internal.hpp"

namespace pgduet::sql {
namespace {

namespace type_oid = protocol::type_oid;
using source = column_info::source;

std::string name_list(const std::vector<const column_info*>& columns) {
    std::string text;
    for (const column_info* column : columns)
        text += (text.empty() ? "" : ", ") + quote_name(column->name);
    return text;
}

// An INTEGER PRIMARY KEY, which SQLite fills by itself when it gets NULL.
bool is_rowid_alias(const column_info& column, const relation_info& table) {
    return table.has_primary_key && !table.keys.empty() && table.keys.front().size() == 1 &&
           table.keys.front().front() == column.name && column.sqlite_type.starts_with("INTEGER");
}

// The columns of a key by its constraint's name, when that is the one PostgreSQL made up: the
// catalog knows keys by their columns only. Empty when there is none.
std::string columns_of_key(const relation_info& table, std::string_view constraint) {
    for (std::size_t i = 0; i < table.keys.size(); ++i) {
        std::string name = table.name, list;
        for (const std::string& column : table.keys[i]) {
            name += "_" + column;
            list += (list.empty() ? "" : ", ") + quote_name(column);
        }
        const bool primary = i == 0 && table.has_primary_key;
        if (constraint == (primary ? table.name + "_pkey" : name + "_key"))
            return list;
    }
    return {};
}

bool is_generated(source s) {
    return s == source::now || s == source::volatile_ || s == source::sequence ||
           s == source::identity || s == source::identity_always;
}

}  // namespace

const column_info& translator::target_column(const relation_info& table, const node& target) {
    if (target.has("indirection"))
        unsupported("assignment to part of a column", target.location());
    const std::string name(target.text("name"));
    const column_info* found = table.find(name);
    if (!found)
        fail(protocol::sqlstate::undefined_column,
             "column \"" + name + "\" of relation \"" + table.name + "\" does not exist",
             target.location());
    return *found;
}

std::string translator::default_value(const column_info& column, const relation_info& table) {
    if (is_rowid_alias(column, table))
        return "NULL";
    switch (column.default_source) {
        case source::none:
            return "NULL";
        case source::now: {
            expression now;
            now.sql = "pg_now()";
            now.type.type = type_oid::timestamptz;
            return assign(std::move(now), column).sql;
        }
        case source::sequence:
        case source::identity:
        case source::identity_always: {
            expression next;
            next.sql = "pg_nextval(" + quote_text(table.name + "_" + column.name + "_seq") + ")";
            next.type.type = type_oid::int8;
            return assign(std::move(next), column).sql;
        }
        default:
            return column.default_expression.empty() ? "NULL"
                                                     : "(" + column.default_expression + ")";
    }
}

void translator::insert(const node& n) {
    const node target = n.child("relation");
    const auto info = relation_of(target);
    if (info->type != relation_info::kind::table)
        fail("55000", "cannot insert into view \"" + info->name + "\"", target.location());
    const node alias = target.child("alias");
    const std::string as(alias ? alias.text("aliasname") : std::string_view(info->name));
    const bool overriding = n.text("override") == "OVERRIDING_SYSTEM_VALUE";
    if (n.text("override") == "OVERRIDING_USER_VALUE")
        unsupported("OVERRIDING USER VALUE");

    scope in;
    std::string with;
    if (const node clause = n.child("withClause"))
        with = with_clause(clause, in);

    std::vector<const column_info*> columns;
    const auto listed = n.children("cols");
    for (const node& item : listed) {
        const column_info& column = target_column(*info, item);
        if (std::find(columns.begin(), columns.end(), &column) != columns.end())
            fail(protocol::sqlstate::duplicate_column,
                 "column \"" + column.name + "\" specified more than once",
                 item.location());
        columns.push_back(&column);
    }
    const bool has_list = !listed.empty();
    if (!has_list)
        for (const column_info& column : info->columns)
            if (column.default_source != source::stored)
                columns.push_back(&column);

    std::string text = with + "INSERT INTO " + quote_name(info->name) +
                       (as == info->name ? "" : " AS " + quote_name(as));
    const node body = n.child("selectStmt");
    const bool conflict = n.has("onConflictClause");

    // The columns the statement leaves out and SQLite's own DEFAULT cannot fill rightly.
    const auto add_generated = [&](std::vector<const column_info*>& list) {
        std::vector<std::string> extra;
        for (const column_info& column : info->columns) {
            if (std::find(list.begin(), list.end(), &column) != list.end() ||
                !is_generated(column.default_source) || is_rowid_alias(column, *info))
                continue;
            list.push_back(&column);
            extra.push_back(default_value(column, *info));
        }
        return extra;
    };
    const auto guard = [&](expression value, const column_info& column) {
        if (column.default_source == source::identity_always && !overriding)
            fail("428C9",
                 "cannot insert a non-DEFAULT value into column \"" + column.name + "\"",
                 value.location,
                 "Use OVERRIDING SYSTEM VALUE to override.");
        std::string sql = assign(value, column).sql;
        // NULL would make SQLite generate an id where PostgreSQL reports 23502.
        if (is_rowid_alias(column, *info) && !value.constant)
            sql = "coalesce(" + sql + ", pg_not_null(" + quote_text(info->name) + ", " +
                  quote_text(column.name) + "))";
        return sql;
    };
    const auto check_count = [&](std::size_t given, int location) {
        if (given > columns.size())
            fail(protocol::sqlstate::syntax_error,
                 "INSERT has more expressions than target columns",
                 location);
        if (given < columns.size() && has_list)
            fail(protocol::sqlstate::syntax_error,
                 "INSERT has more target columns than expressions",
                 listed[given].location());
        columns.resize(given);
    };

    if (!body) {
        columns.clear();
        const auto extra = add_generated(columns);
        if (columns.empty()) {
            text += " DEFAULT VALUES";
        } else {
            std::string list;
            for (const std::string& value : extra)
                list += (list.empty() ? "" : ", ") + value;
            text += " (" + name_list(columns) + ") VALUES (" + list + ")";
        }
    } else if (body.has("valuesLists") && !body.has("sortClause") && !body.has("limitCount") &&
               !body.has("limitOffset")) {
        if (const node inner = body.child("withClause"))
            text = with_clause(inner, in) + text;
        std::vector<std::vector<node>> rows;
        for (const node& row : body.children("valuesLists"))
            rows.push_back(row.children("items"));
        body.ignore("op");
        body.ignore("limitOption");
        const int overflow =
            rows.front().size() > columns.size() ? rows.front()[columns.size()].location() : -1;
        check_count(rows.front().size(), overflow);
        std::string values;
        std::vector<const column_info*> all = columns;
        const auto extra = add_generated(all);
        for (const auto& row : rows) {
            if (row.size() != columns.size())
                fail(protocol::sqlstate::syntax_error,
                     "VALUES lists must all be the same length",
                     row.empty() ? -1 : row.front().location());
            std::string list;
            for (std::size_t i = 0; i < row.size(); ++i) {
                const std::string value = row[i].is("SetToDefault")
                                              ? default_value(*columns[i], *info)
                                              : guard(visit(row[i], in), *columns[i]);
                list += (i ? ", " : "") + value;
            }
            for (const std::string& value : extra)
                list += (list.empty() ? "" : ", ") + value;
            values += (values.empty() ? "(" : ", (") + list + ")";
        }
        text += " (" + name_list(all) + ") VALUES " + values;
    } else {
        query q = select(body, &in);
        check_count(q.outputs.size(),
                    q.outputs.size() > columns.size() ? q.outputs[columns.size()].location : -1);
        std::vector<const column_info*> all = columns;
        const bool wrap =
            conflict || q.left || !q.rows.empty() || q.head != "SELECT " || !q.distinct_on.empty();
        if (!wrap) {
            std::vector<typed> types;
            for (std::size_t i = 0; i < columns.size(); ++i) {
                q.outputs[i].sql = guard(q.outputs[i], *columns[i]);
                q.outputs[i].type = {columns[i]->type, -1};
                q.outputs[i].constant.reset();
                q.outputs[i].null = false;
                q.outputs[i].parameter = 0;
                types.push_back(q.outputs[i].type);
            }
            for (const std::string& value : add_generated(all)) {
                expression e;
                e.sql = value;
                e.type = {all[q.outputs.size()]->type, -1};
                q.outputs.push_back(e);
                q.aliases.push_back("pg_generated_" + std::to_string(q.outputs.size()));
                types.push_back(e.type);
            }
            text += " (" + name_list(all) + ") " + render(q, types);
        } else {
            std::vector<typed> types = set_types(q);
            for (std::size_t i = 0; i < types.size(); ++i)
                if (types[i].type == type_oid::unknown)
                    types[i] = {columns[i]->type, -1};
            const std::string inner = render(q, types);
            std::string list;
            for (std::size_t i = 0; i < columns.size(); ++i) {
                expression e;
                e.sql = quote_name(q.aliases[i]);
                e.type = types[i];
                list += (i ? ", " : "") + guard(std::move(e), *columns[i]);
            }
            for (const std::string& value : add_generated(all))
                list += ", " + value;
            text += " (" + name_list(all) + ") SELECT " + list + " FROM (" + inner + ") WHERE true";
        }
    }
    if (const node clause = n.child("onConflictClause")) {
        scope both;
        both.parent = &in;
        both.relations.push_back(relation_scope(info, as, as));
        both.relations.push_back(relation_scope(info, "excluded", "excluded"));
        for (const scope_relation& relation : both.relations)
            both.visible.insert(
                both.visible.end(), relation.columns.begin(), relation.columns.end());
        text += conflict_clause(clause, *info, both);
    }
    text += returning(n, *info, as, in);
    emit(text);
}

std::string translator::conflict_clause(const node& n, const relation_info& table, scope& in) {
    std::string text = " ON CONFLICT";
    if (const node infer = n.child("infer")) {
        if (infer.has("conname")) {
            const std::string list = columns_of_key(table, infer.text("conname"));
            if (list.empty())
                unsupported("ON CONFLICT ON CONSTRAINT " + std::string(infer.text("conname")),
                            infer.location());
            text += " (" + list + ")";
        }
        scope bare;
        bare.relations.push_back(
            relation_scope(std::make_shared<relation_info>(table), table.name, ""));
        bare.visible = bare.relations.front().columns;
        std::string list;
        for (const node& element : infer.children("indexElems")) {
            std::string item;
            if (element.has("expr")) {
                item = visit(element.child("expr"), bare).sql;
            } else {
                const std::string name(element.text("name"));
                if (!table.find(name))
                    fail(protocol::sqlstate::undefined_column,
                         "column \"" + name + "\" does not exist",
                         infer.location());
                item = quote_name(name);
            }
            list += (list.empty() ? "" : ", ") + item;
        }
        if (!list.empty())
            text += " (" + list + ")";
        if (const node where = infer.child("whereClause"))
            text += " WHERE " + condition(where, bare, "WHERE").sql;
    }
    if (n.text("action") == "ONCONFLICT_NOTHING")
        return text + " DO NOTHING";
    text += " DO UPDATE SET " + set_list(n.children("targetList"), table, in);
    if (const node where = n.child("whereClause"))
        text += " WHERE " + condition(where, in, "WHERE").sql;
    return text;
}

std::string translator::set_list(const std::vector<node>& targets,
                                 const relation_info& table,
                                 scope& in) {
    std::string text;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const column_info& column = target_column(table, targets[i]);
        const node value = targets[i].child("val");
        text += text.empty() ? "" : ", ";
        if (value.is("SetToDefault")) {
            text += quote_name(column.name) + " = " + default_value(column, table);
            continue;
        }
        if (column.default_source == source::identity_always ||
            column.default_source == source::stored)
            fail("428C9",
                 "column \"" + column.name + "\" can only be updated to DEFAULT",
                 targets[i].location());
        if (!value.is("MultiAssignRef")) {
            text += quote_name(column.name) + " = " + assign(visit(value, in), column).sql;
            continue;
        }
        const node multi = value.child("source");
        const auto index = static_cast<std::size_t>(value.integer("colno") - 1);
        const auto count = static_cast<std::size_t>(value.integer("ncolumns"));
        if (multi.is("RowExpr")) {
            const auto parts = multi.children("args");
            if (parts.size() != count)
                fail(protocol::sqlstate::syntax_error,
                     "number of columns does not match number of values",
                     multi.location());
            // The parser repeats the whole row for each column; each copy gives one value.
            for (std::size_t k = 0; k < parts.size(); ++k)
                if (k != index)
                    parts[k].ignore_all();
            if (parts[index].is("SetToDefault"))
                text += quote_name(column.name) + " = " + default_value(column, table);
            else
                text +=
                    quote_name(column.name) + " = " + assign(visit(parts[index], in), column).sql;
            continue;
        }
        if (!multi.is("SubLink") || multi.text("subLinkType") != "EXPR_SUBLINK")
            unsupported("UPDATE SET (...) = " + std::string(multi.tag()), targets[i].location());
        query q = select(multi.child("subselect"), &in);
        if (q.outputs.size() != count)
            fail(protocol::sqlstate::syntax_error,
                 "number of columns does not match number of values",
                 multi.location());
        if (q.left || !q.rows.empty())
            unsupported("UPDATE SET (...) = (VALUES or UNION)", targets[i].location());
        std::string names;
        std::vector<typed> types;
        for (std::size_t k = 0; k < count; ++k) {
            const column_info& part = target_column(table, targets[i + k]);
            if (k) {
                const node again = targets[i + k].child("val");
                again.ignore("source");
                again.ignore("colno");
                again.ignore("ncolumns");
            }
            names += (k ? ", " : "") + quote_name(part.name);
            q.outputs[k] = assign(q.outputs[k], part);
            q.outputs[k].constant.reset();
            types.push_back({part.type, -1});
        }
        text += "(" + names + ") = (" + render(q, types) + ")";
        i += count - 1;
    }
    return text;
}

std::string translator::returning(const node& n,
                                  const relation_info& table,
                                  const std::string& alias,
                                  scope& in) {
    const auto targets = n.children("returningList");
    if (targets.empty())
        return {};
    // SQLite's RETURNING knows the bare column names only.
    scope bare;
    bare.parent = in.parent;
    bare.ctes = in.ctes;
    bare.relations.push_back(relation_scope(std::make_shared<relation_info>(table), alias, ""));
    bare.visible = bare.relations.front().columns;
    query q;
    target_list(targets, bare, q);
    const std::vector<typed> types = settled_types(q);
    std::string text;
    for (std::size_t i = 0; i < types.size(); ++i)
        text += (text.empty() ? " RETURNING " : ", ") +
                coerce(q.outputs[i], {types[i].type, -1}, coercion::implicit).sql + " AS " +
                quote_name(q.outputs[i].name);
    set_columns(q, types);
    return text;
}

void translator::update(const node& n) {
    const node target = n.child("relation");
    const auto info = relation_of(target);
    if (info->type != relation_info::kind::table)
        fail("55000", "cannot update view \"" + info->name + "\"", target.location());
    const node alias = target.child("alias");
    const std::string as(alias ? alias.text("aliasname") : std::string_view(info->name));
    scope in;
    std::string with;
    if (const node clause = n.child("withClause"))
        with = with_clause(clause, in);
    scope_relation relation = relation_scope(info, as, as);
    in.visible = relation.columns;
    in.relations.push_back(std::move(relation));
    const auto from_items = n.children("fromClause");
    const std::string from = from_clause(from_items, in);
    const std::string set = set_list(n.children("targetList"), *info, in);
    std::string where;
    if (const node clause = n.child("whereClause")) {
        if (clause.is("CurrentOfExpr"))
            unsupported("WHERE CURRENT OF");
        where = " WHERE " + condition(clause, in, "WHERE").sql;
    }
    if (!from_items.empty())
        for (const node& item : n.children("returningList"))
            if (item.child("val").is("ColumnRef") &&
                item.child("val").children("fields").back().is("A_Star") &&
                item.child("val").children("fields").size() == 1)
                unsupported("RETURNING * of UPDATE with FROM");
    scope outer;
    outer.ctes = in.ctes;
    emit(with + "UPDATE " + quote_name(info->name) +
         (as == info->name ? "" : " AS " + quote_name(as)) + " SET " + set + from + where +
         returning(n, *info, as, outer));
}

void translator::delete_(const node& n) {
    const node target = n.child("relation");
    const auto info = relation_of(target);
    if (info->type != relation_info::kind::table)
        fail("55000", "cannot delete from view \"" + info->name + "\"", target.location());
    const node alias = target.child("alias");
    const std::string as(alias ? alias.text("aliasname") : std::string_view(info->name));
    scope in;
    std::string with;
    if (const node clause = n.child("withClause"))
        with = with_clause(clause, in);
    scope_relation relation = relation_scope(info, as, as);
    in.visible = relation.columns;
    in.relations.push_back(std::move(relation));
    const auto using_items = n.children("usingClause");
    std::string from;
    for (const node& item : using_items) {
        std::vector<scope_column> visible;
        from += ", " + from_item(item, in, visible);
        in.visible.insert(in.visible.end(), visible.begin(), visible.end());
    }
    std::string where;
    if (const node clause = n.child("whereClause")) {
        if (clause.is("CurrentOfExpr"))
            unsupported("WHERE CURRENT OF");
        where = " WHERE " + condition(clause, in, "WHERE").sql;
    }
    const std::string named =
        quote_name(info->name) + (as == info->name ? "" : " AS " + quote_name(as));
    std::string text = with + "DELETE FROM ";
    if (using_items.empty())
        text += named + where;
    else
        text += quote_name(info->name) + " WHERE rowid IN (SELECT " + quote_name(as) +
                ".rowid FROM " + named + from + where + ")";
    if (!using_items.empty() && n.has("returningList"))
        for (const node& item : n.children("returningList"))
            if (item.child("val").is("ColumnRef") &&
                item.child("val").children("fields").back().is("A_Star") &&
                item.child("val").children("fields").size() == 1)
                unsupported("RETURNING * of DELETE with USING");
    scope outer;
    outer.ctes = in.ctes;
    emit(text + returning(n, *info, as, outer));
}

void translator::truncate(const node& n) {
    const bool restart = n.flag("restart_seqs");
    n.ignore("behavior");
    for (const node& item : n.children("relations")) {
        const auto info = relation_of(item);
        if (info->type != relation_info::kind::table)
            fail("42809", "\"" + info->name + "\" is not a table", item.location());
        if (info->writes_elsewhere)
            unsupported("TRUNCATE of a table that others reference", item.location());
        emit("DELETE FROM " + quote_name(info->name));
        if (!restart)
            continue;
        for (const column_info& column : info->columns) {
            if (is_rowid_alias(column, *info) && column.default_source != source::none)
                emit("DELETE FROM sqlite_sequence WHERE name = " + quote_text(info->name));
            else if (column.default_source == source::sequence ||
                     column.default_source == source::identity ||
                     column.default_source == source::identity_always)
                unsupported("RESTART IDENTITY of column " + column.name);
        }
    }
}

}  // namespace pgduet::sql
