#include <sqlite3.h>

#include "shadow/store/sqlite/create_table_text.hpp"
#include "tests/shadow/store_sqlite/scratch_sqlite.hpp"

namespace pgduet::store::sqlite {
namespace {

class Alter : public sqlite_test {
protected:
    void SetUp() override {
        sqlite_test::SetUp();
        a = std::make_unique<client>(*store);
        ASSERT_EQ(a->show("CREATE TABLE p(id int NOT NULL, v text)"), "CREATE TABLE");
        a->show("INSERT INTO p VALUES (1,'one'),(2,NULL)");
        a->show("CREATE INDEX p_v ON p(v)");
    }
    void TearDown() override {
        a.reset();
        store.reset();
        sqlite3* raw = nullptr;
        ASSERT_EQ(sqlite3_open(directory.file("test.db").c_str(), &raw), SQLITE_OK);
        sqlite3_create_collation(
            raw, "pg_numeric", SQLITE_UTF8, nullptr, [](void*, int, const void*, int, const void*) {
                return 0;
            });
        std::string result;
        sqlite3_exec(
            raw,
            "PRAGMA integrity_check",
            [](void* out, int, char** values, char**) {
                *static_cast<std::string*>(out) += values[0];
                return 0;
            },
            &result,
            nullptr);
        sqlite3_close(raw);
        EXPECT_EQ(result, "ok");
    }
    std::unique_ptr<client> a;
};

TEST_F(Alter, AddPrimaryKeyKeepsRowsAndIndexes) {
    ASSERT_EQ(a->show("ALTER TABLE p ADD PRIMARY KEY (id)"), "ALTER TABLE");
    EXPECT_EQ(a->show("SELECT id, v FROM p ORDER BY id"), "SELECT 2: 1|one, 2|∅");
    EXPECT_EQ(a->run("INSERT INTO p VALUES (1,'x')").error->constraint, "p_pkey");
    EXPECT_EQ(a->show("SELECT id FROM p WHERE v = 'one'"), "SELECT 1: 1");
    EXPECT_EQ(a->show("DROP INDEX p_v"), "DROP INDEX");
}

TEST_F(Alter, AddPrimaryKeyOverDuplicatesFails) {
    a->show("INSERT INTO p VALUES (1,'again')");
    EXPECT_EQ(a->run("ALTER TABLE p ADD PRIMARY KEY (id)").error->sqlstate, "23505");
    EXPECT_EQ(a->show("SELECT count(*) FROM p"), "SELECT 1: 3");
}

TEST_F(Alter, ForeignKeysOfReferencedTablesStay) {
    ASSERT_EQ(a->show("ALTER TABLE p ADD PRIMARY KEY (id)"), "ALTER TABLE");
    ASSERT_EQ(a->show("CREATE TABLE c(id int PRIMARY KEY, pid int)"), "CREATE TABLE");
    a->show("INSERT INTO c VALUES (10,1)");
    ASSERT_EQ(a->show("ALTER TABLE c ADD CONSTRAINT to_p FOREIGN KEY (pid) REFERENCES p(id) ON "
                      "DELETE CASCADE"),
              "ALTER TABLE");
    EXPECT_EQ(a->run("INSERT INTO c VALUES (11,99)").error->constraint, "to_p");
    // p is a parent now: changing it must not fire the cascade.
    ASSERT_EQ(a->show("ALTER TABLE p ADD CONSTRAINT p_v_unique UNIQUE (v)"), "ALTER TABLE");
    EXPECT_EQ(a->show("SELECT count(*) FROM c"), "SELECT 1: 1");
    EXPECT_EQ(a->run("INSERT INTO p VALUES (3,'one')").error->constraint, "p_v_unique");
    EXPECT_EQ(a->run("ALTER TABLE p ALTER COLUMN v SET NOT NULL").error->sqlstate, "23502");
    a->show("UPDATE p SET v = 'two' WHERE id = 2");
    ASSERT_EQ(a->show("ALTER TABLE p ALTER COLUMN v SET NOT NULL"), "ALTER TABLE");
    EXPECT_EQ(a->show("SELECT count(*) FROM c"), "SELECT 1: 1");
    EXPECT_EQ(a->run("INSERT INTO p VALUES (4,NULL)").error->sqlstate, "23502");
    EXPECT_EQ(a->show("DELETE FROM p WHERE id = 1"), "DELETE 1");
    EXPECT_EQ(a->show("SELECT count(*) FROM c"), "SELECT 1: 0");
}

TEST_F(Alter, RollsBack) {
    a->show("BEGIN");
    ASSERT_EQ(a->show("ALTER TABLE p ADD PRIMARY KEY (id)"), "ALTER TABLE");
    a->show("ROLLBACK");
    EXPECT_EQ(a->show("INSERT INTO p VALUES (1,'again')"), "INSERT 0 1");
}

TEST(CreateTableText, ChangesOneDefinition) {
    create_table_text text(
        "CREATE TABLE \"t\"(\"a\" INTEGER /*pg:int4, x*/, \"b\" NUMERIC_TEXT(10,2) DEFAULT (1,2),"
        " CONSTRAINT u UNIQUE (\"a\", \"b\")) STRICT");
    EXPECT_TRUE(text.set_not_null("b", true));
    EXPECT_FALSE(text.set_not_null("c", true));
    text.add_constraint("PRIMARY KEY (\"a\")");
    EXPECT_EQ(
        text.text(),
        "CREATE TABLE \"t\"(\"a\" INTEGER /*pg:int4, x*/, \"b\" NUMERIC_TEXT(10,2) DEFAULT (1,2)"
        " NOT NULL, CONSTRAINT u UNIQUE (\"a\", \"b\"),PRIMARY KEY (\"a\")) STRICT");
    const auto names = text.named_constraints();
    ASSERT_EQ(names.size(), 1u);
    EXPECT_EQ(names[0].name, "u");
    EXPECT_EQ(names[0].columns, (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(create_table_text::is_primary_key("CONSTRAINT x PRIMARY KEY (a)"));
    EXPECT_EQ(create_table_text::constraint_name("CONSTRAINT x PRIMARY KEY (a)"), "x");
    EXPECT_EQ(create_table_text::key_columns("UNIQUE (a,b)"), "(a,b)");
}

/// A file another program made: values that do not fit their declared types.
TEST(ForeignFile, NamesTheColumnThatCannotBeShown) {
    scratch_directory directory;
    const std::string path = directory.file("other.db");
    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &raw), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(raw,
                           "CREATE TABLE app(id INTEGER PRIMARY KEY, n INTEGER, d DATETIME, b "
                           "BOOLEAN, x REAL);"
                           "INSERT INTO app VALUES (1, 5, '2024-01-02T03:04:05Z', 1, 2),"
                           " (2, 'five', 1700000000, 'yes', 2.5)",
                           nullptr,
                           nullptr,
                           nullptr),
              SQLITE_OK);
    sqlite3_close(raw);
    database_options options;
    options.path = path;
    auto opened = database::open(options);
    ASSERT_TRUE(opened);
    client c(**opened);
    EXPECT_EQ(c.show("SELECT id, n, d, b, x FROM app WHERE id = 1"),
              "SELECT 1: 1|5|2024-01-02 03:04:05+00|t|2");
    auto error = c.run("SELECT n FROM app WHERE id = 2").error;
    ASSERT_TRUE(error);
    EXPECT_EQ(error->sqlstate, "22P02");
    EXPECT_EQ(error->table, "app");
    EXPECT_EQ(error->column, "n");
    EXPECT_TRUE(c.run("SELECT d FROM app WHERE id = 2").error);
    EXPECT_EQ(c.show("SELECT b FROM app WHERE id = 2"), "SELECT 1: t");
    EXPECT_EQ(c.show("INSERT INTO app(n) VALUES (7) RETURNING id"), "INSERT 0 1: 3");
    EXPECT_EQ(c.show("SELECT lastval()"), "SELECT 1: 3");
}

}  // namespace
}  // namespace pgduet::store::sqlite
