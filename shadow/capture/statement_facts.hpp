#pragma once

#include <functional>
#include <memory>

#include "shadow/sql/relation.hpp"
#include "shadow/sql/statement.hpp"

namespace pgduet::capture {

/// What the primary's catalog says of a statement, for its exchange.
struct statement_facts {
    std::shared_ptr<const sql::relation_info> target;  ///< of a write, if known
    bool plain_relations = true;  ///< every relation it names is known to be a table
    bool total_order = false;     ///< its ORDER BY leaves no two rows tied
};

using find_relation =
    std::function<std::shared_ptr<const sql::relation_info>(const sql::relation_ref&)>;

statement_facts facts_of(const sql::statement& statement, const find_relation& find);

}  // namespace pgduet::capture
