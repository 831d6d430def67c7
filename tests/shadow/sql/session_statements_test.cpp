#include "tests/shadow/sql/one_statement.hpp"

namespace pgduet::sql::test {
namespace {

TEST(Setting, IsPickedApart) {
    const struct {
        const char* text;
        const char* change;  ///< "name=value", `<default>` for none, then "local" or "all"
    } cases[] = {
        {"SET work_mem = '1MB'", "work_mem=1MB"},
        {"SET Work_Mem TO 64", "work_mem=64"},
        {"SET LOCAL a.b = on", "a.b=on local"},
        {"SET SESSION a.b = 1.5", "a.b=1.5"},
        {"SET x TO DEFAULT", "x=<default>"},
        {"SET search_path TO a, \"B c\", 'd'", "search_path=a, \"B c\", d"},
        {"SET search_path = '$user', public", "search_path=\"$user\", public"},
        {"SET search_path TO ''", "search_path=\"\""},
        {"SET datestyle TO iso, mdy", "datestyle=iso, mdy"},
        {"SET NAMES 'utf8'", "client_encoding=utf8"},
        {"SET NAMES DEFAULT", "client_encoding=<default>"},
        {"SET TIME ZONE 'Europe/Berlin'", "timezone=Europe/Berlin"},
        {"SET TIME ZONE LOCAL", "timezone=<default>"},
        {"SET TIME ZONE -7", "timezone=-7"},
        {"SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE", "timezone=INTERVAL '-08:00'"},
        {"SET TIME ZONE INTERVAL '2' HOUR", "timezone=INTERVAL '2 hours'"},
        {"SET ROLE bob", "role=bob"},
        {"SET ROLE NONE", "role=none"},
        {"RESET ROLE", "role=<default>"},
        {"SET SESSION AUTHORIZATION bob", "session_authorization=bob"},
        {"RESET timezone", "timezone=<default>"},
        {"RESET ALL", "=<default> all"},
        {"SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "transaction=<default>"},
        {"SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
         "session characteristics=<default>"},
        {"SET TRANSACTION SNAPSHOT '1-2'", "transaction snapshot=1-2"},
        {"SET CONSTRAINTS ALL DEFERRED", "constraints=deferred"},
        {"SET CONSTRAINTS a, b IMMEDIATE", "constraints=immediate"},
        {"SHOW TimeZone", "timezone=<default>"},
        {"SHOW ALL", "all=<default>"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.text);
        const setting_change change = one(c.text)->setting;
        EXPECT_EQ(change.name + "=" + change.value.value_or("<default>") +
                      (change.local ? " local" : "") + (change.all ? " all" : ""),
                  c.change);
    }
}

TEST(Transaction, OptionsArePickedApart) {
    const auto options = [](const char* text) { return one(text)->transaction; };
    const auto full = options("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY, NOT DEFERRABLE");
    EXPECT_EQ(full.isolation, "repeatable read");
    EXPECT_EQ(full.read_only, true);
    EXPECT_EQ(full.deferrable, false);
    const auto none = options("BEGIN");
    EXPECT_FALSE(none.isolation || none.read_only || none.deferrable || none.chain);
    EXPECT_EQ(options("START TRANSACTION READ WRITE").read_only, false);
    EXPECT_EQ(options("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE").isolation, "serializable");
    EXPECT_EQ(options("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY").read_only, true);
    EXPECT_TRUE(options("COMMIT AND CHAIN").chain);
    EXPECT_TRUE(options("ROLLBACK AND CHAIN").chain);
    EXPECT_FALSE(options("COMMIT AND NO CHAIN").chain);
    EXPECT_EQ(options("SAVEPOINT A").savepoint, "a");
    EXPECT_EQ(options("RELEASE SAVEPOINT \"A\"").savepoint, "A");
    EXPECT_EQ(options("ROLLBACK TO SAVEPOINT a").savepoint, "a");
}

TEST(Prepared, NamesAreKept) {
    EXPECT_EQ(one("PREPARE p (int) AS SELECT $1")->prepared_name, "p");
    EXPECT_EQ(one("EXECUTE p (1)")->prepared_name, "p");
    EXPECT_EQ(one("DEALLOCATE p")->prepared_name, "p");
    EXPECT_EQ(one("DEALLOCATE ALL")->prepared_name, "");
}

}  // namespace
}  // namespace pgduet::sql::test
