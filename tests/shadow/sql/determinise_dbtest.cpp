#include <libpq-fe.h>

#include <memory>
#include <stdexcept>

#include "shadow/sql/determinise.hpp"
#include "tests/shadow/sql/one_statement.hpp"
#include "tests/support/scratch_postgres.hpp"

// Runs what determinise() makes on a real PostgreSQL: exactly the given values must be stored.

namespace pgduet::sql::test {
namespace {

using connection = std::unique_ptr<PGconn, void (*)(PGconn*)>;
using result = std::unique_ptr<PGresult, void (*)(PGresult*)>;

const std::string now = "2001-02-03 04:05:06.789012+00";
constexpr protocol::oid int8 = protocol::type_oid::int8;
constexpr protocol::oid text_type = protocol::type_oid::text;
constexpr protocol::oid uuid = protocol::type_oid::uuid;
constexpr protocol::oid timestamptz = protocol::type_oid::timestamptz;
const std::string uuid_1 = "11111111-1111-4111-8111-111111111111";
const std::string uuid_2 = "22222222-2222-4222-8222-222222222222";

class determinise_on_postgres : public testing::Test {
protected:
    static void SetUpTestSuite() {
        if (test_support::scratch_postgres::missing().empty())
            server_ = std::make_unique<test_support::scratch_postgres>();
    }
    static void TearDownTestSuite() { server_.reset(); }

    void SetUp() override {
        PGDUET_REQUIRE_POSTGRES();
        connection_.reset(PQconnectdb(server_->dsn().c_str()));
        ASSERT_EQ(PQstatus(connection_.get()), CONNECTION_OK) << PQerrorMessage(connection_.get());
        // clang-format off
        run("SET timezone = 'UTC'");
        run("DROP TABLE IF EXISTS t, always, \"Mixed Case\"; DROP TYPE IF EXISTS mood;"
            "CREATE TYPE mood AS ENUM ('sad', 'happy');"
            "CREATE TABLE t (id bigserial PRIMARY KEY, a text, u uuid DEFAULT gen_random_uuid(),"
            "    at timestamptz DEFAULT now());"
            "CREATE TABLE always (id bigint GENERATED ALWAYS AS IDENTITY, a text, m mood);"
            "CREATE TABLE \"Mixed Case\" (\"The \"\"Id\"\"\" serial, \"select\" int,"
            "    d date, l timestamp(0), tz timetz)");
        // clang-format on
    }

    std::string run(const std::string& sql,
                    const std::vector<std::string>& parameters = {},
                    const determinised& extra = {}) {
        const int count = static_cast<int>(parameters.size() + extra.extra_values.size());
        std::vector<Oid> types(parameters.size(), 0);
        types.insert(types.end(), extra.extra_types.begin(), extra.extra_types.end());
        std::vector<const char*> values;
        for (const std::string& parameter : parameters)
            values.push_back(parameter.c_str());
        for (const protocol::parameter& parameter : extra.extra_values)
            values.push_back(parameter.value ? parameter.value->c_str() : nullptr);
        PGresult* raw = count == 0 ? PQexec(connection_.get(), sql.c_str())
                                   : PQexecParams(connection_.get(),
                                                  sql.c_str(),
                                                  count,
                                                  types.data(),
                                                  values.data(),
                                                  nullptr,
                                                  nullptr,
                                                  0);
        const result done(raw, PQclear);
        const auto status = PQresultStatus(raw);
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
            ADD_FAILURE() << sql << ": " << PQerrorMessage(connection_.get());
            return "error";
        }
        std::string out;
        for (int row = 0; row < PQntuples(raw); ++row) {
            out += row == 0 ? "" : "\n";
            for (int column = 0; column < PQnfields(raw); ++column)
                out += (column == 0 ? "" : "|") + std::string(PQgetisnull(raw, row, column)
                                                                  ? "NULL"
                                                                  : PQgetvalue(raw, row, column));
        }
        return out;
    }

    /// Determinises and runs `sql`; returns what the query `look` then shows.
    std::string store(const std::string& sql,
                      const std::vector<std::string>& parameters,
                      const generated_values& generated,
                      const std::vector<std::string>& all_columns,
                      const std::string& look) {
        const auto done = determinise(*one(sql), now, generated, all_columns);
        if (!done) {
            ADD_FAILURE() << sql << ": " << done.error().message;
            return {};
        }
        run(done->text, parameters, *done);
        return run(look);
    }

    static std::unique_ptr<test_support::scratch_postgres> server_;
    connection connection_{nullptr, PQfinish};
};

std::unique_ptr<test_support::scratch_postgres> determinise_on_postgres::server_;

TEST_F(determinise_on_postgres, InsertStoresTheGivenValues) {
    const std::vector<std::string> all = {"id", "a", "u", "at"};
    const struct {
        const char* sql;
        std::vector<std::string> parameters;
        generated_values generated;
        const char* stored;
    } cases[] = {
        {"INSERT INTO t (a) VALUES ($1)",
         {"x"},
         {{"id", "u", "at"}, {int8, uuid, timestamptz}, {{"70", uuid_1, now}}},
         "70|x|11111111-1111-4111-8111-111111111111|2001-02-03 04:05:06.789012+00"},
        {"INSERT INTO t (a, at) VALUES ($1, now()), ($2, CURRENT_TIMESTAMP(0)) RETURNING id",
         {"x", "y"},
         {{"id", "u"}, {int8, uuid}, {{"70", uuid_1}, {"71", uuid_2}}},
         "70|x|11111111-1111-4111-8111-111111111111|2001-02-03 04:05:06.789012+00\n"
         "71|y|22222222-2222-4222-8222-222222222222|2001-02-03 04:05:07+00"},
        {"INSERT INTO t VALUES (DEFAULT, 'x', DEFAULT), (5, 'y', NULL)",
         {},
         {{"id", "u", "at"},
          {int8, uuid, timestamptz},
          {{"70", uuid_1, now}, {"5", std::nullopt, std::nullopt}}},
         "5|y|NULL|NULL\n"
         "70|x|11111111-1111-4111-8111-111111111111|2001-02-03 04:05:06.789012+00"},
        {"INSERT INTO t DEFAULT VALUES",
         {},
         {{"id", "u", "at"}, {int8, uuid, timestamptz}, {{"70", uuid_1, now}}},
         "70|NULL|11111111-1111-4111-8111-111111111111|2001-02-03 04:05:06.789012+00"},
        {"WITH q AS (SELECT 'w' AS a) INSERT INTO t (a, u) VALUES ((SELECT a FROM q), NULL)",
         {},
         {{"id", "at"}, {int8, timestamptz}, {{"70", now}}},
         "70|w|NULL|2001-02-03 04:05:06.789012+00"},
        {"INSERT INTO t (id, a) VALUES (70, 'x') ON CONFLICT (id) DO UPDATE SET a = 'z', at = "
         "now()",
         {},
         {{"u", "at"}, {uuid, timestamptz}, {{uuid_1, now}}},
         "70|x|11111111-1111-4111-8111-111111111111|2001-02-03 04:05:06.789012+00"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.sql);
        run("TRUNCATE t RESTART IDENTITY");
        EXPECT_EQ(store(c.sql, c.parameters, c.generated, all, "SELECT * FROM t ORDER BY id"),
                  c.stored);
    }
}

TEST_F(determinise_on_postgres, ConflictOnAnotherKeyStillFindsItsRow) {
    run("ALTER TABLE t ADD UNIQUE (a); INSERT INTO t VALUES (1, 'x', NULL, NULL)");
    EXPECT_EQ(store("INSERT INTO t (a) VALUES ('x') ON CONFLICT (a) DO UPDATE SET at = now() "
                    "RETURNING id",
                    {},
                    {{"id", "u"}, {int8, uuid}, {{"1", std::nullopt}}},
                    {},
                    "SELECT id, a, at FROM t"),
              "1|x|2001-02-03 04:05:06.789012+00");
}

TEST_F(determinise_on_postgres, IdentityAlwaysTakesTheValue) {
    const generated_values seven{{"id"}, {int8}, {{"7"}}, true};
    for (const char* sql : {"INSERT INTO always (a) VALUES ('x')",
                            "INSERT INTO always VALUES (DEFAULT, 'x')",
                            "INSERT INTO always (id, a) VALUES (DEFAULT, 'x')",
                            "INSERT INTO always (a) OVERRIDING SYSTEM VALUE VALUES ('x')"}) {
        SCOPED_TRACE(sql);
        run("TRUNCATE always");
        EXPECT_EQ(store(sql, {}, seven, {"id", "a", "m"}, "SELECT * FROM always"), "7|x|NULL");
    }
    run("TRUNCATE always");
    EXPECT_EQ(store("INSERT INTO always DEFAULT VALUES", {}, seven, {}, "SELECT * FROM always"),
              "7|NULL|NULL");
}

TEST_F(determinise_on_postgres, UserDefinedTypesWorkForOneRow) {
    EXPECT_EQ(store("INSERT INTO always (a) VALUES ('x')",
                    {},
                    {{"m"}, {99999}, {{"happy"}}},
                    {},
                    "SELECT a, m FROM always"),
              "x|happy");
}

TEST_F(determinise_on_postgres, OddNamesAndEveryTimeFunction) {
    EXPECT_EQ(store("INSERT INTO \"Mixed Case\" VALUES (DEFAULT, 5, CURRENT_DATE, "
                    "LOCALTIMESTAMP(0), CURRENT_TIME(1))",
                    {},
                    {{"The \"Id\""}, {int8}, {{"9"}}},
                    {"The \"Id\"", "select", "d", "l", "tz"},
                    "SELECT * FROM \"Mixed Case\""),
              "9|5|2001-02-03|2001-02-03 04:05:07|04:05:06.8+00");
}

TEST_F(determinise_on_postgres, UpdateStoresTheGivenNow) {
    run("INSERT INTO t VALUES (1, 'x', NULL, NULL), (2, 'y', NULL, NULL)");
    EXPECT_EQ(store("UPDATE t SET at = now() + $1::interval, a = LOCALTIME(0)::text WHERE id = $2 "
                    "AND now() < '2002-01-01' RETURNING at",
                    {"1 hour", "2"},
                    {},
                    {},
                    "SELECT id, a, at FROM t ORDER BY id"),
              "1|x|NULL\n2|04:05:07|2001-02-03 05:05:06.789012+00");
}

}  // namespace
}  // namespace pgduet::sql::test
