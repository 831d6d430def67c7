#include <algorithm>
#include <iterator>

#include "shadow/sql/analysis.hpp"
#include "shadow/sql/constant.hpp"

namespace pgduet::sql {

namespace json = boost::json;

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

/// Settings whose value is a list of identifiers (GUC_LIST_QUOTE in PostgreSQL's guc.c).
bool is_identifier_list(std::string_view setting) {
    static constexpr std::string_view names[] = {"search_path",
                                                 "temp_tablespaces",
                                                 "local_preload_libraries",
                                                 "session_preload_libraries",
                                                 "shared_preload_libraries",
                                                 "unix_socket_directories"};
    return std::find(std::begin(names), std::end(names), setting) != std::end(names);
}

std::string quoted_identifier(const std::string& name) {
    const auto is_safe = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    };
    const bool digit_first = !name.empty() && name[0] >= '0' && name[0] <= '9';
    if (!name.empty() && !digit_first && std::all_of(name.begin(), name.end(), is_safe))
        return name;
    std::string out = "\"";
    for (const char c : name) {
        out += c;
        if (c == '"')
            out += c;
    }
    return out + "\"";
}

/// SET TIME ZONE INTERVAL '...' HOUR [TO MINUTE]: a text the setting itself accepts.
std::string interval_value(const json::object& cast) {
    const tagged_node constant = node_of(cast, "arg");
    std::string text;
    if (constant.tag == "A_Const")
        text = literal_of(*constant.fields).value_or("");
    const json::object* type = fields_of(cast, "typeName");
    const bool qualified = type && !list_of(*type, "typmods").empty();
    const bool number =
        !text.empty() && text.find_first_not_of("+-0123456789.") == std::string::npos;
    return "INTERVAL '" + text + (qualified && number ? " hours'" : "'");
}

std::string argument_text(const json::value& argument, std::string_view setting) {
    const tagged_node node = untag(&argument);
    if (node.tag == "TypeCast")
        return interval_value(*node.fields);
    if (node.tag != "A_Const")
        return {};
    std::string text = literal_of(*node.fields).value_or("");
    return is_identifier_list(setting) ? quoted_identifier(text) : text;
}

void read_transaction_options(const json::array& options, transaction_options& out) {
    for (const json::value& entry : options) {
        const tagged_node option = untag(&entry);
        if (option.tag != "DefElem")
            continue;
        const tagged_node argument = node_of(*option.fields, "arg");
        const auto value = argument ? literal_of(*argument.fields) : std::nullopt;
        if (!value)
            continue;
        const std::string_view name = text_of(*option.fields, "defname");
        if (name == "transaction_isolation")
            out.isolation = *value;
        else if (name == "transaction_read_only")
            out.read_only = *value != "0";
        else if (name == "transaction_deferrable")
            out.deferrable = *value != "0";
    }
}

void read_transaction(const json::object& fields, statement& out) {
    read_transaction_options(list_of(fields, "options"), out.transaction);
    out.transaction.chain = flag_of(fields, "chain");
    out.transaction.savepoint = text_of(fields, "savepoint_name");
}

void read_setting(const json::object& fields, statement& out) {
    setting_change& setting = out.setting;
    const std::string_view kind = text_of(fields, "kind");
    setting.name = lower(text_of(fields, "name"));
    setting.local = flag_of(fields, "is_local");
    setting.all = kind == "VAR_RESET_ALL";
    const json::array& arguments = list_of(fields, "args");
    if (kind == "VAR_SET_MULTI" && setting.name != "transaction snapshot") {
        read_transaction_options(arguments, out.transaction);
        return;
    }
    if (kind != "VAR_SET_VALUE" && kind != "VAR_SET_MULTI")
        return;
    std::string value;
    for (const json::value& argument : arguments)
        value += (&argument == &arguments[0] ? "" : ", ") + argument_text(argument, setting.name);
    setting.value = std::move(value);
}

}  // namespace

void read_session(const tagged_node& node, statement& out) {
    const json::object& fields = *node.fields;
    if (node.tag == "TransactionStmt") {
        read_transaction(fields, out);
    } else if (node.tag == "VariableSetStmt") {
        read_setting(fields, out);
    } else if (node.tag == "ConstraintsSetStmt") {
        out.setting.name = "constraints";
        out.setting.value = flag_of(fields, "deferred") ? "deferred" : "immediate";
    } else if (node.tag == "VariableShowStmt") {
        out.setting.name = lower(text_of(fields, "name"));
    } else if (node.tag == "PrepareStmt" || node.tag == "ExecuteStmt" ||
               node.tag == "DeallocateStmt") {
        out.prepared_name = text_of(fields, "name");
    }
}

}  // namespace pgduet::sql
