// CREATE, ALTER, DROP of tables, indexes and views.
#include <algorithm>
#include <set>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/sql/translate_internal.hpp"

namespace pgduet::sql {
namespace {

namespace type_oid = protocol::type_oid;

protocol::sql_error notice(std::string_view sqlstate, std::string message) {
    protocol::sql_error n = protocol::make_error(sqlstate, std::move(message));
    n.severity = "NOTICE";
    return n;
}

std::string quoted_list(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : ", ") + quote_name(name);
    return text;
}

std::string joined(const std::vector<std::string>& names, std::string_view separator) {
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : std::string(separator)) + name;
    return text;
}

bool calls_any(const std::string& sql, std::initializer_list<std::string_view> functions) {
    return std::any_of(functions.begin(), functions.end(), [&](std::string_view f) {
        return sql.find(f) != std::string::npos;
    });
}

}  // namespace

/// A table being defined: what constraints need to know of it.
struct translator::table_draft {
    std::string name;
    std::vector<column_info> columns;
    std::vector<std::string> primary_key;
    std::string primary_key_name;
    std::vector<std::string> constraints;  ///< table constraints, SQLite text
    std::set<std::string> names;           ///< constraint names taken
    std::vector<std::string> not_null;     ///< columns a primary key makes NOT NULL

    std::string choose(const std::string& wanted) {
        std::string name_ = wanted;
        for (int i = 1; !names.insert(name_).second; ++i)
            name_ = wanted + std::to_string(i);
        return name_;
    }
    relation_info as_relation() const {
        relation_info info;
        info.name = name;
        info.columns = columns;
        return info;
    }
};

std::string translator::default_clause(const node& expr,
                                       const column_info& column,
                                       std::string& note) {
    scope none;
    const expression value = assign(visit(expr, none), column);
    if (value.null)
        return {};
    if (value.constant) {
        const bool is_float = column.type == type_oid::float4 || column.type == type_oid::float8;
        const bool plain = value.constant->find_first_not_of("0123456789.-+e") == std::string::npos;
        return " DEFAULT " + (is_float && plain ? *value.constant : value.sql);
    }
    if (calls_any(value.sql, {"pg_now()"})) {
        expression now;
        now.sql = "pg_now()";
        now.type.type = type_oid::timestamptz;
        if (assign(std::move(now), column).sql == value.sql) {
            note += " now";
            // Other programs that insert get a value in the stored form, too.
            switch (column.type) {
                case type_oid::date:
                    return " DEFAULT (CURRENT_DATE)";
                case type_oid::time:
                    return " DEFAULT (CURRENT_TIME)";
                case type_oid::timestamptz:
                    return " DEFAULT (CURRENT_TIMESTAMP || '+00')";
                default:
                    return " DEFAULT (CURRENT_TIMESTAMP)";
            }
        }
        note += " volatile";
    } else if (calls_any(value.sql,
                         {"pg_random",
                          "pg_gen_random",
                          "pg_clock",
                          "pg_nextval",
                          "pg_session",
                          "pg_setting",
                          "pg_cast("})) {
        note += " volatile";
    }
    return " DEFAULT (" + value.sql + ")";
}

std::string translator::foreign_key_tail(const node& n) {
    const auto action = [&](std::string_view code, const char* event) -> std::string {
        if (code == "r")
            return std::string(event) + "RESTRICT";
        if (code == "c")
            return std::string(event) + "CASCADE";
        if (code == "n")
            return std::string(event) + "SET NULL";
        if (code == "d")
            return std::string(event) + "SET DEFAULT";
        return {};
    };
    if (n.text("fk_matchtype") != "s")
        unsupported("MATCH FULL", n.location());
    std::string text = action(n.text("fk_del_action"), " ON DELETE ") +
                       action(n.text("fk_upd_action"), " ON UPDATE ");
    if (n.flag("deferrable"))
        text += n.flag("initdeferred") ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE";
    n.ignore("initially_valid");
    return text;
}

std::string translator::table_constraint(const node& n,
                                         table_draft& draft,
                                         const std::string& column) {
    const std::string_view type = n.text("contype");
    std::vector<std::string> columns = n.strings(type == "CONSTR_FOREIGN" ? "fk_attrs" : "keys");
    if (!column.empty())
        columns = {column};
    const auto named = [&](const std::string& wanted) {
        const std::string name = n.has("conname") ? std::string(n.text("conname")) : wanted;
        if (n.has("conname") && !draft.names.insert(name).second)
            fail("42710",
                 "constraint \"" + name + "\" for relation \"" + draft.name + "\" already exists",
                 n.location());
        return "CONSTRAINT " + quote_name(n.has("conname") ? name : draft.choose(name)) + " ";
    };
    for (const std::string& name : columns) {
        const bool known = std::any_of(draft.columns.begin(),
                                       draft.columns.end(),
                                       [&](const column_info& c) { return c.name == name; });
        if (!known)
            fail(protocol::sqlstate::undefined_column,
                 "column \"" + name +
                     (type == "CONSTR_FOREIGN"
                          ? "\" referenced in foreign key constraint does not exist"
                          : "\" named in key does not exist"),
                 n.location());
    }
    if (type == "CONSTR_PRIMARY") {
        if (!draft.primary_key.empty())
            fail("42P16",
                 "multiple primary keys for table \"" + draft.name + "\" are not allowed",
                 n.location());
        n.ignore("options");
        if (n.has("indexname"))
            unsupported("ADD PRIMARY KEY USING INDEX", n.location());
        draft.primary_key = columns;
        draft.not_null.insert(draft.not_null.end(), columns.begin(), columns.end());
        draft.primary_key_name = named(draft.name + "_pkey");
        return {};
    }
    if (type == "CONSTR_UNIQUE") {
        n.ignore("options");
        if (n.has("indexname"))
            unsupported("ADD UNIQUE USING INDEX", n.location());
        return named(draft.name + "_" + joined(columns, "_") + "_key") + "UNIQUE (" +
               quoted_list(columns) + ")";
    }
    if (type == "CONSTR_CHECK") {
        n.ignore("initially_valid");
        n.ignore("is_no_inherit");
        scope in;
        in.relations.push_back(
            relation_scope(std::make_shared<relation_info>(draft.as_relation()), draft.name, ""));
        in.visible = in.relations.front().columns;
        const std::string text = condition(n.child("raw_expr"), in, "CHECK").sql;
        // A check over exactly one column is named after it.
        std::vector<std::string> used;
        for (const column_info& c : draft.columns)
            if (text.find(quote_name(c.name)) != std::string::npos)
                used.push_back(c.name);
        const std::string base = used.size() == 1 ? draft.name + "_" + used.front() : draft.name;
        return named(base + "_check") + "CHECK (" + text + ")";
    }
    if (type == "CONSTR_FOREIGN") {
        const node target = n.child("pktable");
        const std::string table(target.text("relname"));
        target.ignore("inh");
        target.ignore("relpersistence");
        const std::vector<std::string> referenced = n.strings("pk_attrs");
        std::vector<std::string> keys = referenced;
        if (table != draft.name) {
            const auto info = find_relation(target.text("schemaname"), table);
            if (!info)
                fail(protocol::sqlstate::undefined_table,
                     "relation \"" + table + "\" does not exist",
                     -1);
            if (keys.empty() && info->has_primary_key)
                keys = info->keys.front();
            if (keys.empty())
                fail(protocol::sqlstate::undefined_object,
                     "there is no primary key for referenced table \"" + table + "\"");
            for (const std::string& key : keys)
                if (!info->find(key))
                    fail(protocol::sqlstate::undefined_column,
                         "column \"" + key +
                             "\" referenced in foreign key constraint does not exist");
            auto wanted = keys;
            std::sort(wanted.begin(), wanted.end());
            const bool is_key = std::any_of(info->keys.begin(), info->keys.end(), [&](auto key) {
                std::sort(key.begin(), key.end());
                return key == wanted;
            });
            if (!is_key)
                fail("42830",
                     "there is no unique constraint matching given keys for referenced "
                     "table \"" +
                         table + "\"");
        }
        return named(draft.name + "_" + joined(columns, "_") + "_fkey") + "FOREIGN KEY (" +
               quoted_list(columns) + ") REFERENCES " + quote_name(table) +
               (keys.empty() ? "" : " (" + quoted_list(keys) + ")") + foreign_key_tail(n);
    }
    unsupported("Constraint." + std::string(type), n.location());
}

std::string translator::column_definition(const node& n, table_draft& draft) {
    column_info column;
    column.name = std::string(n.text("colname"));
    for (const column_info& other : draft.columns)
        if (other.name == column.name)
            fail(protocol::sqlstate::duplicate_column,
                 "column \"" + column.name + "\" specified more than once");
    bool serial = false;
    const typed type = type_name_of(n.child("typeName"), &serial);
    column.type = type.type;
    column.type_modifier = type.modifier;
    n.ignore("is_local");
    if (const node collation = n.child("collClause")) {
        const auto names = collation.strings("collname");
        if (names.back() != "C" && names.back() != "POSIX" && names.back() != "default")
            unsupported("COLLATE \"" + names.back() + "\"", collation.location());
    }
    std::string declared = declared_type(type);
    if (declared.empty())
        unsupported("a column of type " + display_name(type.type), n.location());
    draft.columns.push_back(column);

    std::string words = serial ? " serial" : "";
    std::string tail;
    bool not_null = serial;
    node foreign;
    bool deferrable = false, deferred = false;
    for (const node& constraint : n.children("constraints")) {
        const std::string_view kind = constraint.text("contype");
        if (kind == "CONSTR_NOTNULL") {
            constraint.ignore("conname");
            not_null = true;
        } else if (kind == "CONSTR_NULL") {
            constraint.ignore("conname");
        } else if (kind == "CONSTR_DEFAULT") {
            constraint.ignore("conname");
            tail += default_clause(constraint.child("raw_expr"), column, words);
        } else if (kind == "CONSTR_IDENTITY") {
            words += constraint.text("generated_when") == "a" ? " identity_always" : " identity";
            not_null = true;
        } else if (kind == "CONSTR_GENERATED") {
            constraint.ignore("generated_when");
            scope in;
            in.relations.push_back(relation_scope(
                std::make_shared<relation_info>(draft.as_relation()), draft.name, ""));
            in.visible = in.relations.front().columns;
            tail += " GENERATED ALWAYS AS (" +
                    assign(visit(constraint.child("raw_expr"), in), column).sql + ") STORED";
        } else if (kind == "CONSTR_ATTR_DEFERRABLE") {
            deferrable = true;
        } else if (kind == "CONSTR_ATTR_DEFERRED") {
            deferrable = deferred = true;
        } else if (kind == "CONSTR_ATTR_NOT_DEFERRABLE" || kind == "CONSTR_ATTR_IMMEDIATE") {
        } else if (std::string text = table_constraint(constraint, draft, column.name);
                   !text.empty()) {
            draft.constraints.push_back(text);
        }
    }
    if (deferrable) {
        if (draft.constraints.empty() ||
            draft.constraints.back().find("FOREIGN KEY") == std::string::npos)
            unsupported("a deferrable unique constraint", n.location());
        draft.constraints.back() += deferred ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE";
    }
    draft.columns.back().not_null = not_null;
    if (!words.empty())
        declared += " /*pg:" + std::string(type_name(type.type)) + words + "*/";
    const std::string_view collation = collation_of(type.type);
    if (!collation.empty())
        declared += " COLLATE " + std::string(collation);
    return quote_name(column.name) + " " + declared + (not_null ? " NOT NULL" : "") + tail;
}

void translator::create_table(const node& n) {
    const node target = n.child("relation");
    const std::string name(target.text("relname"));
    const std::string_view persistence = target.text("relpersistence");
    target.ignore("inh");
    if (target.has("schemaname") && target.text("schemaname") != "public")
        fail("3F000",
             "schema \"" + std::string(target.text("schemaname")) + "\" does not exist",
             target.location());
    const bool temporary = persistence == "t";
    result_.changes_schema = true;
    n.ignore("options");
    n.ignore("tablespacename");
    if (!n.text("oncommit").empty() && n.text("oncommit") != "ONCOMMIT_NOOP" &&
        n.text("oncommit") != "ONCOMMIT_PRESERVE_ROWS")
        unsupported("CreateStmt.oncommit");

    table_draft draft;
    draft.name = name;
    std::vector<std::string> definitions;
    std::vector<node> later;
    for (const node& element : n.children("tableElts")) {
        if (element.is("ColumnDef"))
            definitions.push_back(column_definition(element, draft));
        else if (element.is("Constraint"))
            later.push_back(element);
        else
            unsupported(element.tag());
    }
    for (const node& constraint : later)
        if (std::string text = table_constraint(constraint, draft, ""); !text.empty())
            draft.constraints.push_back(text);

    const bool missing_ok = n.flag("if_not_exists");
    if (find_relation("", name)) {
        if (!missing_ok)
            fail(protocol::sqlstate::duplicate_table, "relation \"" + name + "\" already exists");
        result_.if_exists_miss = true;
        result_.notices.push_back(notice(protocol::sqlstate::duplicate_table,
                                         "relation \"" + name + "\" already exists, skipping"));
        return;
    }
    // A primary key that is generated becomes SQLite's rowid; its exact width goes into the note.
    for (std::size_t i = 0; i < definitions.size(); ++i) {
        const column_info& column = draft.columns[i];
        const bool in_key =
            std::find(draft.primary_key.begin(), draft.primary_key.end(), column.name) !=
            draft.primary_key.end();
        const bool generated =
            definitions[i].find("/*pg:") != std::string::npos &&
            calls_any(definitions[i], {" serial*/", " identity*/", " identity_always*/"});
        if (in_key && draft.primary_key.size() == 1 && generated && is_integer(column.type)) {
            const std::size_t open = definitions[i].find("/*pg:");
            const std::size_t close = definitions[i].find("*/", open) + 2;
            definitions[i] = quote_name(column.name) + " INTEGER " +
                             definitions[i].substr(open, close - open) + " " +
                             draft.primary_key_name + "PRIMARY KEY AUTOINCREMENT NOT NULL";
            draft.primary_key.clear();
        } else if (in_key && !column.not_null) {
            definitions[i] += " NOT NULL";
        }
    }
    if (!draft.primary_key.empty())
        definitions.push_back(draft.primary_key_name + "PRIMARY KEY (" +
                              quoted_list(draft.primary_key) + ")");
    definitions.insert(definitions.end(), draft.constraints.begin(), draft.constraints.end());
    if (draft.columns.empty())
        unsupported("a table without columns");
    emit(std::string("CREATE ") + (temporary ? "TEMP " : "") + "TABLE " + quote_name(name) + " (" +
         joined(definitions, ", ") + ")");
}

void translator::create_table_as(const node& n) {
    const node into = n.child("into");
    const node target = into.child("rel");
    const std::string name(target.text("relname"));
    const bool temporary = target.text("relpersistence") == "t";
    target.ignore("inh");
    target.ignore("schemaname");
    into.ignore("options");
    if (n.text("objtype") != "OBJECT_TABLE")
        unsupported("CREATE MATERIALIZED VIEW");
    if (!into.text("onCommit").empty() && into.text("onCommit") != "ONCOMMIT_NOOP" &&
        into.text("onCommit") != "ONCOMMIT_PRESERVE_ROWS")
        unsupported("IntoClause.onCommit");
    const bool missing_ok = n.flag("if_not_exists");
    result_.changes_schema = true;
    const node body = n.child("query");
    if (!body.is("SelectStmt"))
        unsupported("CREATE TABLE AS " + std::string(body.tag()));
    query q = select(body, nullptr);
    if (find_relation("", name)) {
        if (!missing_ok)
            fail(protocol::sqlstate::duplicate_table, "relation \"" + name + "\" already exists");
        into.ignore("colNames");
        into.flag("skipData");
        result_.if_exists_miss = true;
        result_.notices.push_back(notice(protocol::sqlstate::duplicate_table,
                                         "relation \"" + name + "\" already exists, skipping"));
        return;
    }
    const std::vector<typed> types = settled_types(q);
    const auto names = into.strings("colNames");
    std::string columns;
    for (std::size_t i = 0; i < types.size(); ++i) {
        const std::string declared = declared_type(types[i]);
        if (declared.empty())
            unsupported("a column of type " + display_name(types[i].type));
        const auto collation = collation_of(types[i].type);
        columns += (i ? ", " : "") + quote_name(i < names.size() ? names[i] : q.outputs[i].name) +
                   " " + declared + (collation.empty() ? "" : " COLLATE " + std::string(collation));
    }
    emit(std::string("CREATE ") + (temporary ? "TEMP " : "") + "TABLE " + quote_name(name) + " (" +
         columns + ")");
    if (!into.flag("skipData"))
        emit("INSERT INTO " + quote_name(name) + " " + render(q, types));
}

void translator::create_index(const node& n) {
    const node target = n.child("relation");
    const auto info = relation_of(target);
    const std::string_view method = n.text("accessMethod");
    if (!method.empty() && method != "btree" && method != "hash")
        unsupported("an index using " + std::string(method));
    n.ignore("options");
    n.ignore("tableSpace");
    n.ignore("concurrent");
    n.ignore("indexIncludingParams");
    const bool unique = n.flag("unique");
    if (n.flag("nulls_not_distinct"))
        unsupported("NULLS NOT DISTINCT");
    scope in;
    in.relations.push_back(relation_scope(info, info->name, ""));
    in.visible = in.relations.front().columns;
    std::string list, names;
    for (const node& element : n.children("indexParams")) {
        std::string text;
        std::string name(element.text("name"));
        if (name.empty()) {
            const expression e = visit(element.child("expr"), in);
            text = e.sql;
            name = e.name_strength ? e.name : "expr";
        } else {
            if (!info->find(name))
                fail(protocol::sqlstate::undefined_column,
                     "column \"" + name + "\" does not exist");
            text = quote_name(name);
        }
        element.ignore("opclass");
        element.ignore("opclassopts");
        element.ignore("nulls_ordering");  // SQLite's indexes know one order of NULLs
        if (element.has("collation")) {
            const auto collation = element.strings("collation");
            if (collation.back() != "C" && collation.back() != "POSIX" &&
                collation.back() != "default")
                unsupported("COLLATE \"" + collation.back() + "\"");
        }
        if (element.text("ordering") == "SORTBY_DESC")
            text += " DESC";
        list += (list.empty() ? "" : ", ") + text;
        names += "_" + name;
    }
    const std::string index =
        n.has("idxname") ? std::string(n.text("idxname")) : info->name + names + "_idx";
    std::string text = std::string("CREATE ") + (unique ? "UNIQUE " : "") + "INDEX " +
                       (n.flag("if_not_exists") ? "IF NOT EXISTS " : "") + quote_name(index) +
                       " ON " + quote_name(info->name) + " (" + list + ")";
    if (const node where = n.child("whereClause"))
        text += " WHERE " + condition(where, in, "WHERE").sql;
    result_.changes_schema = true;
    emit(text);
}

void translator::create_view(const node& n) {
    const node target = n.child("view");
    const std::string name(target.text("relname"));
    const bool temporary = target.text("relpersistence") == "t";
    target.ignore("inh");
    target.ignore("schemaname");
    n.ignore("options");
    if (n.text("withCheckOption") != "NO_CHECK_OPTION" && n.has("withCheckOption"))
        unsupported("WITH CHECK OPTION");
    query q = select(n.child("query"), nullptr);
    const std::vector<typed> types = settled_types(q);
    const auto names = n.strings("aliases");
    const bool replace = n.flag("replace");
    if (const auto existing = find_relation("", name)) {
        if (existing->type != relation_info::kind::view)
            fail(replace ? "42809" : "42P07",
                 replace ? "\"" + name + "\" is not a view"
                         : "relation \"" + name + "\" already exists");
        if (!replace)
            fail(protocol::sqlstate::duplicate_table, "relation \"" + name + "\" already exists");
        emit("DROP VIEW " + quote_name(name));
    }
    std::string columns;
    for (std::size_t i = 0; i < types.size(); ++i)
        columns += (i ? ", " : "") + quote_name(i < names.size() ? names[i] : q.outputs[i].name) +
                   " /*pg:" + std::string(type_name(types[i].type)) +
                   (types[i].modifier < 0 ? "" : ":" + std::to_string(types[i].modifier)) + "*/";
    result_.changes_schema = true;
    emit(std::string("CREATE ") + (temporary ? "TEMP " : "") + "VIEW " + quote_name(name) + " (" +
         columns + ") AS " + render(q, types));
}

void translator::drop(const node& n) {
    const std::string_view type = n.text("removeType");
    const bool missing_ok = n.flag("missing_ok");
    n.ignore("behavior");
    n.ignore("concurrent");
    const bool table = type == "OBJECT_TABLE", view = type == "OBJECT_VIEW";
    if (!table && !view && type != "OBJECT_INDEX")
        unsupported("DropStmt." + std::string(type));
    const std::string word = table ? "table" : view ? "view" : "index";
    std::vector<std::shared_ptr<const relation_info>> found;
    for (const node& object : n.children("objects")) {
        const auto names = object.strings("items");
        const std::string& name = names.back();
        if (!table && !view) {
            emit(std::string("DROP INDEX ") + (missing_ok ? "IF EXISTS " : "") + quote_name(name));
            continue;
        }
        const auto info = find_relation(names.size() > 1 ? names.front() : "", name);
        if (!info) {
            if (!missing_ok)
                fail(protocol::sqlstate::undefined_table,
                     word + " \"" + name + "\" does not exist");
            result_.notices.push_back(
                notice("00000", word + " \"" + name + "\" does not exist, skipping"));
            continue;
        }
        if ((info->type == relation_info::kind::view) != view)
            fail("42809",
                 "\"" + name + "\" is not a " + word,
                 -1,
                 table ? "Use DROP VIEW to remove a view." : "Use DROP TABLE to remove a table.");
        found.push_back(info);
    }
    // A table goes before those it references: dropping a parent first would fail on its rows.
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
        const auto references = [](const auto& from, const auto& to) {
            return std::any_of(from->foreign_keys.begin(),
                               from->foreign_keys.end(),
                               [&](const auto& key) { return key.referenced_table == to->name; });
        };
        return references(a, b) && !references(b, a);
    });
    for (const auto& info : found)
        emit("DROP " + std::string(table ? "TABLE " : "VIEW ") + quote_name(info->name));
    result_.if_exists_miss = result_.steps.empty();
    result_.changes_schema = !result_.steps.empty();
}

void translator::alter_table(const node& n) {
    const node target = n.child("relation");
    if (n.text("objtype") != "OBJECT_TABLE")
        unsupported("AlterTableStmt." + std::string(n.text("objtype")));
    if (n.flag("missing_ok") && !find_relation(target.text("schemaname"), target.text("relname"))) {
        result_.notices.push_back(notice(
            "00000",
            "relation \"" + std::string(target.text("relname")) + "\" does not exist, skipping"));
        target.ignore("inh");
        target.ignore("relpersistence");
        n.ignore("cmds");
        result_.if_exists_miss = true;
        return;
    }
    const auto info = relation_of(target);
    table_draft draft;
    draft.name = info->name;
    draft.columns = info->columns;
    if (info->has_primary_key)
        draft.primary_key = info->keys.front();
    for (const auto& key : info->foreign_keys)
        draft.names.insert(key.name);
    const std::string table = quote_name(info->name);
    sqlite_rebuild rebuild;
    rebuild.table = info->name;
    const auto known = [&](std::string_view name) {
        if (!info->find(name))
            fail(protocol::sqlstate::undefined_column,
                 "column \"" + std::string(name) + "\" of relation \"" + info->name +
                     "\" does not exist");
    };
    result_.changes_schema = true;
    for (const node& command : n.children("cmds")) {
        const std::string_view type = command.text("subtype");
        const std::string name(command.text("name"));
        command.ignore("behavior");
        if (type == "AT_AddConstraint") {
            if (std::string text = table_constraint(command.child("def"), draft, "");
                !text.empty()) {
                rebuild.add_constraints.push_back(text);
            } else {
                rebuild.add_constraints.push_back(draft.primary_key_name + "PRIMARY KEY (" +
                                                  quoted_list(draft.primary_key) + ")");
                rebuild.set_not_null.insert(
                    rebuild.set_not_null.end(), draft.not_null.begin(), draft.not_null.end());
            }
        } else if (type == "AT_AddColumn") {
            const node def = command.child("def");
            const std::string column(def.text("colname"));
            if (info->find(column)) {
                if (!command.flag("missing_ok"))
                    fail(protocol::sqlstate::duplicate_column,
                         "column \"" + column + "\" of relation \"" + info->name +
                             "\" already exists");
                result_.notices.push_back(notice(protocol::sqlstate::duplicate_column,
                                                 "column \"" + column + "\" of relation \"" +
                                                     info->name + "\" already exists, skipping"));
                for (const char* field : {"typeName", "constraints", "is_local", "collClause"})
                    def.ignore(field);
                continue;
            }
            command.flag("missing_ok");
            const bool had_key = !draft.primary_key.empty();
            std::string text = column_definition(def, draft);
            if (!had_key && !draft.primary_key.empty())
                unsupported("ADD COLUMN with PRIMARY KEY");
            if (calls_any(text, {" serial", " identity", "(CURRENT_", " volatile"}))
                unsupported("ADD COLUMN with a generated value");
            if (const std::size_t at = text.find(" NOT NULL");
                at != std::string::npos && text.find(" DEFAULT ") == std::string::npos) {
                text.erase(at, 9);
                rebuild.set_not_null.push_back(column);
            }
            emit("ALTER TABLE " + table + " ADD COLUMN " + text);
            rebuild.add_constraints.insert(
                rebuild.add_constraints.end(), draft.constraints.begin(), draft.constraints.end());
            draft.constraints.clear();
        } else if (type == "AT_DropColumn") {
            if (!info->find(name) && command.flag("missing_ok")) {
                result_.notices.push_back(notice("00000",
                                                 "column \"" + name + "\" of relation \"" +
                                                     info->name + "\" does not exist, skipping"));
                continue;
            }
            known(name);
            command.flag("missing_ok");
            emit("ALTER TABLE " + table + " DROP COLUMN " + quote_name(name));
        } else if (type == "AT_SetNotNull") {
            known(name);
            rebuild.set_not_null.push_back(name);
        } else if (type == "AT_DropNotNull") {
            known(name);
            rebuild.drop_not_null.push_back(name);
        } else if (type == "AT_SetRelOptions" || type == "AT_ResetRelOptions") {
            command.ignore("def");
        } else {
            unsupported("AlterTableCmd." + std::string(type));
        }
    }
    if (!rebuild.add_constraints.empty() || !rebuild.set_not_null.empty() ||
        !rebuild.drop_not_null.empty())
        result_.steps.push_back(rebuild);
}

void translator::rename(const node& n) {
    const std::string_view type = n.text("renameType");
    const node target = n.child("relation");
    const std::string to = quote_name(n.text("newname"));
    n.ignore("behavior");
    n.ignore("relationType");
    if (type != "OBJECT_TABLE" && type != "OBJECT_COLUMN")
        unsupported("RenameStmt." + std::string(type));
    const auto info = relation_of(target);
    const std::string table = quote_name(info->name);
    if (type == "OBJECT_TABLE") {
        if (find_relation("", n.text("newname")))
            fail(protocol::sqlstate::duplicate_table,
                 "relation \"" + std::string(n.text("newname")) + "\" already exists");
        emit("ALTER TABLE " + table + " RENAME TO " + to);
    } else {
        const std::string column(n.text("subname"));
        if (!info->find(column))
            fail(protocol::sqlstate::undefined_column, "column \"" + column + "\" does not exist");
        emit("ALTER TABLE " + table + " RENAME COLUMN " + quote_name(column) + " TO " + to);
    }
    result_.changes_schema = true;
}

}  // namespace pgduet::sql
