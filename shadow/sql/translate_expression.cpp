// Expressions: columns, constants, operators, conditionals, casts.
#include <algorithm>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/sql/rules/operators.hpp"
#include "shadow/sql/translate_internal.hpp"

namespace pgduet::sql {
namespace {

namespace type_oid = protocol::type_oid;
using protocol::oid;

expression boolean(std::string sql, int location) {
    expression e;
    e.sql = std::move(sql);
    e.type = {type_oid::boolean, -1};
    e.location = location;
    return e;
}

void set_name(expression& e, std::string name, int strength) {
    e.name = std::move(name);
    e.name_strength = strength;
}

void clear_name(expression& e) {
    set_name(e, "?column?", 0);
}

// Postfix COLLATE where values of this type do not compare as SQLite compares them.
std::string collated(const std::string& sql, oid type) {
    const std::string_view collation = collation_of(type);
    return collation.empty() ? sql : sql + " COLLATE " + std::string(collation);
}

std::string joined(const std::vector<expression>& list, std::string_view separator) {
    std::string result;
    for (const expression& e : list) {
        if (!result.empty())
            result += separator;
        result += e.sql;
    }
    return result;
}

}  // namespace

expression translator::visit(const node& n, scope& in) {
    using handler = expression (translator::*)(const node&, scope&);
    static const std::map<std::string_view, handler> handlers = {
        {"ColumnRef", &translator::column_ref},
        {"A_Expr", &translator::operator_expression},
        {"BoolExpr", &translator::boolean_expression},
        {"BooleanTest", &translator::boolean_test},
        {"NullTest", &translator::null_test},
        {"CaseExpr", &translator::case_expression},
        {"CoalesceExpr", &translator::coalesce},
        {"MinMaxExpr", &translator::min_max},
        {"SubLink", &translator::sublink},
        {"TypeCast", &translator::type_cast},
        {"FuncCall", &translator::function_call},
        {"A_ArrayExpr", &translator::array_constructor},
        {"A_Indirection", &translator::indirection},
    };
    expression e;
    if (const auto found = handlers.find(n.tag()); found != handlers.end())
        e = (this->*found->second)(n, in);
    else if (n.is("A_Const"))
        e = constant(n);
    else if (n.is("ParamRef"))
        e = parameter(n);
    else if (n.is("SQLValueFunction"))
        e = sql_value(n);
    else if (n.is("CollateClause")) {
        e = settle(visit(n.child("arg"), in));
        const auto names = n.strings("collname");
        if (names.back() != "C" && names.back() != "POSIX" && names.back() != "default" &&
            names.back() != "ucs_basic")
            unsupported("COLLATE \"" + names.back() + "\"", n.location());
        e.sql += " COLLATE BINARY";
        e.sql = "(" + e.sql + ")";
    } else {
        unsupported(n.tag(), n.location());
    }
    if (e.location < 0)
        e.location = n.location();
    return e;
}

std::vector<expression> translator::visit_all(const std::vector<node>& nodes, scope& in) {
    std::vector<expression> result;
    for (const node& n : nodes)
        result.push_back(visit(n, in));
    return result;
}

expression translator::condition(const node& n, scope& in, std::string_view clause) {
    expression e = visit(n, in);
    if (!e.unknown() && e.type.type != type_oid::boolean)
        fail(protocol::sqlstate::datatype_mismatch,
             "argument of " + std::string(clause) + " must be type boolean, not type " +
                 display_name(e.type.type),
             e.location);
    return coerce(std::move(e), {type_oid::boolean, -1}, coercion::implicit);
}

expression translator::column_ref(const node& n, scope& in) {
    const auto fields = n.children("fields");
    if (fields.back().is("A_Star"))
        unsupported("whole-row reference", n.location());
    std::vector<std::string> names;
    for (const node& field : fields)
        names.emplace_back(field.text("sval"));
    if (names.size() > 2)
        names.erase(names.begin(), names.end() - 2);  // schema-qualified: public.t.c
    const std::string& wanted = names.back();

    const auto made = [&](const scope_column& column) {
        expression e;
        e.sql = column.sql;
        e.type = column.type;
        e.not_null = column.not_null;
        e.column = true;
        e.location = n.location();
        set_name(e, wanted, 2);
        return e;
    };
    for (const scope* level = &in; level; level = level->parent) {
        if (names.size() == 2) {
            for (const scope_relation& relation : level->relations) {
                if (relation.alias != names[0])
                    continue;
                for (const scope_column& column : relation.columns)
                    if (column.name == wanted)
                        return made(column);
                fail(protocol::sqlstate::undefined_column,
                     "column " + names[0] + "." + wanted + " does not exist",
                     n.location());
            }
            continue;
        }
        const scope_column* found = nullptr;
        for (const scope_column& column : level->visible) {
            if (column.name != wanted)
                continue;
            if (found)
                fail(protocol::sqlstate::ambiguous_column,
                     "column reference \"" + wanted + "\" is ambiguous",
                     n.location());
            found = &column;
        }
        if (found)
            return made(*found);
    }
    if (names.size() == 2)
        fail(protocol::sqlstate::undefined_table,
             "missing FROM-clause entry for table \"" + names[0] + "\"",
             n.location());
    fail(protocol::sqlstate::undefined_column,
         "column \"" + wanted + "\" does not exist",
         n.location());
}

expression translator::constant(const node& n) {
    expression e;
    e.location = n.location();
    e.not_null = true;
    if (n.flag("isnull")) {
        e.sql = "NULL";
        e.null = true;
        e.not_null = false;
        return e;
    }
    if (n.has("ival")) {
        std::int64_t value = n.child("ival").integer("ival");
        if (value == 0 && e.location >= 0) {
            // libpg_query prints no negative integers: the digits are in the text.
            std::string_view rest =
                std::string_view(input_.text)
                    .substr(std::min(static_cast<std::size_t>(e.location), input_.text.size()));
            if (rest.starts_with('-')) {
                const std::size_t digit = rest.find_first_not_of("- \t\n\r\f(");
                if (digit == std::string_view::npos || rest[digit] < '0' || rest[digit] > '9')
                    unsupported("negative constant written this way", e.location);
                value = -std::stoll(std::string(rest.substr(digit, 10)));
            }
        }
        e.constant = std::to_string(value);
        e.type.type = type_oid::int4;
        e.sql = literal(type_oid::int4, *e.constant);
        return e;
    }
    if (n.has("fval")) {
        e.constant = std::string(n.child("fval").text("fval"));
        const bool digits_only = e.constant->find_first_not_of("0123456789-") == std::string::npos;
        bool fits = false;
        if (digits_only) {
            try {
                fits = std::to_string(std::stoll(*e.constant)) == *e.constant;
            } catch (const std::out_of_range&) {
            }
        }
        e.type.type = fits ? type_oid::int8 : type_oid::numeric;
        if (!fits)
            return coerce_constant(std::move(e), {type_oid::numeric, -1}, coercion::implicit);
        e.sql = literal(type_oid::int8, *e.constant);
        return e;
    }
    if (n.has("boolval")) {
        e.constant = n.child("boolval").flag("boolval") ? "t" : "f";
        e.type.type = type_oid::boolean;
        e.sql = *e.constant == "t" ? "1" : "0";
        return e;
    }
    if (n.has("sval")) {
        e.constant = std::string(n.child("sval").text("sval"));
        e.sql = quote_text(*e.constant);
        return e;
    }
    unsupported("bit string constant", e.location);
}

expression translator::parameter(const node& n) {
    expression e;
    e.parameter = static_cast<int>(n.integer("number"));
    if (e.parameter < 1)
        fail(protocol::sqlstate::undefined_table, "there is no parameter $0", n.location());
    const auto needed = static_cast<std::size_t>(e.parameter);
    if (result_.parameter_types.size() < needed) {
        result_.parameter_types.resize(needed, 0);
        result_.parameter_modifiers.resize(needed, -1);
    }
    e.sql = "?" + std::to_string(e.parameter);
    const oid known = result_.parameter_types[needed - 1];
    e.type = {known ? known : type_oid::unknown,
              known ? result_.parameter_modifiers[needed - 1] : -1};
    e.location = n.location();
    return e;
}

expression translator::compare(const std::string& op,
                               expression left,
                               expression right,
                               int location) {
    std::vector<oid> types = {left.type.type, right.type.type};
    // char(n) against varchar compares as char(n), as PostgreSQL's candidate rules have it.
    oid type = common_type(types);
    if ((types[0] == type_oid::bpchar && types[1] == type_oid::varchar) ||
        (types[1] == type_oid::bpchar && types[0] == type_oid::varchar))
        type = type_oid::bpchar;
    else if (type == type_oid::varchar || type == type_oid::name)
        type = type == type_oid::name ? type : type_oid::text;
    // A float4 against another kind of number compares as float8, the preferred type.
    else if (type == type_oid::float4 && types[0] != types[1] && !left.unknown() &&
             !right.unknown())
        type = type_oid::float8;
    const bool castable = type && is_comparable(type) &&
                          (left.unknown() || can_cast(types[0], type, coercion::implicit)) &&
                          (right.unknown() || can_cast(types[1], type, coercion::implicit));
    if (!castable)
        fail(protocol::sqlstate::undefined_function,
             "operator does not exist: " + display_name(types[0]) + " " + op + " " +
                 display_name(types[1]),
             location,
             "No operator matches the given name and argument types. You might need to add "
             "explicit type casts.");
    const bool not_null = left.not_null && right.not_null;
    left = coerce(std::move(left), {type, -1}, coercion::implicit);
    right = coerce(std::move(right), {type, -1}, coercion::implicit);
    expression e =
        boolean("(" + collated(left.sql, type) + " " + op + " " + right.sql + ")", location);
    e.not_null = not_null;
    return e;
}

expression translator::binary(const std::string& op,
                              std::vector<expression> operands,
                              int location) {
    const auto rows = operators_named(op);
    std::vector<oid> types;
    for (const expression& e : operands)
        types.push_back(e.type.type);
    // The table has array || array only: an element beside an array is appended or prepended.
    if (op == "||" && operands.size() == 2) {
        const oid left_element = category_of(types[0]) == 'A' ? element_of(types[0]) : 0;
        const oid right_element = category_of(types[1]) == 'A' ? element_of(types[1]) : 0;
        if (left_element && !right_element && !operands[1].unknown()) {
            expression e;
            e.sql = "pg_array_append(" + operands[0].sql + ", " +
                    coerce(operands[1], {left_element, -1}, coercion::implicit).sql + ", " +
                    quote_text(type_name(left_element)) + ")";
            e.type.type = types[0];
            return e;
        }
        if (right_element && !left_element && !operands[0].unknown()) {
            expression e;
            e.sql = "pg_array_prepend(" +
                    coerce(operands[0], {right_element, -1}, coercion::implicit).sql + ", " +
                    operands[1].sql + ", " + quote_text(type_name(right_element)) + ")";
            e.type.type = types[1];
            return e;
        }
        // text || anything and anything || text: the other side prints itself.
        if (is_text_like(types[0]) != is_text_like(types[1]) && !operands[0].unknown() &&
            !operands[1].unknown()) {
            expression& other = operands[is_text_like(types[0]) ? 1 : 0];
            other = coerce(other, {type_oid::text, -1}, coercion::explicit_);
            types[&other - operands.data()] = type_oid::text;
        }
    }
    const resolution found = resolve(rows, types);
    if (!found.chosen) {
        const std::string left = operands.size() == 2 ? display_name(types[0]) + " " : "";
        const std::string shown = left + op + " " + display_name(types.back());
        if (found.ambiguous)
            fail("42725",
                 "operator is not unique: " + shown,
                 location,
                 "Could not choose a best candidate operator. You might need to add explicit "
                 "type casts.");
        if (rows.empty() && op.find_first_not_of("+-*/<>=~!@#%^&|`?") == std::string::npos)
            unsupported("operator " + op, location);
        fail(protocol::sqlstate::undefined_function,
             "operator does not exist: " + shown,
             location,
             "No operator matches the given name and argument types. You might need to add "
             "explicit type casts.");
    }
    expression e;
    e.not_null = std::all_of(
        operands.begin(), operands.end(), [](const expression& o) { return o.not_null; });
    // Division by a constant other than 0 and -1 cannot fail: SQLite's own truncates alike.
    const bool harmless = operands.size() == 2 && operands[1].constant &&
                          is_integer(found.result) && is_integer(types[1]) &&
                          *operands[1].constant != "0" && *operands[1].constant != "-1";
    std::string text = fill(*found.chosen, found, operands);
    if (harmless && (op == "/" || op == "%"))
        text = operands[0].sql + " " + op + " " + operands[1].sql;
    if (harmless && operands[0].unknown())
        text = fill(*found.chosen, found, operands);
    e.sql = "(" + text + ")";
    e.type = {found.result, -1};
    e.location = location;
    return e;
}

expression translator::operator_expression(const node& n, scope& in) {
    const std::string_view kind = n.text("kind");
    if (kind == "AEXPR_IN")
        return list_comparison(n, in);
    if (kind == "AEXPR_OP_ANY" || kind == "AEXPR_OP_ALL")
        return array_comparison(n, in, kind == "AEXPR_OP_ALL");
    if (kind.starts_with("AEXPR_BETWEEN") || kind.starts_with("AEXPR_NOT_BETWEEN"))
        return between(n, in, kind);
    if (kind == "AEXPR_LIKE" || kind == "AEXPR_ILIKE")
        return like(n, in, kind == "AEXPR_ILIKE");
    if (kind == "AEXPR_NULLIF")
        return nullif(n, in);
    if (kind == "AEXPR_DISTINCT" || kind == "AEXPR_NOT_DISTINCT")
        return distinct_test(n, in, kind == "AEXPR_NOT_DISTINCT");
    if (kind != "AEXPR_OP")
        unsupported("A_Expr." + std::string(kind), n.location());

    const auto names = n.strings("name");
    std::string op = names.back();
    if (op == "!=")
        op = "<>";
    const node left = n.child("lexpr");
    const node right = n.child("rexpr");
    if (is_comparison(op) && left && right) {
        if (left.is("RowExpr") && right.is("RowExpr"))
            return row_comparison(op, left, right, in);
        expression l = visit(left, in);
        return compare(op, std::move(l), visit(right, in), n.location());
    }
    std::vector<expression> operands;
    if (left)
        operands.push_back(visit(left, in));
    operands.push_back(visit(right, in));
    expression e = binary(op, std::move(operands), n.location());
    clear_name(e);
    return e;
}

expression translator::row_comparison(const std::string& op,
                                      const node& left,
                                      const node& right,
                                      scope& in) {
    const auto l = left.children("args");
    const auto r = right.children("args");
    if (l.size() != r.size())
        fail(protocol::sqlstate::syntax_error,
             "unequal number of entries in row expressions",
             left.location());
    std::string lhs, rhs;
    for (std::size_t i = 0; i < l.size(); ++i) {
        expression a = visit(l[i], in);
        expression b = visit(r[i], in);
        const oid type = common({a, b}, "row comparison");
        lhs += (i ? ", " : "") +
               collated(coerce(std::move(a), {type, -1}, coercion::implicit).sql, type);
        rhs += (i ? ", " : "") + coerce(std::move(b), {type, -1}, coercion::implicit).sql;
    }
    return boolean("((" + lhs + ") " + op + " (" + rhs + "))", left.location());
}

expression translator::list_comparison(const node& n, scope& in) {
    const bool negated = n.strings("name").back() == "<>";
    const node left = n.child("lexpr");
    const auto items = n.children("rexpr");
    if (left.is("RowExpr")) {
        std::string text;
        for (const node& item : items) {
            if (!item.is("RowExpr"))
                unsupported("IN list that mixes rows and values", n.location());
            text += (text.empty() ? "" : " OR ") + row_comparison("=", left, item, in).sql;
        }
        return boolean((negated ? "(NOT (" : "((") + text + "))", n.location());
    }
    std::vector<expression> all = {visit(left, in)};
    for (const node& item : items)
        all.push_back(visit(item, in));
    std::vector<oid> types;
    for (const expression& e : all)
        types.push_back(e.type.type);
    oid type = common_type(types);
    if (!type) {
        // No common type: PostgreSQL then tries the operator for each pair, and says which fails.
        std::string text;
        for (std::size_t i = 1; i < all.size(); ++i)
            text += (i > 1 ? (negated ? " AND " : " OR ") : "") +
                    compare(negated ? "<>" : "=", all[0], all[i], n.location()).sql;
        return boolean("(" + text + ")", n.location());
    }
    if (type == type_oid::varchar)
        type = type_oid::text;
    for (expression& e : all)
        e = coerce(std::move(e), {type, -1}, coercion::implicit);
    const std::string head = collated(all[0].sql, type);
    all.erase(all.begin());
    return boolean("(" + head + (negated ? " NOT IN (" : " IN (") + joined(all, ", ") + "))",
                   n.location());
}

expression translator::array_comparison(const node& n, scope& in, bool every) {
    std::string op = n.strings("name").back();
    if (op == "!=")
        op = "<>";
    expression left = visit(n.child("lexpr"), in);
    const node right_node = n.child("rexpr");
    if (!is_comparison(op))
        unsupported("operator " + op + (every ? " ALL" : " ANY") + " over an array", n.location());
    if (right_node.is("A_ArrayExpr")) {
        std::string text;
        const auto elements = right_node.children("elements");
        for (const node& element : elements)
            text += (text.empty() ? ""
                     : every      ? " AND "
                                  : " OR ") +
                    compare(op, left, visit(element, in), n.location()).sql;
        if (elements.empty())
            text = every ? "1" : "0";
        return boolean("(" + text + ")", n.location());
    }
    expression right = visit(right_node, in);
    oid element = right.unknown() ? left.type.type : element_of(right.type.type);
    if (right.unknown()) {
        if (left.unknown())
            element = type_oid::text;
        if (element == type_oid::varchar || element == type_oid::bpchar)
            element = type_oid::text;
        const oid array = array_of(element);
        if (!array)
            unsupported("array of " + display_name(element), n.location());
        right = coerce(std::move(right), {array, -1}, coercion::implicit);
    }
    if (!element)
        fail(protocol::sqlstate::datatype_mismatch,
             "op ANY/ALL (array) requires array on right side",
             n.location());
    const std::vector<oid> pair = {left.type.type, element};
    const oid type = common_type(pair);
    if (!type)
        fail(protocol::sqlstate::undefined_function,
             "operator does not exist: " + display_name(left.type.type) + " " + op + " " +
                 display_name(element),
             n.location());
    if (element == type_oid::bytea)
        unsupported("ANY over an array of bytea", n.location());
    // A NULL array makes the comparison NULL, as one NULL element does; an empty one does not.
    if (!right.constant)
        right.sql = "coalesce(" + right.sql + ", '{NULL}')";
    left = coerce(std::move(left), {type, -1}, coercion::implicit);
    const std::string rows = "(SELECT " + cast_text("value", element, {type, -1}) +
                             " FROM json_each(pg_array_to_json(" + right.sql + ", " +
                             quote_text(type_name(element)) + ")))";
    const std::string value = collated(left.sql, type);
    if (op == "=" && !every)
        return boolean("(" + value + " IN " + rows + ")", n.location());
    if (op == "<>" && every)
        return boolean("(" + value + " NOT IN " + rows + ")", n.location());
    // Three-valued: true (false for ALL) if one row decides, NULL if one is NULL, else the other.
    const std::string test = value + " " + op + " a.v";
    return boolean("(SELECT " + std::string(every ? "coalesce(min(" : "coalesce(max(") + test +
                       "), CASE WHEN count(*) = 0 THEN " + (every ? "1" : "0") + " END) FROM " +
                       "(SELECT value AS v FROM json_each(pg_array_to_json(" + right.sql + ", " +
                       quote_text(type_name(element)) + "))) AS a)",
                   n.location());
}

expression translator::between(const node& n, scope& in, std::string_view kind) {
    n.ignore("name");
    const node left = n.child("lexpr");
    const auto bounds = n.children("rexpr");
    const bool negated = kind.starts_with("AEXPR_NOT");
    const bool symmetric = kind.ends_with("SYM");
    const auto side = [&](const char* op, std::size_t i) {
        expression l = visit(left, in);
        return compare(op, std::move(l), visit(bounds[i], in), n.location()).sql;
    };
    std::string text = "(" + side(">=", 0) + " AND " + side("<=", 1) + ")";
    if (symmetric)
        text = "(" + text + " OR (" + side(">=", 1) + " AND " + side("<=", 0) + "))";
    return boolean(negated ? "(NOT " + text + ")" : text, n.location());
}

expression translator::like(const node& n, scope& in, bool insensitive) {
    const bool negated = n.strings("name").back().starts_with('!');
    const typed text{type_oid::text, -1};
    expression left = coerce(visit(n.child("lexpr"), in), text, coercion::implicit);
    const node right = n.child("rexpr");
    std::string arguments;
    if (right.is("FuncCall") && right.children("funcname").back().text("sval") == "like_escape") {
        right.strings("funcname");
        for (const node& argument : right.children("args"))
            arguments += ", " + coerce(visit(argument, in), text, coercion::implicit).sql;
    } else {
        arguments = ", " + coerce(visit(right, in), text, coercion::implicit).sql;
    }
    return boolean(std::string(negated ? "(NOT " : "(") + (insensitive ? "pg_ilike(" : "pg_like(") +
                       left.sql + arguments + "))",
                   n.location());
}

expression translator::nullif(const node& n, scope& in) {
    n.ignore("name");
    expression left = visit(n.child("lexpr"), in);
    expression right = visit(n.child("rexpr"), in);
    const oid type = common({left, right}, "NULLIF");
    // The result has the left side's type, the comparison the common one.
    expression result = left.unknown() ? coerce(left, {type, -1}, coercion::implicit) : left;
    const std::string test = compare("=", result, right, n.location()).sql;
    expression e;
    e.sql = "(CASE WHEN " + test + " THEN NULL ELSE " + result.sql + " END)";
    e.type = {result.type.type, -1};
    set_name(e, "nullif", 2);
    return e;
}

expression translator::distinct_test(const node& n, scope& in, bool negated) {
    n.ignore("name");
    expression left = visit(n.child("lexpr"), in);
    expression right = visit(n.child("rexpr"), in);
    const oid type = common({left, right}, "IS DISTINCT FROM");
    left = coerce(std::move(left), {type, -1}, coercion::implicit);
    right = coerce(std::move(right), {type, -1}, coercion::implicit);
    expression e =
        boolean("(" + collated(left.sql, type) + (negated ? " IS " : " IS NOT ") + right.sql + ")",
                n.location());
    e.not_null = true;
    return e;
}

expression translator::boolean_expression(const node& n, scope& in) {
    const std::string_view op = n.text("boolop");
    const auto arguments = n.children("args");
    if (op == "NOT_EXPR") {
        expression e =
            boolean("(NOT " + condition(arguments.front(), in, "NOT").sql + ")", n.location());
        return e;
    }
    const std::string_view word = op == "AND_EXPR" ? "AND" : "OR";
    std::vector<expression> parts;
    for (const node& argument : arguments)
        parts.push_back(condition(argument, in, word));
    return boolean("(" + joined(parts, " " + std::string(word) + " ") + ")", n.location());
}

expression translator::boolean_test(const node& n, scope& in) {
    static const std::map<std::string_view, std::string_view> tests = {
        {"IS_TRUE", " IS 1)"},
        {"IS_NOT_TRUE", " IS NOT 1)"},
        {"IS_FALSE", " IS 0)"},
        {"IS_NOT_FALSE", " IS NOT 0)"},
        {"IS_UNKNOWN", " IS NULL)"},
        {"IS_NOT_UNKNOWN", " IS NOT NULL)"},
    };
    const expression argument = condition(n.child("arg"), in, "IS");
    expression e =
        boolean("(" + argument.sql + std::string(tests.at(n.text("booltesttype"))), n.location());
    e.not_null = true;
    return e;
}

expression translator::null_test(const node& n, scope& in) {
    const bool negated = n.text("nulltesttype") == "IS_NOT_NULL";
    n.ignore("argisrow");
    const node argument = n.child("arg");
    std::string text;
    if (argument.is("RowExpr")) {
        for (const expression& e : visit_all(argument.children("args"), in))
            text += (text.empty() ? "" : " AND ") + settle(e).sql +
                    (negated ? " IS NOT NULL" : " IS NULL");
    } else {
        expression e = visit(argument, in);
        if (e.parameter && e.unknown())
            fail(protocol::sqlstate::indeterminate_datatype,
                 "could not determine data type of parameter $" + std::to_string(e.parameter),
                 e.location);
        text = settle(std::move(e)).sql + (negated ? " IS NOT NULL" : " IS NULL");
    }
    expression e = boolean("(" + text + ")", n.location());
    e.not_null = true;
    return e;
}

expression translator::case_expression(const node& n, scope& in) {
    const node argument = n.child("arg");
    std::vector<std::string> conditions;
    std::vector<expression> results;
    for (const node& when : n.children("args")) {
        if (argument) {
            expression subject = visit(argument, in);
            conditions.push_back(
                compare("=", std::move(subject), visit(when.child("expr"), in), n.location()).sql);
        } else {
            conditions.push_back(condition(when.child("expr"), in, "CASE/WHEN").sql);
        }
        results.push_back(visit(when.child("result"), in));
    }
    expression otherwise;
    otherwise.sql = "NULL";
    otherwise.null = true;
    const node default_node = n.child("defresult");
    if (default_node)
        otherwise = visit(default_node, in);
    // The ELSE branch is looked at first, as PostgreSQL does when it picks the common type.
    std::vector<expression> all = {otherwise};
    all.insert(all.end(), results.begin(), results.end());
    const oid type = common(all, "CASE");
    expression e;
    e.sql = "(CASE";
    for (std::size_t i = 0; i < results.size(); ++i)
        e.sql += " WHEN " + conditions[i] + " THEN " +
                 coerce(results[i], {type, -1}, coercion::implicit).sql;
    e.sql += " ELSE " + coerce(otherwise, {type, -1}, coercion::implicit).sql + " END)";
    const bool alike = std::all_of(
        all.begin(), all.end(), [&](const expression& x) { return x.type == all.front().type; });
    e.type = {type, alike ? all.front().type.modifier : -1};
    if (otherwise.name_strength > 1)
        set_name(e, otherwise.name, otherwise.name_strength);
    else
        set_name(e, "case", 1);
    return e;
}

expression translator::coalesce(const node& n, scope& in) {
    std::vector<expression> list = visit_all(n.children("args"), in);
    const oid type = common(list, "COALESCE");
    const bool alike = std::all_of(
        list.begin(), list.end(), [&](const expression& x) { return x.type == list.front().type; });
    expression e;
    e.type = {type, alike ? list.front().type.modifier : -1};
    e.not_null =
        std::any_of(list.begin(), list.end(), [](const expression& x) { return x.not_null; });
    for (expression& item : list)
        item = coerce(std::move(item), {type, -1}, coercion::implicit);
    e.sql = list.size() == 1 ? list.front().sql : "coalesce(" + joined(list, ", ") + ")";
    set_name(e, "coalesce", 2);
    return e;
}

expression translator::min_max(const node& n, scope& in) {
    const bool least = n.text("op") == "IS_LEAST";
    std::vector<expression> list = visit_all(n.children("args"), in);
    const oid type = common(list, least ? "LEAST" : "GREATEST");
    for (expression& item : list)
        item = coerce(std::move(item), {type, -1}, coercion::implicit);
    expression e;
    e.sql = std::string(least ? "pg_least(" : "pg_greatest(") + quote_text(type_name(type)) + ", " +
            joined(list, ", ") + ")";
    e.type = {type, -1};
    set_name(e, least ? "least" : "greatest", 2);
    return e;
}

expression translator::sublink(const node& n, scope& in) {
    const std::string_view kind = n.text("subLinkType");
    if (kind == "ANY_SUBLINK" || kind == "ALL_SUBLINK")
        return any_sublink(n, in);
    query q = select(n.child("subselect"), &in);
    expression e;
    if (kind == "EXISTS_SUBLINK") {
        e = boolean("EXISTS (" + render(q) + ")", n.location());
        e.not_null = true;
        set_name(e, "exists", 2);
        return e;
    }
    if (kind != "EXPR_SUBLINK" && kind != "ARRAY_SUBLINK")
        unsupported("SubLink." + std::string(kind), n.location());
    const std::vector<typed> types = settled_types(q);
    if (types.size() != 1)
        fail(
            protocol::sqlstate::syntax_error, "subquery must return only one column", n.location());
    if (kind == "ARRAY_SUBLINK") {
        const std::string column = quote_name(q.aliases.front());
        e.type.type = array_of(types[0].type);
        if (!e.type.type)
            unsupported("array of " + display_name(types[0].type), n.location());
        e.sql = "(SELECT coalesce(pg_array_agg(" + column + ", " +
                quote_text(type_name(types[0].type)) + "), '{}') FROM (" + render(q, types) + "))";
        set_name(e, "array", 2);
        return e;
    }
    set_name(e, q.outputs.front().name, 2);
    e.sql = "(" + render(q, types) + ")";
    e.type = types[0];
    return e;
}

expression translator::any_sublink(const node& n, scope& in) {
    const bool every = n.text("subLinkType") == "ALL_SUBLINK";
    std::string op = n.has("operName") ? n.strings("operName").back() : "=";
    if (op == "!=")
        op = "<>";
    const node test = n.child("testexpr");
    std::vector<expression> left =
        test.is("RowExpr") ? visit_all(test.children("args"), in) : visit_all({test}, in);
    query q = select(n.child("subselect"), &in);
    if (q.outputs.size() != left.size())
        fail(protocol::sqlstate::syntax_error,
             q.outputs.size() < left.size() ? "subquery has too few columns"
                                            : "subquery has too many columns",
             n.location());
    const std::vector<typed> own = set_types(q);
    std::vector<typed> targets;
    std::string lhs;
    for (std::size_t i = 0; i < left.size(); ++i) {
        const std::vector<oid> pair = {left[i].type.type, own[i].type};
        const oid type = common_type(pair);
        if (!type)
            fail(protocol::sqlstate::undefined_function,
                 "operator does not exist: " + display_name(pair[0]) + " " + op + " " +
                     display_name(pair[1]),
                 n.location(),
                 "No operator matches the given name and argument types. You might need to add "
                 "explicit type casts.");
        targets.push_back({type, -1});
        lhs +=
            (i ? ", " : "") + collated(coerce(left[i], {type, -1}, coercion::implicit).sql, type);
    }
    if (left.size() > 1)
        lhs = "(" + lhs + ")";
    const std::string rows = "(" + render(q, targets) + ")";
    if (op == "=" && !every)
        return boolean("(" + lhs + " IN " + rows + ")", n.location());
    if (op == "<>" && every)
        return boolean("(" + lhs + " NOT IN " + rows + ")", n.location());
    if (left.size() > 1 || !is_comparison(op))
        unsupported("SubLink.operName " + op, n.location());
    const std::string column = quote_name(q.aliases.front());
    return boolean("(SELECT coalesce(" + std::string(every ? "min(" : "max(") + lhs + " " + op +
                       " a." + column + "), CASE WHEN count(*) = 0 THEN " + (every ? "1" : "0") +
                       " END) FROM " + rows + " AS a)",
                   n.location());
}

expression translator::type_cast(const node& n, scope& in) {
    const node type = n.child("typeName");
    const typed target = type_name_of(type);
    const node argument = n.child("arg");
    // ARRAY[]::int[] has no element to take a type from.
    if (argument.is("A_ArrayExpr") && category_of(target.type) == 'A') {
        expression e;
        e.type = target;
        e.sql = "pg_array(" + quote_text(type_name(element_of(target.type)));
        for (expression& item : [&] {
                 auto v = visit_all(argument.children("elements"), in);
                 return v;
             }())
            e.sql +=
                ", " +
                coerce(std::move(item), {element_of(target.type), -1}, coercion::explicit_).sql;
        e.sql += ")";
        set_name(e, "array", 2);
        return e;
    }
    expression from = visit(argument, in);
    const std::string name = from.name;
    const int strength = from.name_strength;
    const bool not_null = from.not_null;
    if (from.location < 0)
        from.location = n.location();
    expression e = coerce(std::move(from), target, coercion::explicit_);
    e.not_null = not_null;
    e.column = false;
    if (strength > 1)
        set_name(e, name, strength);
    else
        set_name(e, type.strings("names").back(), 1);
    return e;
}

expression translator::sql_value(const node& n) {
    struct row {
        oid type;
        std::string_view name, sql;
    };
    static const std::map<std::string_view, row> rows = {
        {"SVFOP_CURRENT_TIMESTAMP", {type_oid::timestamptz, "current_timestamp", "pg_now()"}},
        {"SVFOP_CURRENT_TIMESTAMP_N", {type_oid::timestamptz, "current_timestamp", "pg_now()"}},
        {"SVFOP_CURRENT_DATE",
         {type_oid::date, "current_date", "pg_cast(pg_now(), 'timestamptz', 'date', -1)"}},
        {"SVFOP_LOCALTIMESTAMP",
         {type_oid::timestamp,
          "localtimestamp",
          "pg_cast(pg_now(), 'timestamptz', 'timestamp', -1)"}},
        {"SVFOP_LOCALTIME",
         {type_oid::time, "localtime", "pg_cast(pg_now(), 'timestamptz', 'time', -1)"}},
        {"SVFOP_CURRENT_TIME",
         {type_oid::timetz, "current_time", "pg_cast(pg_now(), 'timestamptz', 'timetz', -1)"}},
        {"SVFOP_CURRENT_USER", {type_oid::name, "current_user", "pg_session('user')"}},
        {"SVFOP_USER", {type_oid::name, "user", "pg_session('user')"}},
        {"SVFOP_SESSION_USER", {type_oid::name, "session_user", "pg_session('user')"}},
        {"SVFOP_CURRENT_ROLE", {type_oid::name, "current_role", "pg_session('user')"}},
        {"SVFOP_CURRENT_CATALOG", {type_oid::name, "current_catalog", "pg_session('database')"}},
        {"SVFOP_CURRENT_SCHEMA", {type_oid::name, "current_schema", "pg_session('schema')"}},
    };
    const auto found = rows.find(n.text("op"));
    if (found == rows.end())
        unsupported("SQLValueFunction." + std::string(n.text("op")), n.location());
    expression e;
    e.sql = found->second.sql;
    e.type.type = found->second.type;
    e.not_null = true;
    set_name(e, std::string(found->second.name), 2);
    if (n.text("op") == "SVFOP_CURRENT_TIMESTAMP_N")
        return coerce(std::move(e),
                      {type_oid::timestamptz, static_cast<std::int32_t>(n.integer("typmod"))},
                      coercion::explicit_);
    return e;
}

expression translator::array_constructor(const node& n, scope& in) {
    std::vector<expression> list = visit_all(n.children("elements"), in);
    if (list.empty())
        fail(protocol::sqlstate::indeterminate_datatype,
             "cannot determine type of empty array",
             n.location(),
             "Explicitly cast to the desired type, for example ARRAY[]::integer[].");
    const oid element = common(list, "ARRAY");
    expression e;
    e.type.type = array_of(element);
    if (!e.type.type)
        unsupported("array of " + display_name(element), n.location());
    e.sql = "pg_array(" + quote_text(type_name(element));
    for (expression& item : list)
        e.sql += ", " + coerce(std::move(item), {element, -1}, coercion::implicit).sql;
    e.sql += ")";
    set_name(e, "array", 2);
    return e;
}

expression translator::indirection(const node& n, scope& in) {
    expression e = visit(n.child("arg"), in);
    for (const node& step : n.children("indirection")) {
        if (!step.is("A_Indices") || step.flag("is_slice") || step.has("lidx"))
            unsupported("A_Indirection with a field or a slice", n.location());
        const oid element = category_of(e.type.type) == 'A' ? element_of(e.type.type) : 0;
        if (!element)
            fail(protocol::sqlstate::datatype_mismatch,
                 "cannot subscript type " + display_name(e.type.type) +
                     " because it does not support subscripting",
                 n.location());
        const expression index =
            coerce(visit(step.child("uidx"), in), {type_oid::int4, -1}, coercion::assignment);
        e.sql = "pg_array_get(" + e.sql + ", " + quote_text(type_name(element)) + ", " + index.sql +
                ")";
        e.type = {element, -1};
        e.column = false;
        e.not_null = false;
        e.constant.reset();
    }
    return e;
}

}  // namespace pgduet::sql
