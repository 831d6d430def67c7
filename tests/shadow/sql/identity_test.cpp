#include "tests/shadow/sql/one_statement.hpp"

namespace pgduet::sql::test {
namespace {

TEST(Identity, ConstantsDoNotMatter) {
    EXPECT_EQ(one("SELECT * FROM t WHERE id = 1")->fingerprint(),
              one("select *  from t where ID = 22")->fingerprint());
    EXPECT_NE(one("SELECT * FROM t WHERE id = 1")->fingerprint(),
              one("SELECT * FROM u WHERE id = 1")->fingerprint());
    EXPECT_EQ(one("SELECT * FROM t WHERE id = 1 AND n = 'x'")->normalised(),
              "SELECT * FROM t WHERE id = $1 AND n = $2");
}

TEST(Identity, ACopyWithAnotherTextIsAnotherStatement) {
    statement s = *one("SELECT 1");
    const std::uint64_t first = s.fingerprint();
    EXPECT_EQ(s.normalised(), "SELECT $1");
    statement copy = s;
    copy.text = "DELETE FROM t";
    EXPECT_NE(copy.fingerprint(), first);
    EXPECT_EQ(copy.normalised(), "DELETE FROM t");
    s = copy;
    EXPECT_EQ(s.fingerprint(), copy.fingerprint());
}

TEST(Identity, ATextThatDoesNotParseIsItsOwnGroup) {
    statement broken;
    broken.text = "SELEC 1";
    statement other;
    other.text = "SELEC 2";
    EXPECT_NE(broken.fingerprint(), other.fingerprint());
    EXPECT_EQ(broken.normalised(), "SELEC 1");
}

}  // namespace
}  // namespace pgduet::sql::test
