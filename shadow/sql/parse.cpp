#include "shadow/sql/analysis.hpp"

namespace pgduet::sql {

namespace {

std::shared_ptr<const statement> analyse(const parse_tree::item& item) {
    auto out = std::make_shared<statement>();
    out->text = item.text;
    const tagged_node node = untag(item.node);
    if (!node)
        return out;
    out->kind = kind_of(node);
    const tagged_node core = core_of(node);
    scan_tree(node, item.offset, *out);
    read_result_shape(core, *out);
    read_insert_shape(core, *out);
    read_equalities(core, *out);
    read_session(node, *out);
    return out;
}

}  // namespace

protocol::sql_result<parsed_query> parse(std::string_view text) {
    const auto tree = parse_tree::parse(text);
    if (!tree)
        return tree.error();
    parsed_query out;
    for (const parse_tree::item& item : tree->statements())
        out.statements.push_back(analyse(item));
    return out;
}

}  // namespace pgduet::sql
