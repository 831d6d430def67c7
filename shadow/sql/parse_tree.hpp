#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/sql_types/sql_error.hpp"

namespace pgduet::sql {

/// PostgreSQL's own parse tree (libpg_query 15) of a query string, as JSON. Internal to
/// shadow/sql: it includes Boost.JSON and its shape is PostgreSQL's, not ours.
///
/// A field declared as Node in PostgreSQL is `{"Tag": {fields}}`; a field with a concrete type
/// (InsertStmt.relation, SelectStmt.larg, ...) is the bare `{fields}`. Fields that are zero, false
/// or empty are left out: `{"A_Const": {"ival": {}}}` is the integer 0. `location` is a byte
/// offset into the whole query string.
class parse_tree {
public:
    struct item {
        const boost::json::value* node;  ///< `{"SelectStmt": {...}}`
        std::string_view text;   ///< the statement alone: no separator, no outer white space
        std::size_t offset = 0;  ///< where `text` starts in the query string
    };

    /// Parses. The texts of the items are views of `text`, which must outlive them.
    /// Error 42601 (or 0A000, 54001, 22021) with PostgreSQL's message and position.
    static protocol::sql_result<parse_tree> parse(std::string_view text);

    /// None for an empty string, comments, or separators alone.
    const std::vector<item>& statements() const { return items_; }

    parse_tree(parse_tree&&) = default;
    parse_tree& operator=(parse_tree&&) = delete;

private:
    parse_tree() = default;

    boost::json::storage_ptr storage_;  ///< one arena for the whole tree
    boost::json::value root_;
    std::vector<item> items_;
};

/// A node split into its tag and fields; `fields` is null when there is no node.
struct tagged_node {
    std::string_view tag;
    const boost::json::object* fields = nullptr;
    explicit operator bool() const { return fields != nullptr; }
};

/// `{"Tag": {fields}}` -> (Tag, fields); anything else -> nothing.
tagged_node untag(const boost::json::value* node);

// Accessors of a node's fields; all accept what is absent.
const boost::json::value* child(const boost::json::object& fields, std::string_view name);
/// Child node with its tag.
tagged_node node_of(const boost::json::object& fields, std::string_view name);
/// Child with a concrete type: the bare fields, null if absent.
const boost::json::object* fields_of(const boost::json::object& fields, std::string_view name);
/// Elements of a list; empty if absent.
const boost::json::array& list_of(const boost::json::object& fields, std::string_view name);
std::string_view text_of(const boost::json::object& fields, std::string_view name);
std::int64_t integer_of(const boost::json::object& fields, std::string_view name);
bool flag_of(const boost::json::object& fields, std::string_view name);
/// The strings of a list of String nodes (a qualified name, a column list).
std::vector<std::string> names_of(const boost::json::object& fields, std::string_view name);
std::vector<std::string> names_of(const boost::json::array& list);

}  // namespace pgduet::sql
