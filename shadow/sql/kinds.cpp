#include <algorithm>
#include <array>
#include <unordered_map>

#include "shadow/sql/analysis.hpp"

namespace pgduet::sql {

namespace json = boost::json;

namespace {

using enum statement_kind;

/// Kinds that the node's tag alone decides. A statement tag found nowhere here is DDL.
const std::unordered_map<std::string_view, statement_kind>& kinds_by_tag() {
    static const std::unordered_map<std::string_view, statement_kind> table = {
        {"InsertStmt", insert},
        {"UpdateStmt", update},
        {"DeleteStmt", delete_},
        {"MergeStmt", merge},
        {"TruncateStmt", truncate},
        {"VariableSetStmt", set},
        {"ConstraintsSetStmt", set},
        {"VariableShowStmt", show},
        {"DiscardStmt", discard},
        {"PrepareStmt", prepare},
        {"ExecuteStmt", execute},
        {"DeallocateStmt", deallocate},
        {"DeclareCursorStmt", declare_cursor},
        {"FetchStmt", fetch},
        {"ClosePortalStmt", close_cursor},
        {"ListenStmt", notify},
        {"UnlistenStmt", notify},
        {"NotifyStmt", notify},
        {"ExplainStmt", explain},
        {"LockStmt", lock},
        {"VacuumStmt", maintenance},
        {"ClusterStmt", maintenance},
        {"CheckPointStmt", maintenance},
        {"ReindexStmt", maintenance},
        {"CallStmt", call},
        {"DoStmt", call},
        {"LoadStmt", other},
        {"AlterSystemStmt", ddl_outside_transaction},
        {"CreatedbStmt", ddl_outside_transaction},
        {"DropdbStmt", ddl_outside_transaction},
        {"CreateTableSpaceStmt", ddl_outside_transaction},
        {"DropTableSpaceStmt", ddl_outside_transaction},
        {"CreateSubscriptionStmt", ddl_outside_transaction},
        {"DropSubscriptionStmt", ddl_outside_transaction},
    };
    return table;
}

statement_kind transaction_kind(std::string_view kind) {
    static const std::unordered_map<std::string_view, statement_kind> table = {
        {"TRANS_STMT_BEGIN", begin},
        {"TRANS_STMT_START", begin},
        {"TRANS_STMT_COMMIT", commit},
        {"TRANS_STMT_ROLLBACK", rollback},
        {"TRANS_STMT_SAVEPOINT", savepoint},
        {"TRANS_STMT_RELEASE", release},
        {"TRANS_STMT_ROLLBACK_TO", rollback_to},
        {"TRANS_STMT_PREPARE", prepare_transaction},
        {"TRANS_STMT_COMMIT_PREPARED", prepare_transaction},
        {"TRANS_STMT_ROLLBACK_PREPARED", prepare_transaction},
    };
    const auto found = table.find(kind);
    return found == table.end() ? other : found->second;
}

statement_kind copy_kind(const json::object& fields) {
    if (!text_of(fields, "filename").empty() || flag_of(fields, "is_program"))
        return copy_file;
    return flag_of(fields, "is_from") ? copy_from : copy_to;
}

bool has_option(const json::object& fields, std::string_view list, std::string_view name) {
    const json::array& options = list_of(fields, list);
    return std::any_of(options.begin(), options.end(), [&](const json::value& option) {
        const tagged_node element = untag(&option);
        return element && text_of(*element.fields, "defname") == name;
    });
}

/// ALTER TABLE ... DETACH PARTITION ... CONCURRENTLY.
bool detaches_concurrently(const json::object& alter_table) {
    const json::array& commands = list_of(alter_table, "cmds");
    return std::any_of(commands.begin(), commands.end(), [](const json::value& entry) {
        const tagged_node command = untag(&entry);
        const tagged_node definition = command ? node_of(*command.fields, "def") : tagged_node{};
        return definition.tag == "PartitionCmd" && flag_of(*definition.fields, "concurrent");
    });
}

/// True for DDL that PostgreSQL refuses inside a transaction block, although its tag has forms
/// that it accepts.
bool runs_outside(const tagged_node& node) {
    const json::object& fields = *node.fields;
    if (node.tag == "IndexStmt" || node.tag == "DropStmt")
        return flag_of(fields, "concurrent");
    if (node.tag == "AlterTableStmt")
        return detaches_concurrently(fields);
    if (node.tag == "AlterDatabaseStmt")
        return has_option(fields, "options", "tablespace");
    return false;
}

bool reindexes_outside(const json::object& fields) {
    const std::string_view what = text_of(fields, "kind");
    return what == "REINDEX_OBJECT_DATABASE" || what == "REINDEX_OBJECT_SYSTEM" ||
           what == "REINDEX_OBJECT_SCHEMA" || has_option(fields, "params", "concurrently");
}

}  // namespace

statement_kind kind_of(const tagged_node& node) {
    const json::object& fields = *node.fields;
    if (node.tag == "SelectStmt")
        return child(fields, "intoClause") ? ddl : select;
    if (node.tag == "TransactionStmt")
        return transaction_kind(text_of(fields, "kind"));
    if (node.tag == "CopyStmt")
        return copy_kind(fields);
    if (node.tag == "ReindexStmt" && reindexes_outside(fields))
        return ddl_outside_transaction;
    if (const auto found = kinds_by_tag().find(node.tag); found != kinds_by_tag().end())
        return found->second;
    return runs_outside(node) ? ddl_outside_transaction : ddl;
}

tagged_node core_of(const tagged_node& node) {
    if (node.tag == "ExplainStmt" || node.tag == "DeclareCursorStmt" || node.tag == "CopyStmt") {
        if (const tagged_node query = node_of(*node.fields, "query"))
            return query;
    }
    return node;
}

std::string_view to_string(statement_kind kind) {
    static constexpr std::array<std::string_view, 36> names = {
        "empty",
        "select",
        "insert",
        "update",
        "delete",
        "merge",
        "copy_from",
        "copy_to",
        "copy_file",
        "truncate",
        "ddl",
        "ddl_outside_transaction",
        "begin",
        "commit",
        "rollback",
        "savepoint",
        "release",
        "rollback_to",
        "prepare_transaction",
        "set",
        "show",
        "discard",
        "prepare",
        "execute",
        "deallocate",
        "declare_cursor",
        "fetch",
        "close_cursor",
        "notify",
        "explain",
        "lock",
        "maintenance",
        "call",
        "other",
    };
    return names[static_cast<std::size_t>(kind)];
}

}  // namespace pgduet::sql
