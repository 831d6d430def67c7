#include "shadow/store/sqlite/error_map.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>

#include "protocol/sql_types/sqlstate.hpp"

namespace pgduet::store::sqlite {

using protocol::make_error;
using protocol::sql_error;
namespace sqlstate = protocol::sqlstate;

namespace {

std::optional<std::string> after(std::string_view text, std::string_view prefix) {
    const std::size_t at = text.find(prefix);
    if (at == std::string_view::npos)
        return std::nullopt;
    return std::string(text.substr(at + prefix.size()));
}

/// The name in double quotes behind a word of a message.
std::string quoted(const std::string& message, const std::string& word) {
    const std::size_t begin = message.find(word + "\"");
    if (begin == std::string::npos)
        return {};
    const std::size_t first = begin + word.size() + 1;
    return message.substr(first, message.find('"', first) - first);
}

/// `[22012] division by zero`, as the registered functions raise.
std::optional<sql_error> tagged(const std::string& message) {
    if (message.size() < 8 || message[0] != '[' || message[6] != ']' || message[7] != ' ')
        return std::nullopt;
    for (std::size_t i = 1; i < 6; ++i) {
        if (!std::isdigit(static_cast<unsigned char>(message[i])) &&
            !std::isupper(static_cast<unsigned char>(message[i])))
            return std::nullopt;
    }
    sql_error error = make_error(message.substr(1, 5), message.substr(8));
    if (error.sqlstate == sqlstate::not_null_violation) {
        error.schema = "public";
        error.column = quoted(error.message, "column ");
        error.table = quoted(error.message, "relation ");
    }
    return error;
}

/// `t.a, t.b` -> table t, columns a and b.
struct column_list {
    std::string table;
    std::vector<std::string> columns;
};

column_list read_columns(std::string_view text) {
    column_list out;
    while (!text.empty()) {
        const std::size_t comma = text.find(", ");
        const std::string_view one = text.substr(0, comma);
        const std::size_t dot = one.find('.');
        if (dot != std::string_view::npos) {
            out.table = one.substr(0, dot);
            out.columns.emplace_back(one.substr(dot + 1));
        }
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 2);
    }
    return out;
}

/// The value an INSERT of one VALUES row gives a column, as far as the analysis knows it.
std::optional<std::string> inserted_value(const error_surroundings& around,
                                          const std::string& table,
                                          const std::string& column) {
    if (around.statement == nullptr || around.statement->kind != sql::statement_kind::insert)
        return std::nullopt;
    for (const sql::equality& one : around.statement->equalities) {
        if (one.table != table || one.column != column)
            continue;
        if (one.parameter == 0)
            return one.literal;
        const auto index = static_cast<std::size_t>(one.parameter - 1);
        if (around.parameters != nullptr && index < around.parameters->size() &&
            (*around.parameters)[index])
            return *(*around.parameters)[index];
    }
    return std::nullopt;
}

std::string key_detail(const error_surroundings& around, const column_list& key) {
    std::string names;
    std::string values;
    for (const std::string& column : key.columns) {
        const auto value = inserted_value(around, key.table, column);
        if (!value)
            return {};
        names += (names.empty() ? "" : ", ") + column;
        values += (values.empty() ? "" : ", ") + *value;
    }
    return "Key (" + names + ")=(" + values + ") already exists.";
}

sql_error unique(const std::string& message, const error_surroundings& around) {
    const std::string what = after(message, "failed: ").value_or("");
    column_list key = read_columns(what);
    std::string constraint;
    if (const auto index = after(what, "index '")) {
        constraint = index->substr(0, index->find('\''));
    } else if (around.schema != nullptr) {
        if (const auto* entry = around.schema->find_entry(key.table)) {
            for (const unique_key& one : entry->keys) {
                if (one.columns == key.columns) {
                    constraint = one.name;
                    break;
                }
            }
        }
    }
    if (constraint.empty()) {
        constraint = key.table;
        for (const std::string& column : key.columns)
            constraint += "_" + column;
        constraint += "_key";
    }
    sql_error error =
        make_error(sqlstate::unique_violation,
                   "duplicate key value violates unique constraint \"" + constraint + "\"");
    error.detail = key.columns.empty() ? "" : key_detail(around, key);
    error.schema = "public";
    error.table = key.table;
    error.constraint = constraint;
    return error;
}

sql_error not_null(const std::string& message) {
    const column_list what = read_columns(after(message, "failed: ").value_or(""));
    const std::string column = what.columns.empty() ? "" : what.columns.front();
    sql_error error = make_error(sqlstate::not_null_violation,
                                 "null value in column \"" + column + "\" of relation \"" +
                                     what.table + "\" violates not-null constraint");
    error.schema = "public";
    error.table = what.table;
    error.column = column;
    return error;
}

sql_error check(const std::string& message, const error_surroundings& around) {
    const std::string constraint = after(message, "failed: ").value_or("");
    std::string table;
    if (around.statement != nullptr) {
        for (const sql::relation_ref& relation : around.statement->relations) {
            if (relation.written && table.empty())
                table = relation.name;
        }
    }
    sql_error error = make_error(
        sqlstate::check_violation,
        "new row for relation \"" + table + "\" violates check constraint \"" + constraint + "\"");
    error.schema = "public";
    error.table = table;
    error.constraint = constraint;
    return error;
}

struct code_rule {
    int code;
    std::string_view state;
};

constexpr code_rule extended_rules[] = {
    {SQLITE_BUSY_SNAPSHOT, sqlstate::serialization_failure},
    {SQLITE_CONSTRAINT_DATATYPE, sqlstate::datatype_mismatch},
    {SQLITE_CONSTRAINT_TRIGGER, "P0001"},
};

constexpr code_rule primary_rules[] = {
    {SQLITE_BUSY, sqlstate::lock_not_available},
    {SQLITE_LOCKED, sqlstate::lock_not_available},
    {SQLITE_READONLY, sqlstate::read_only_sql_transaction},
    {SQLITE_FULL, sqlstate::disk_full},
    {SQLITE_IOERR, sqlstate::io_error},
    {SQLITE_NOMEM, sqlstate::out_of_memory},
    {SQLITE_TOOBIG, sqlstate::program_limit_exceeded},
    {SQLITE_CORRUPT, sqlstate::data_corrupted},
    {SQLITE_NOTADB, sqlstate::data_corrupted},
    {SQLITE_CANTOPEN, "58P01"},
    {SQLITE_AUTH, sqlstate::insufficient_privilege},
    {SQLITE_PERM, sqlstate::insufficient_privilege},
    {SQLITE_MISMATCH, sqlstate::datatype_mismatch},
    {SQLITE_CONSTRAINT, sqlstate::integrity_constraint_violation},
};

struct text_rule {
    std::string_view part;
    std::string_view state;
};

// SQLITE_ERROR carries its cause in the text only. First match wins.
constexpr text_rule text_rules[] = {
    {"no such table", sqlstate::undefined_table},
    {"no such view", sqlstate::undefined_table},
    {"no such column", sqlstate::undefined_column},
    {"has no column named", sqlstate::undefined_column},
    {"no such function", sqlstate::undefined_function},
    {"no such index", sqlstate::undefined_object},
    {"no such collation", sqlstate::undefined_object},
    {"no such savepoint", sqlstate::invalid_savepoint_specification},
    {"wrong number of arguments", sqlstate::undefined_function},
    {"ambiguous column", sqlstate::ambiguous_column},
    {"duplicate column", sqlstate::duplicate_column},
    {"already exists", sqlstate::duplicate_table},
    {"already another table or index", sqlstate::duplicate_table},
    {"misuse of aggregate", "42803"},
    {"misuse of window", "42P20"},
    {"syntax error", sqlstate::syntax_error},
    {"incomplete input", sqlstate::syntax_error},
    {"unrecognized token", sqlstate::syntax_error},
    {"do not have the same number of result columns", sqlstate::syntax_error},
    {"sub-select returns", sqlstate::syntax_error},
    {"values were supplied", sqlstate::syntax_error},
    {"values for", sqlstate::syntax_error},
    {"cannot modify", sqlstate::object_not_in_prerequisite_state},
    {"may not be modified", sqlstate::insufficient_privilege},
    {"may not be dropped", sqlstate::insufficient_privilege},
    {"integer overflow", sqlstate::numeric_value_out_of_range},
    {"malformed JSON", sqlstate::invalid_text_representation},
    {"ESCAPE expression", "22025"},
    {"foreign key mismatch", "42830"},
    {"Cannot add", sqlstate::feature_not_supported},
    {"cannot add", sqlstate::feature_not_supported},
    {"too many", sqlstate::program_limit_exceeded},
};

sql_error from_text(const std::string& message) {
    for (const text_rule& rule : text_rules) {
        if (message.find(rule.part) == std::string::npos)
            continue;
        if (rule.part == "no such table") {
            const std::string name = after(message, "no such table: ").value_or("");
            return make_error(
                rule.state, "relation \"" + name.substr(name.find('.') + 1) + "\" does not exist");
        }
        if (rule.part == "no such column") {
            const std::string name = after(message, "no such column: ").value_or("");
            return make_error(rule.state, "column \"" + name + "\" does not exist");
        }
        return make_error(rule.state, message);
    }
    return make_error(sqlstate::internal_error, message);
}

}  // namespace

sql_error map_error(int extended_code, std::string message, const error_surroundings& around) {
    if (auto error = tagged(message))
        return *error;
    switch (extended_code) {
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_ROWID:
            return unique(message, around);
        case SQLITE_CONSTRAINT_NOTNULL:
            return not_null(message);
        case SQLITE_CONSTRAINT_CHECK:
            return check(message, around);
        case SQLITE_CONSTRAINT_FOREIGNKEY:
            return make_error(sqlstate::foreign_key_violation,
                              "statement violates a foreign key constraint");
        default:
            break;
    }
    const int primary = extended_code & 0xff;
    if (primary == SQLITE_INTERRUPT)
        return make_error(sqlstate::query_canceled, "canceling statement due to user request");
    if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED)
        message = "could not obtain the database's lock: " + message;
    if (primary == SQLITE_READONLY)
        message = "cannot execute statement in a read-only transaction";
    for (const code_rule& rule : extended_rules) {
        if (rule.code == extended_code)
            return make_error(rule.state, message);
    }
    for (const code_rule& rule : primary_rules) {
        if (rule.code == primary)
            return make_error(rule.state, message);
    }
    return from_text(message);
}

sql_error map_error(sqlite3* handle, int code, const error_surroundings& around) {
    const int extended =
        handle != nullptr && code != SQLITE_MISUSE ? sqlite3_extended_errcode(handle) : code;
    std::string message = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
    return map_error(extended == SQLITE_OK ? code : extended, std::move(message), around);
}

}  // namespace pgduet::store::sqlite
