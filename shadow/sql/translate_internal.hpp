#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shadow/sql/infer.hpp"
#include "shadow/sql/rules/casts.hpp"
#include "shadow/sql/rules/types.hpp"
#include "shadow/sql/translate.hpp"
#include "shadow/sql/translate_node.hpp"

/// Inside of the translator, shared by the translate_*.cpp files; nobody else includes it.
///
/// One pass over the parse tree writes SQLite text and infers PostgreSQL types. A refusal or an
/// error of analysis is thrown as `refused` from any depth and caught in translate_to_sqlite();
/// it never leaves the library.
namespace pgduet::sql {

struct refused {
    protocol::sql_error error;
};

/// An expression written so far. Untyped literals and parameters stay of type `unknown` until
/// something decides (translator::coerce).
struct expression {
    std::string sql;
    typed type{protocol::type_oid::unknown, -1};
    std::string name = "?column?";        ///< PostgreSQL's name of a result column made of it
    int name_strength = 0;                ///< FigureColname's: 0 none, 1 weak, 2 good
    int parameter = 0;                    ///< it is $n and nothing else
    std::optional<std::string> constant;  ///< text form, when it is a constant
    bool null = false;                    ///< the constant NULL
    bool not_null = false;
    bool column = false;  ///< a plain column
    int location = -1;

    bool unknown() const { return type.type == protocol::type_oid::unknown; }
};

struct scope_column {
    std::string name;  ///< as PostgreSQL sees it
    typed type;
    std::string sql;
    bool not_null = false;
};

/// A FROM item with a name.
struct scope_relation {
    std::string alias;
    std::vector<scope_column> columns;
    std::shared_ptr<const relation_info> info;  ///< of a base table
    bool qualified_only = false;                ///< `excluded`: never found by a bare name
};

struct cte {
    std::string name;
    std::vector<scope_column> columns;  ///< sql is the bare quoted name
};

/// What names mean inside one query level.
struct scope {
    const scope* parent = nullptr;
    std::vector<scope_relation> relations;
    std::vector<scope_column> visible;  ///< what * gives: merged join columns once
    std::vector<cte> ctes;
    std::map<std::string, std::string> windows;
    bool aggregates = false;  ///< an aggregate was seen at this level
};

/// A SELECT in pieces, kept until the types its columns must have are known.
struct query {
    std::vector<expression> outputs;
    std::vector<std::string> aliases;  ///< SQLite names of the outputs, unique among them
    std::string with;
    std::string head;                           ///< SELECT or SELECT DISTINCT
    std::string tail;                           ///< FROM ... HAVING
    std::vector<std::vector<expression>> rows;  ///< of VALUES
    std::string operation;                      ///< UNION ALL, ...; then left and right are set
    std::unique_ptr<query> left, right;
    std::string order, limit;
    std::string distinct_on;  ///< window of DISTINCT ON, empty without
};

class translator {
public:
    translator(const statement& input,
               const relation_source& relations,
               const std::vector<protocol::oid>& given);

    translation run(const node& root);
    field_accounts accounts;

private:
    // translate_expression.cpp
    expression visit(const node& n, scope& in);
    expression column_ref(const node& n, scope& in);
    expression constant(const node& n);
    expression parameter(const node& n);
    expression operator_expression(const node& n, scope& in);
    expression list_comparison(const node& n, scope& in);
    expression array_comparison(const node& n, scope& in, bool all);
    expression between(const node& n, scope& in, std::string_view kind);
    expression like(const node& n, scope& in, bool insensitive);
    expression nullif(const node& n, scope& in);
    expression distinct_test(const node& n, scope& in, bool negated);
    expression row_comparison(const std::string& op,
                              const node& left,
                              const node& right,
                              scope& in);
    expression boolean_expression(const node& n, scope& in);
    expression boolean_test(const node& n, scope& in);
    expression null_test(const node& n, scope& in);
    expression case_expression(const node& n, scope& in);
    expression coalesce(const node& n, scope& in);
    expression min_max(const node& n, scope& in);
    expression sublink(const node& n, scope& in);
    expression type_cast(const node& n, scope& in);
    expression sql_value(const node& n);
    expression array_constructor(const node& n, scope& in);
    expression indirection(const node& n, scope& in);
    expression any_sublink(const node& n, scope& in);
    expression compare(const std::string& op, expression left, expression right, int location);
    expression binary(const std::string& op, std::vector<expression> operands, int location);
    std::vector<expression> visit_all(const std::vector<node>& nodes, scope& in);
    expression condition(const node& n, scope& in, std::string_view clause);

    // translate_function.cpp
    expression function_call(const node& n, scope& in);
    std::string window(const node& n, scope& in);
    std::string frame(const node& n, scope& in);
    std::string fill(const signature& row,
                     const resolution& chosen,
                     const std::vector<expression>& given);
    [[noreturn]] void no_function(std::string_view name,
                                  const std::vector<expression>& given,
                                  int location);

    // translate_coerce.cpp
    expression coerce(expression e, typed target, coercion context);
    expression coerce_constant(expression e, typed target, coercion context);
    expression settle(expression e);  ///< unknown becomes text
    protocol::oid common(const std::vector<expression>& list, std::string_view construct);
    expression assign(expression e, const column_info& column);
    typed type_name_of(const node& n, bool* serial = nullptr);
    void set_parameter(int number, typed type, bool with_modifier);

    // translate_select.cpp
    query select(const node& n, scope* parent, const std::vector<cte>* extra = nullptr);
    query simple_select(const node& n, scope& in);
    query set_operation(const node& n, scope& in);
    query values(const node& n, scope& in);
    std::string with_clause(const node& n, scope& in);
    void target_list(const std::vector<node>& targets, scope& in, query& out);
    void expand_star(const node& n, const std::vector<node>& fields, scope& in, query& out);
    void sort_clause(const node& n, scope& in, query& out);
    std::string sort_item(const node& item, scope& in, const query* out);
    std::string group_item(const node& item, scope& in, const query& out);
    void limit_clause(const node& n, scope& in, query& out);
    void unify(query& q, const std::vector<typed>& targets);
    std::string render(query& q, const std::vector<typed>& targets);
    std::string render(query& q);
    std::vector<typed> settled_types(query& q);
    std::vector<typed> set_types(query& q);

    // translate_from.cpp
    std::string from_clause(const std::vector<node>& items, scope& in);
    std::string from_item(const node& n, scope& in, std::vector<scope_column>& visible);
    std::string range_variable(const node& n, scope& in, std::vector<scope_column>& visible);
    std::string range_subselect(const node& n, scope& in, std::vector<scope_column>& visible);
    std::string range_function(const node& n, scope& in, std::vector<scope_column>& visible);
    std::string join(const node& n, scope& in, std::vector<scope_column>& visible);
    void rename_columns(const node& alias, std::vector<scope_column>& columns, int location);
    std::shared_ptr<const relation_info> find_relation(std::string_view schema,
                                                       std::string_view name) const;
    std::shared_ptr<const relation_info> relation_of(const node& range_var);
    scope_relation relation_scope(const std::shared_ptr<const relation_info>& info,
                                  const std::string& alias,
                                  const std::string& qualifier);
    const cte* find_cte(std::string_view name, const scope& in) const;

    // translate_dml.cpp
    void insert(const node& n);
    void update(const node& n);
    void delete_(const node& n);
    void truncate(const node& n);
    std::string insert_rows(const node& source,
                            scope& in,
                            const relation_info& table,
                            std::vector<const column_info*>& columns);
    std::string conflict_clause(const node& n, const relation_info& table, scope& in);
    std::string set_list(const std::vector<node>& targets, const relation_info& table, scope& in);
    std::string returning(const node& n,
                          const relation_info& table,
                          const std::string& alias,
                          scope& in);
    std::string default_value(const column_info& column, const relation_info& table);
    const column_info& target_column(const relation_info& table, const node& target);

    // translate_ddl.cpp
    void create_table(const node& n);
    void create_table_as(const node& n);
    void create_index(const node& n);
    void create_view(const node& n);
    void drop(const node& n);
    void alter_table(const node& n);
    void rename(const node& n);
    struct table_draft;
    std::string column_definition(const node& n, table_draft& draft);
    std::string table_constraint(const node& n, table_draft& draft, const std::string& column);
    std::string default_clause(const node& expr, const column_info& column, std::string& note);
    std::string foreign_key_tail(const node& n);

    // Common.
    void emit(std::string text) { result_.steps.push_back(sqlite_sql{std::move(text)}); }
    void set_columns(const query& q, const std::vector<typed>& types);
    int position(int location) const;
    [[noreturn]] void fail(std::string_view sqlstate,
                           std::string message,
                           int location = -1,
                           std::string hint = {}) const;
    [[noreturn]] void unsupported(std::string_view what, int location = -1) const;

    const statement& input_;
    const relation_source& relations_;
    std::vector<protocol::oid> given_;
    translation result_;
};

}  // namespace pgduet::sql
