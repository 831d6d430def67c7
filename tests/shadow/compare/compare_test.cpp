#include "shadow/compare/compare.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/shadow/compare/outcomes.hpp"

namespace pgduet::compare::test {
namespace {

using what = result::what;

const std::vector<column> item = {make_column("id", type_oid::int4),
                                  make_column("price", type_oid::numeric)};

struct compare_case {
    const char* name;
    outcome primary;
    outcome shadow;
    options how;
    what verdict;
    const char* explanation;
};

std::ostream& operator<<(std::ostream& out, const compare_case& one) {
    return out << one.name;
}

class Compare : public testing::TestWithParam<compare_case> {};

TEST_P(Compare, GivesVerdictAndReason) {
    const compare_case& one = GetParam();
    const result got = compare(one.primary, one.shadow, one.how, {});
    EXPECT_EQ(to_string(got.verdict), to_string(one.verdict)) << got.explanation;
    EXPECT_EQ(got.explanation, one.explanation);
}

const options unordered = {};
const options ordered = {.total_order = true};
const options nameless = {.compare_names = false};

std::vector<std::vector<cell>> many(int count, int from = 0) {
    std::vector<std::vector<cell>> rows;
    for (int i = from; i < from + count; ++i)
        rows.push_back({std::to_string(i), "1"});
    return rows;
}

std::vector<std::vector<cell>> reversed(std::vector<std::vector<cell>> rows) {
    std::ranges::reverse(rows);
    return rows;
}

const compare_case cases[] = {
    // Errors.
    {"same_code",
     make_failure("23505", "a"),
     make_failure("23505", "b"),
     unordered,
     what::equal,
     ""},
    {"other_code",
     make_failure("23505", "dup"),
     make_failure("23503", "fk"),
     unordered,
     what::error_differs,
     "primary 23505 \"dup\", shadow 23503 \"fk\""},
    {"state_dependent_class",
     make_failure("40001"),
     make_failure("40P01"),
     unordered,
     what::equal,
     ""},
    {"state_dependent_53",
     make_failure("53100"),
     make_failure("53200"),
     unordered,
     what::equal,
     ""},
    {"state_dependent_other_class",
     make_failure("40001"),
     make_failure("55P03"),
     unordered,
     what::error_differs,
     "primary 40001 \"no\", shadow 55P03 \"no\""},
    {"class_is_not_enough",
     make_failure("55000"),
     make_failure("55P03"),
     unordered,
     what::error_differs,
     "primary 55000 \"no\", shadow 55P03 \"no\""},
    {"one_failed",
     make_tag("INSERT 0 1"),
     make_failure("23505", "dup"),
     unordered,
     what::error_differs,
     "primary success (INSERT 0 1), shadow 23505 \"dup\""},
    // Tags.
    {"same_tag", make_tag("UPDATE 3"), make_tag("UPDATE 3"), unordered, what::equal, ""},
    {"other_count",
     make_tag("UPDATE 3"),
     make_tag("UPDATE 2"),
     unordered,
     what::tag_differs,
     "primary \"UPDATE 3\", shadow \"UPDATE 2\""},
    {"other_command",
     make_tag("INSERT 0 1"),
     make_tag("UPDATE 1"),
     unordered,
     what::tag_differs,
     "primary \"INSERT 0 1\", shadow \"UPDATE 1\""},
    // Columns.
    {"column_count",
     make_rows(item, {}),
     make_rows({item[0]}, {}),
     unordered,
     what::columns_differ,
     "primary 2 columns, shadow 1"},
    {"column_name",
     make_rows({item[0]}, {}),
     make_rows({make_column("ID", type_oid::int4)}, {}),
     unordered,
     what::columns_differ,
     "column 1 is named \"id\" on the primary, \"ID\" on the shadow"},
    {"column_name_ignored",
     make_rows({item[0]}, {{"1"}}),
     make_rows({make_column("ID", type_oid::int4)}, {{"1"}}),
     nameless,
     what::equal,
     ""},
    {"column_type",
     make_rows({make_column("n", type_oid::numeric)}, {{"1"}}),
     make_rows({make_column("n", type_oid::int4)}, {{"1"}}),
     unordered,
     what::columns_differ,
     "column 1 (\"n\") is numeric on the primary, integer on the shadow"},
    {"column_family",
     make_rows({make_column("n", type_oid::int8)}, {{"1"}}),
     make_rows({make_column("n", type_oid::int4)}, {{"1"}}),
     unordered,
     what::equal,
     ""},
    // Rows.
    {"same_bytes",
     make_rows(item, {{"1", "2"}}),
     make_rows(item, {{"1", "2"}}),
     ordered,
     what::equal,
     ""},
    {"multiset",
     make_rows(item, {{"1", "2"}, {"3", "4"}}),
     make_rows(item, {{"3", "4"}, {"1", "2"}}),
     unordered,
     what::equal,
     ""},
    {"multiset_canonical",
     make_rows(item, {{"1", "2.0"}, {"3", "4"}}),
     make_rows(item, {{"3", "4.00"}, {"1", "2"}}),
     unordered,
     what::equal,
     ""},
    {"order",
     make_rows(item, {{"1", "2"}, {"3", "4"}}),
     make_rows(item, {{"3", "4"}, {"1", "2"}}),
     ordered,
     what::order_differs,
     "the same rows in another order, from row 1"},
    {"order_canonical",
     make_rows(item, {{"1", "2.0"}, {"3", "4"}}),
     make_rows(item, {{"1", "2"}, {"3", "4.0"}}),
     ordered,
     what::equal,
     ""},
    {"value",
     make_rows(item, {{"1", "1.50"}, {"2", "3"}}),
     make_rows(item, {{"2", "3"}, {"1", "1.60"}}),
     unordered,
     what::rows_differ,
     "row 1 (id = 1), column \"price\": primary 1.50, shadow 1.60"},
    {"null",
     make_rows(item, {{"1", std::nullopt}}),
     make_rows(item, {{"1", "0"}}),
     unordered,
     what::rows_differ,
     "row 1 (id = 1), column \"price\": primary NULL, shadow 0"},
    {"null_is_not_empty",
     make_rows({make_column("t", type_oid::text)}, {{std::nullopt}}),
     make_rows({make_column("t", type_oid::text)}, {{""}}),
     unordered,
     what::rows_differ,
     "row 1, column \"t\": primary NULL, shadow "},
    {"missing_row",
     make_rows(item, {{"1", "2"}, {"3", "4"}}),
     make_rows(item, {{"1", "2"}}),
     unordered,
     what::rows_differ,
     "primary 2 rows, shadow 1; only on the primary: (id = 3, price = 4)"},
    {"added_row",
     make_rows(item, {{"1", "2"}}),
     make_rows(item, {{"1", "2"}, {"3", "4"}}),
     ordered,
     what::rows_differ,
     "primary 1 rows, shadow 2; only on the shadow: (id = 3, price = 4)"},
    {"how_often_counts",
     make_rows(item, {{"1", "2"}, {"1", "2"}}),
     make_rows(item, {{"1", "2"}, {"3", "2"}}),
     unordered,
     what::rows_differ,
     "row 2, column \"id\": primary 1, shadow 3"},
    // More rows than are kept.
    {"large_equal",
     make_rows(item, many(50), 100),
     make_rows(item, many(50), 100),
     ordered,
     what::equal,
     ""},
    {"large_multiset",
     make_rows(item, many(50), 100),
     make_rows(item, reversed(many(50)), 100),
     unordered,
     what::equal,
     ""},
    {"large_order",
     make_rows(item, many(50), 100),
     make_rows(item, reversed(many(50)), 100),
     ordered,
     what::order_differs,
     "the same rows in another order: primary 50 rows, shadow 50"},
    {"large_differs",
     make_rows(item, many(50), 100),
     make_rows(item, many(50, 1), 100),
     unordered,
     what::too_large,
     "too many rows to keep, and their digests differ: primary 50 rows, shadow 50"},
    {"large_count",
     make_rows(item, many(50), 100),
     make_rows(item, many(49), 100),
     unordered,
     what::rows_differ,
     "primary 50 rows, shadow 49"},
    {"large_formats",
     make_rows({item[0]}, {{"1"}, {"2"}, {"3"}}, 20),
     make_rows(
         {make_column("id", type_oid::int4, format::binary)},
         {{std::string("\0\0\0\1", 4)}, {std::string("\0\0\0\2", 4)}, {std::string("\0\0\0\3", 4)}},
         20),
     unordered,
     what::too_large,
     "too many rows to keep, and their formats differ: primary 3 rows, shadow 3"},
    {"mixed_formats",
     make_rows({item[0]}, {{"1"}, {"2"}}),
     make_rows({make_column("id", type_oid::int8, format::binary)},
               {{std::string("\0\0\0\0\0\0\0\2", 8)}, {std::string("\0\0\0\0\0\0\0\1", 8)}}),
     unordered,
     what::equal,
     ""},
};
INSTANTIATE_TEST_SUITE_P(Outcomes, Compare, testing::ValuesIn(cases), [](const auto& one) {
    return one.param.name;
});

TEST(Compare, SuspendedIsPartOfTheOutcome) {
    outcome a = make_rows(item, {{"1", "2"}});
    outcome b = a;
    a.tag.clear();
    a.suspended = true;
    EXPECT_EQ(compare(a, b, {}, {}).verdict, what::tag_differs);
}

TEST(Compare, AReasonIsOneBoundedLine) {
    const std::vector<column> text = {make_column("t", type_oid::text)};
    const outcome a = make_rows(text, {{"line\nbreak" + std::string(100'000, 'x')}});
    const outcome b = make_rows(text, {{"other"}});
    const std::string why = compare(a, b, {}, {}).explanation;
    EXPECT_LT(why.size(), 600U);
    EXPECT_EQ(why.find('\n'), why.npos);
}

}  // namespace
}  // namespace pgduet::compare::test
