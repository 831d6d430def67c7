#include "shadow/sql/parse_tree.hpp"

#include <pg_query.h>

#include <algorithm>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <memory>

#include "shadow/sql/negative_integers.hpp"

namespace pgduet::sql {

namespace json = boost::json;

namespace {

/// Levels of JSON, about four per level of SQL nesting. Recursion over the tree stays within a
/// thread's stack; PostgreSQL has a limit of its own (max_stack_depth) with the same SQLSTATE.
constexpr std::size_t depth_max = 4000;

/// The library reports no SQLSTATE; these are the parser's messages that are not 42601.
std::string_view sqlstate_of(std::string_view message) {
    struct rule {
        std::string_view part;
        std::string_view sqlstate;
    };
    static constexpr rule rules[] = {
        {"stack depth limit", "54001"},
        {"memory exhausted", "54001"},
        {"out of memory", "53200"},
        {"not yet implemented", "0A000"},
        {"not supported", "0A000"},
        {"no longer supported", "0A000"},
        {"cannot be marked", "0A000"},
        {"current database cannot be changed", "0A000"},
        {"cross-database references are not implemented", "0A000"},
        {"invalid byte sequence", "22021"},
        {"precision for type float must be", "22023"},
    };
    for (const rule& candidate : rules)
        if (message.find(candidate.part) != std::string_view::npos)
            return candidate.sqlstate;
    return "42601";
}

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

using c_result = std::unique_ptr<PgQueryParseResult, void (*)(PgQueryParseResult*)>;

}  // namespace

protocol::sql_result<parse_tree> parse_tree::parse(std::string_view text) {
    if (text.find('\0') != std::string_view::npos)
        return protocol::make_error("22021", "invalid byte sequence for encoding \"UTF8\": 0x00");
    PgQueryParseResult raw = pg_query_parse(std::string(text).c_str());
    const c_result guard(&raw, [](PgQueryParseResult* done) { pg_query_free_parse_result(*done); });
    if (raw.error) {
        protocol::sql_error error =
            protocol::make_error(sqlstate_of(raw.error->message), raw.error->message);
        error.position = std::max(raw.error->cursorpos, 0);
        return error;
    }

    parse_tree tree;
    tree.storage_ = json::make_shared_resource<json::monotonic_resource>();
    json::parse_options options;
    options.max_depth = depth_max;
    options.allow_invalid_utf8 = true;  // the server's encoding need not be UTF-8
    boost::system::error_code ec;
    // The root must be constructed over the arena: assignment would keep the default storage.
    json::value root = json::parse(raw.parse_tree, ec, tree.storage_, options);
    if (ec == json::error::too_deep)
        return protocol::make_error("54001", "stack depth limit exceeded");
    if (ec)
        return protocol::make_error("XX000", "cannot read the parse tree: " + ec.message());
    if (text.find('-') != std::string_view::npos)
        restore_negative_integers(root, text);
    std::destroy_at(&tree.root_);
    std::construct_at(&tree.root_, std::move(root));

    for (const json::value& entry : list_of(tree.root_.get_object(), "stmts")) {
        const json::object& fields = entry.get_object();
        const json::value* node = child(fields, "stmt");
        if (!node)
            continue;
        const auto start = static_cast<std::size_t>(integer_of(fields, "stmt_location"));
        const auto length = static_cast<std::size_t>(integer_of(fields, "stmt_len"));
        const std::string_view slice =
            trim(text.substr(start, length == 0 ? std::string_view::npos : length));
        tree.items_.push_back({node, slice, static_cast<std::size_t>(slice.data() - text.data())});
    }
    return tree;
}

tagged_node untag(const json::value* node) {
    const json::object* outer = node ? node->if_object() : nullptr;
    if (!outer || outer->size() != 1)
        return {};
    const auto& [tag, fields] = *outer->begin();
    if (tag.empty() || tag[0] < 'A' || tag[0] > 'Z' || !fields.is_object())
        return {};
    return {std::string_view(tag.data(), tag.size()), &fields.get_object()};
}

const json::value* child(const json::object& fields, std::string_view name) {
    return fields.if_contains(name);
}

tagged_node node_of(const json::object& fields, std::string_view name) {
    return untag(child(fields, name));
}

const json::object* fields_of(const json::object& fields, std::string_view name) {
    const json::value* found = child(fields, name);
    return found ? found->if_object() : nullptr;
}

const json::array& list_of(const json::object& fields, std::string_view name) {
    static const json::array none;
    const json::value* found = child(fields, name);
    const json::array* list = found ? found->if_array() : nullptr;
    return list ? *list : none;
}

std::string_view text_of(const json::object& fields, std::string_view name) {
    const json::value* found = child(fields, name);
    const json::string* text = found ? found->if_string() : nullptr;
    return text ? std::string_view(text->data(), text->size()) : std::string_view();
}

std::int64_t integer_of(const json::object& fields, std::string_view name) {
    const json::value* found = child(fields, name);
    const std::int64_t* number = found ? found->if_int64() : nullptr;
    return number ? *number : 0;
}

bool flag_of(const json::object& fields, std::string_view name) {
    const json::value* found = child(fields, name);
    const bool* flag = found ? found->if_bool() : nullptr;
    return flag && *flag;
}

std::vector<std::string> names_of(const json::array& list) {
    std::vector<std::string> names;
    for (const json::value& entry : list)
        if (const tagged_node name = untag(&entry); name.tag == "String")
            names.emplace_back(text_of(*name.fields, "sval"));
    return names;
}

std::vector<std::string> names_of(const json::object& fields, std::string_view name) {
    return names_of(list_of(fields, name));
}

}  // namespace pgduet::sql
