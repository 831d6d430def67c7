#include "shadow/sql/translate_node.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

namespace pgduet::sql {
namespace {

namespace json = boost::json;

std::string_view view(const json::string& s) {
    return {s.data(), s.size()};
}
std::string_view view(json::string_view s) {
    return {s.data(), s.size()};
}

bool is_wrapped(const json::object& object) {
    if (object.size() != 1)
        return false;
    const auto& only = *object.begin();
    return only.key()[0] >= 'A' && only.key()[0] <= 'Z' && only.value().is_object();
}

// Values the parser prints although they stand for "nothing written here".
bool says_nothing(std::string_view text) {
    static constexpr std::array<std::string_view, 17> defaults = {
        "",
        "SETOP_NONE",
        "LIMIT_OPTION_DEFAULT",
        "SORTBY_DEFAULT",
        "SORTBY_NULLS_DEFAULT",
        "CTEMaterializeDefault",
        "OVERRIDING_NOT_SET",
        "DROP_RESTRICT",
        "ONCOMMIT_NOOP",
        "NO_CHECK_OPTION",
        "DEFELEM_UNSPEC",
        "COERCE_EXPLICIT_CALL",
        "COERCE_SQL_SYNTAX",
        "COERCE_EXPLICIT_CAST",
        "COERCE_IMPLICIT_CAST",
        "OBJECT_ACCESS_METHOD",
        "ONCONFLICT_NONE",
    };
    return std::find(defaults.begin(), defaults.end(), text) != defaults.end();
}

bool says_nothing(const json::value& value) {
    switch (value.kind()) {
        case json::kind::null:
            return true;
        case json::kind::bool_:
            return !value.get_bool();
        case json::kind::int64:
            return value.get_int64() == 0 || value.get_int64() == -1;
        case json::kind::uint64:
            return value.get_uint64() == 0;
        case json::kind::string:
            return says_nothing(view(value.get_string()));
        case json::kind::array:
            return value.get_array().empty();
        case json::kind::object:
            return value.get_object().empty();
        default:
            return false;
    }
}

// Source positions, and how a call was spelled, carry no meaning.
bool is_meaningless(std::string_view field) {
    return field == "location" || field == "funcformat" || field == "name_location" ||
           field == "stmt_location" || field == "stmt_len" || field == "row_format";
}

}  // namespace

void field_accounts::mark_deep(const json::value& field) {
    mark(&field);
    if (field.is_object())
        for (const auto& member : field.get_object())
            mark_deep(member.value());
    else if (field.is_array())
        for (const auto& element : field.get_array())
            mark_deep(element);
}

std::string field_accounts::first_unread_field(const json::object& fields,
                                               std::string_view tag) const {
    for (const auto& member : fields) {
        const std::string_view key = view(member.key());
        if (is_meaningless(key))
            continue;
        if (!read_.count(&member.value())) {
            if (!says_nothing(member.value()))
                return std::string(tag) + "." + std::string(key);
            continue;
        }
        if (member.value().is_object() && !is_wrapped(member.value().get_object())) {
            if (std::string found = first_unread_field(member.value().get_object(), key);
                !found.empty())
                return found;
        } else if (std::string found = first_unread(member.value()); !found.empty()) {
            return found;
        }
    }
    return {};
}

std::string field_accounts::first_unread(const json::value& root) const {
    if (root.is_array()) {
        for (const auto& element : root.get_array())
            if (std::string found = first_unread(element); !found.empty())
                return found;
        return {};
    }
    if (!root.is_object())
        return {};
    const json::object& object = root.get_object();
    if (!is_wrapped(object))
        return first_unread_field(object, "node");
    const auto& only = *object.begin();
    return first_unread_field(only.value().get_object(), view(only.key()));
}

node::node(const json::value* value, field_accounts* accounts, std::string_view name)
    : accounts_(accounts), tag_(name) {
    if (!value || !value->is_object())
        return;
    const json::object& object = value->get_object();
    if (is_wrapped(object)) {
        tag_ = view(object.begin()->key());
        fields_ = &object.begin()->value().get_object();
        accounts_->mark(&object.begin()->value());
    } else {
        fields_ = &object;
    }
}

const json::value* node::read(std::string_view field) const {
    if (!fields_)
        return nullptr;
    const json::value* found = fields_->if_contains(field);
    if (found)
        accounts_->mark(found);
    return found;
}

bool node::has(std::string_view field) const {
    return fields_ && fields_->if_contains(field);
}

node node::child(std::string_view field) const {
    const json::value* found = read(field);
    // An empty object stands for a node whose fields all have their default value.
    return found ? node(found, accounts_, field) : node();
}

std::vector<node> node::children(std::string_view field) const {
    std::vector<node> result;
    const json::value* found = read(field);
    if (!found)
        return result;
    if (found->is_array()) {
        for (const auto& element : found->get_array())
            result.emplace_back(&element, accounts_, field);
    } else {
        // A list node: {"List": {"items": [...]}}
        const node list(found, accounts_, field);
        if (list.is("List"))
            return list.children("items");
        result.push_back(list);
    }
    return result;
}

bool node::flag(std::string_view field) const {
    const json::value* found = read(field);
    return found && found->is_bool() && found->get_bool();
}

std::string_view node::text(std::string_view field) const {
    const json::value* found = read(field);
    return found && found->is_string() ? view(found->get_string()) : std::string_view();
}

std::int64_t node::integer(std::string_view field) const {
    const json::value* found = read(field);
    return found && found->is_number() ? found->to_number<std::int64_t>() : 0;
}

std::vector<std::string> node::strings(std::string_view field) const {
    std::vector<std::string> result;
    for (const node& item : children(field))
        result.emplace_back(item.text("sval"));
    return result;
}

void node::ignore(std::string_view field) const {
    if (const json::value* found = read(field))
        accounts_->mark_deep(*found);
}

void node::ignore_all() const {
    if (fields_)
        for (const auto& member : *fields_)
            accounts_->mark_deep(member.value());
}

int node::location() const {
    const json::value* found = fields_ ? fields_->if_contains("location") : nullptr;
    if (!found || !found->is_number())
        return fields_ ? 0 : -1;
    return found->to_number<int>();
}

}  // namespace pgduet::sql
