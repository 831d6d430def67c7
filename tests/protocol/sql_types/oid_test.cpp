#include "protocol/sql_types/oid.hpp"

#include <gtest/gtest.h>

namespace pgduet::protocol {
namespace {

struct name_case {
    const char* name;
    oid id;
};

class FindTypeByName : public testing::TestWithParam<name_case> {};

TEST_P(FindTypeByName, Finds) {
    const type_info* found = find_type(GetParam().name);
    ASSERT_NE(found, nullptr) << GetParam().name;
    EXPECT_EQ(found->id, GetParam().id);
}

const name_case names[] = {
    {"int4", 23},
    {"integer", 23},
    {"int", 23},
    {"bigint", 20},
    {"serial8", 20},
    {"character varying", 1043},
    {"character", 1042},
    {"char", 18},
    {"decimal", 1700},
    {"double precision", 701},
    {"float", 701},
    {"timestamp", 1114},
    {"timestamp with time zone", 1184},
    {"timestamptz[]", 1185},
    {"int[]", 1007},
    {"_int4", 1007},
    {"jsonb", 3802},
};
INSTANTIATE_TEST_SUITE_P(Oid, FindTypeByName, testing::ValuesIn(names));

TEST(FindType, EveryTypeIsFoundByItsOidAndArraysMatchTheirElements) {
    for (oid id = 1; id < 4000; ++id) {
        const type_info* type = find_type(id);
        if (!type)
            continue;
        EXPECT_EQ(type->id, id);
        EXPECT_EQ(find_type(type->name), type);
        if (type->array) {
            const type_info* array = find_type(type->array);
            ASSERT_NE(array, nullptr) << type->name;
            EXPECT_EQ(array->element, id) << type->name;
            EXPECT_EQ(array->category, id == type_oid::record ? 'P' : 'A');
        }
    }
    EXPECT_EQ(find_type(oid{0}), nullptr);
    EXPECT_EQ(find_type(99'999), nullptr);
    EXPECT_EQ(find_type("nonsense"), nullptr);
    EXPECT_EQ(find_type("nonsense[]"), nullptr);
}

}  // namespace
}  // namespace pgduet::protocol
