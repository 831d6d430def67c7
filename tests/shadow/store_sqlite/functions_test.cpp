#include <set>

#include "shadow/sql/rules/registered_functions.hpp"
#include "shadow/store/sqlite/connection.hpp"
#include "tests/shadow/store_sqlite/scratch_sqlite.hpp"

namespace pgduet::store::sqlite {
namespace {

TEST(RegisteredFunctions, AllAreThere) {
    scratch_directory directory;
    database_options options;
    options.path = directory.file("f.db");
    auto on = connection::open(options, connection::role::writer, nullptr);
    ASSERT_TRUE(on);
    std::set<std::pair<std::string, int>> known;
    auto row = (*on)->prepare("SELECT name, narg FROM pragma_function_list");
    while (row->step() == SQLITE_ROW)
        known.emplace(reinterpret_cast<const char*>(sqlite3_column_text(row->get(), 0)),
                      sqlite3_column_int(row->get(), 1));
    row->reset();
    row = (*on)->prepare(
        "SELECT name FROM pragma_collation_list UNION SELECT name FROM pragma_module_list");
    std::set<std::string> others;
    while (row->step() == SQLITE_ROW)
        others.emplace(reinterpret_cast<const char*>(sqlite3_column_text(row->get(), 0)));
    for (const sql::registered_function& one : sql::registered_functions()) {
        const std::string name(one.name);
        if (one.what == sql::registered_function::kind::scalar ||
            one.what == sql::registered_function::kind::aggregate)
            EXPECT_TRUE(known.contains({name, one.arity})) << name << "/" << one.arity;
        else
            EXPECT_TRUE(others.contains(name)) << name;
    }
}

struct function_case {
    const char* call;
    const char* result;  ///< text; or the SQLSTATE in brackets
};

class Functions : public testing::TestWithParam<function_case> {};

TEST_P(Functions, AnswerAsPostgres) {
    scratch_directory directory;
    database_options options;
    options.path = directory.file("f.db");
    auto on = connection::open(options, connection::role::writer, nullptr);
    auto row = (*on)->prepare("SELECT " + std::string(GetParam().call));
    ASSERT_TRUE(row) << row.error().message;
    const int rc = row->step();
    if (rc != SQLITE_ROW) {
        EXPECT_EQ(std::string(sqlite3_errmsg((*on)->raw())).substr(0, 7), GetParam().result);
        return;
    }
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row->get(), 0));
    EXPECT_STREQ(text == nullptr ? "∅" : text, GetParam().result);
}

#include "tests/shadow/store_sqlite/function_cases.inc"

}  // namespace
}  // namespace pgduet::store::sqlite
