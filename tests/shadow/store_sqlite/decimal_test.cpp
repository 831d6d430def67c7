#include "shadow/store/sqlite/decimal.hpp"

#include <gtest/gtest.h>

namespace pgduet::store::sqlite {
namespace {

struct operation {
    char what;
    const char* a;
    const char* b;
    const char* result;  ///< as PostgreSQL 15 prints it
};

class Decimal : public testing::TestWithParam<operation> {};

TEST_P(Decimal, AsPostgres) {
    const operation& one = GetParam();
    const decimal a = *decimal::parse(one.a);
    const decimal b = *decimal::parse(one.b);
    const auto result = [&] {
        switch (one.what) {
            case '+':
                return a + b;
            case '-':
                return a - b;
            case '*':
                return a * b;
            case '/':
                return a / b;
            case '%':
                return a % b;
            default:
                return a.rounded(std::atoi(one.b));
        }
    };
    EXPECT_EQ(result().print(), one.result);
}

INSTANTIATE_TEST_SUITE_P(
    Operations,
    Decimal,
    testing::Values(operation{'+', "0.1", "0.2", "0.3"},
                    operation{'+', "999999999.999999999", "0.000000001", "1000000000.000000000"},
                    operation{'-', "1", "1.00", "0.00"},
                    operation{'-', "1", "2.5", "-1.5"},
                    operation{'*', "1.50", "-2.5", "-3.750"},
                    operation{'*',
                              "12345678901234567890",
                              "98765432109876543210",
                              "1219326311370217952237463801111263526900"},
                    operation{'/', "5", "3", "1.6666666666666667"},
                    operation{'/', "1", "3", "0.33333333333333333333"},
                    operation{'/', "10", "4", "2.5000000000000000"},
                    operation{'/', "1", "7000000000", "0.0000000001428571428571428571"},
                    operation{'/',
                              "123456789012345678901234567890",
                              "987654321098765432109",
                              "124999998.86093750"},
                    operation{'/', "1.5", "0.00001", "150000.000000000000"},
                    operation{'/', "0", "3.0", "0.00000000000000000000"},
                    operation{'/', "123.456", "1000000", "0.00012345600000000000"},
                    operation{'/', "99999.9", "3", "33333.300000000000"},
                    operation{'/', "10000", "3.0", "3333.3333333333333333"},
                    operation{'/', "9999", "3.0", "3333.0000000000000000"},
                    operation{'/', "0.0001", "3", "0.000033333333333333333333"},
                    operation{'%', "5.5", "2", "1.5"},
                    operation{'%', "-7", "2", "-1"},
                    operation{'r', "2.5", "0", "3"},
                    operation{'r', "-2.5", "0", "-3"},
                    operation{'r', "1234.567", "-2", "1200"},
                    operation{'r', "1.005", "2", "1.01"}));

TEST(DecimalText, ReadsExponents) {
    EXPECT_EQ(decimal::parse("1.5e3")->print(), "1500");
    EXPECT_EQ(decimal::parse("-1e-3")->print(), "-0.001");
    EXPECT_FALSE(decimal::parse("NaN"));
    EXPECT_FALSE(decimal::parse(""));
    EXPECT_LT(*decimal::parse("-2"), *decimal::parse("-1.99"));
    EXPECT_EQ(*decimal::parse("1.0"), *decimal::parse("1"));
}

}  // namespace
}  // namespace pgduet::store::sqlite
