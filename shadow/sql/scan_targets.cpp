#include "shadow/sql/scan_targets.hpp"

#include <algorithm>
#include <unordered_map>

namespace pgduet::sql {

namespace json = boost::json;

namespace {

/// Whether names of this kind of object are a relation's, or end with a part behind it.
enum class named { nothing, relation, part_of_relation };

named what_is_named(std::string_view object_type) {
    for (const std::string_view type : {"OBJECT_TABLE",
                                        "OBJECT_VIEW",
                                        "OBJECT_MATVIEW",
                                        "OBJECT_FOREIGN_TABLE",
                                        "OBJECT_SEQUENCE",
                                        "OBJECT_INDEX"}) {
        if (type == object_type)
            return named::relation;
    }
    for (const std::string_view type : {"OBJECT_TRIGGER",
                                        "OBJECT_RULE",
                                        "OBJECT_POLICY",
                                        "OBJECT_COLUMN",
                                        "OBJECT_TABCONSTRAINT"}) {
        if (type == object_type)
            return named::part_of_relation;
    }
    return named::nothing;
}

void add_named(const json::value* object, named what, std::vector<relation_ref>& out) {
    const tagged_node list = untag(object);
    if (list.tag != "List")
        return;
    std::vector<std::string> names = names_of(*list.fields, "items");
    if (what == named::part_of_relation && !names.empty())
        names.pop_back();
    if (names.empty())
        return;
    const std::size_t count = names.size();
    out.push_back({count > 1 ? names[count - 2] : std::string(), names[count - 1], true});
}

}  // namespace

std::string_view target_field(std::string_view tag, const json::object& fields) {
    static const std::unordered_map<std::string_view, std::string_view> table = {
        {"TruncateStmt", "relations"},
        {"CreateStmt", "relation"},
        {"AlterTableStmt", "relation"},
        {"IndexStmt", "relation"},
        {"ViewStmt", "view"},
        {"RuleStmt", "relation"},
        {"CreateTrigStmt", "relation"},
        {"CreatePolicyStmt", "table"},
        {"AlterPolicyStmt", "table"},
        {"CreateStatsStmt", "relations"},
        {"CreateSeqStmt", "sequence"},
        {"AlterSeqStmt", "sequence"},
        {"CompositeTypeStmt", "typevar"},
        {"RenameStmt", "relation"},
        {"AlterObjectSchemaStmt", "relation"},
        {"AlterObjectDependsStmt", "relation"},
        {"AlterOwnerStmt", "relation"},
        {"SecLabelStmt", "object"},
        {"RefreshMatViewStmt", "relation"},
        {"GrantStmt", "objects"},
        {"PartitionCmd", "name"},
    };
    if (tag == "CopyStmt")
        return flag_of(fields, "is_from") ? "relation" : "";
    if (const auto found = table.find(tag); found != table.end())
        return found->second;
    // Without a tag: SelectStmt.intoClause, CreateTableAsStmt.into, CreateForeignTableStmt.base.
    if (tag.empty() && child(fields, "onCommit"))
        return child(fields, "rel") ? "rel" : "relation";
    return {};
}

std::vector<relation_ref> named_targets(const tagged_node& node) {
    std::vector<relation_ref> out;
    if (node.tag == "DropStmt") {
        const named what = what_is_named(text_of(*node.fields, "removeType"));
        if (what != named::nothing) {
            for (const json::value& object : list_of(*node.fields, "objects"))
                add_named(&object, what, out);
        }
    } else if (node.tag == "CommentStmt") {
        const named what = what_is_named(text_of(*node.fields, "objtype"));
        if (what != named::nothing)
            add_named(child(*node.fields, "object"), what, out);
    }
    return out;
}

bool is_explain_analyze(const json::object& explain) {
    const json::array& options = list_of(explain, "options");
    return std::any_of(options.begin(), options.end(), [](const json::value& entry) {
        const tagged_node option = untag(&entry);
        if (!option || text_of(*option.fields, "defname") != "analyze")
            return false;
        const tagged_node argument = node_of(*option.fields, "arg");
        if (!argument)
            return true;
        if (argument.tag == "Integer")
            return integer_of(*argument.fields, "ival") != 0;
        const std::string_view text = text_of(*argument.fields, "sval");
        return text != "false" && text != "off" && text != "FALSE" && text != "OFF";
    });
}

}  // namespace pgduet::sql
