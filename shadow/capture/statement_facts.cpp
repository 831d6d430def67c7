#include "shadow/capture/statement_facts.hpp"

#include <algorithm>

namespace pgduet::capture {

namespace {

/// Rows tie in an order by a unique key where its columns are NULL.
std::vector<std::vector<std::string>> keys_without_nulls(const sql::relation_info& of) {
    auto keys = of.keys;
    std::erase_if(keys, [&](const std::vector<std::string>& key) {
        return std::any_of(key.begin(), key.end(), [&](const std::string& name) {
            const sql::column_info* column = of.find(name);
            return column == nullptr || !column->not_null;
        });
    });
    return keys;
}

}  // namespace

statement_facts facts_of(const sql::statement& statement, const find_relation& find) {
    statement_facts facts;
    for (const sql::relation_ref& which : statement.relations) {
        const auto known = find(which);
        facts.plain_relations =
            facts.plain_relations && known && known->type == sql::relation_info::kind::table;
        if (which.written && known)
            facts.target = known;
        if (known && statement.relations.size() == 1)
            facts.total_order = sql::has_total_order(statement, keys_without_nulls(*known));
    }
    return facts;
}

}  // namespace pgduet::capture
