#include <gtest/gtest.h>

#include <string>

#include "shadow/sql/parse_tree.hpp"

namespace pgduet::sql {
namespace {

/// All integers of A_Const and Integer nodes, in the order of the tree.
void collect(const boost::json::value& value, std::string& out) {
    if (const auto* list = value.if_array()) {
        for (const auto& entry : *list)
            collect(entry, out);
    } else if (const auto* fields = value.if_object()) {
        const tagged_node node = untag(&value);
        if (node.tag == "A_Const" && node.fields->contains("ival"))
            out += std::to_string(integer_of(*fields_of(*node.fields, "ival"), "ival")) + " ";
        else if (node.tag == "Integer")
            out += std::to_string(integer_of(*node.fields, "ival")) + " ";
        else
            for (const auto& field : *fields)
                collect(field.value(), out);
    }
}

TEST(NegativeIntegers, ArePutBack) {
    const struct {
        const char* text;
        const char* integers;
    } cases[] = {
        {"SELECT 0, -0, 5, -5", "0 0 5 -5 "},
        {"SELECT - 5, - -5, - - - 5, -(5), -/* x */(-(-(7)))", "-5 5 -5 -5 -7 "},
        {"SELECT a - 5, a -0, 0 - 0", "5 0 0 0 "},
        {"SELECT -2147483647", "-2147483647 "},
        {"SELECT 'é', -5; SELECT -6", "-5 -6 "},
        {"SELECT -5::int, (-4)::int, a[-1], '1'::numeric(5, -2) FROM t LIMIT -1",
         "5 -4 -1 5 -2 -1 "},
        {"SET x = -7", "-7 "},
        {"CREATE SEQUENCE s INCREMENT BY -1 MINVALUE -5 START -3", "-1 -5 -3 "},
        {"CREATE SEQUENCE s INCREMENT 0 MINVALUE -5", "0 -5 "},
        {"CREATE TABLE t (a int) WITH (fillfactor = -1)", "-1 "},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.text);
        const auto tree = parse_tree::parse(c.text);
        ASSERT_TRUE(tree);
        std::string found;
        for (const parse_tree::item& item : tree->statements())
            collect(*item.node, found);
        EXPECT_EQ(found, c.integers);
    }
}

}  // namespace
}  // namespace pgduet::sql
