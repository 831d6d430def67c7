#include "shadow/replay/judge.hpp"

#include <gtest/gtest.h>

namespace pgduet::replay {
namespace {

using what = compare::result::what;

struct judge_case {
    const char* name;
    const char* statement;
    what compared;
    bool overlapped;
    surroundings around;
    const char* expected;  ///< "equal", a reason, or a finding class
};

void PrintTo(const judge_case& c, std::ostream* out) {
    *out << c.name;
}

class Judge : public testing::TestWithParam<judge_case> {};

TEST_P(Judge, NamesTheFirstClassThatExplains) {
    const judge_case& c = GetParam();
    shadow::exchange done;
    done.statement = sql::parse(c.statement)->statements.front();
    done.overlapped = c.overlapped;
    const verdict v = judge(done, {}, {c.compared, ""}, c.around);
    switch (v.what) {
        case verdict::fate::equal:
            EXPECT_STREQ(c.expected, "equal");
            break;
        case verdict::fate::not_compared:
            EXPECT_EQ(v.reason, c.expected);
            break;
        case verdict::fate::differs:
            EXPECT_EQ(v.finding_class, c.expected);
            EXPECT_FALSE(v.cause.empty());
            break;
    }
}

constexpr surroundings tables{false, true, false};
constexpr surroundings view{false, false, false};
constexpr surroundings dirty{true, true, false};
constexpr surroundings known_state{false, true, true};

INSTANTIATE_TEST_SUITE_P(
    Cases,
    Judge,
    testing::Values(
        judge_case{"equal", "SELECT a FROM t", what::equal, true, dirty, "equal"},
        judge_case{"rows", "SELECT a FROM t", what::rows_differ, false, tables, "state"},
        judge_case{"view", "SELECT a FROM v", what::rows_differ, false, view, "semantic"},
        judge_case{"expr", "SELECT a + 1 FROM t", what::rows_differ, false, tables, "semantic"},
        judge_case{"sum", "SELECT sum(a) FROM t", what::rows_differ, false, known_state, "state"},
        judge_case{"race", "SELECT a FROM t", what::rows_differ, true, tables, "position"},
        judge_case{"dirty", "SELECT a FROM t", what::rows_differ, false, dirty, "dirty"},
        judge_case{"limit", "SELECT a FROM t LIMIT 1", what::rows_differ, false, tables, "order"},
        judge_case{"error", "SELECT a FROM t", what::error_differs, false, tables, "semantic"},
        judge_case{"count", "UPDATE t SET a = 1", what::tag_differs, false, tables, "state"},
        judge_case{"large", "SELECT a FROM t", what::too_large, false, tables, "too_large"},
        judge_case{"type", "SELECT a FROM t", what::columns_differ, false, tables, "semantic"}),
    [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace pgduet::replay
