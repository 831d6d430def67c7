// Every statement is described by a real PostgreSQL and by the translator: parameter types,
// result names, types and modifiers, or the SQLSTATE, must be the same.
#include <libpq-fe.h>

#include <fstream>
#include <sstream>

#include "shadow/sql/translate.hpp"
#include "tests/shadow/translate/postgres_relations.hpp"
#include "tests/support/scratch_postgres.hpp"

namespace pgduet::sql {
namespace {

// Shared by all cases: one server with the schema of schema.sql.
struct server {
    test_support::scratch_postgres postgres;
    PGconn* connection = nullptr;
    std::unique_ptr<test::postgres_relations> relations;

    server() {
        connection = PQconnectdb(postgres.dsn().c_str());
        std::ifstream file(PGDUET_TRANSLATE_DATA "/schema.sql");
        std::stringstream text;
        text << file.rdbuf();
        PGresult* made = PQexec(connection, text.str().c_str());
        if (PQresultStatus(made) != PGRES_COMMAND_OK)
            throw std::runtime_error(PQerrorMessage(connection));
        PQclear(made);
        relations = std::make_unique<test::postgres_relations>(connection);
    }
    ~server() { PQfinish(connection); }
};

std::string by_postgres(PGconn* connection, const std::string& sql) {
    std::string text;
    PGresult* prepared = PQprepare(connection, "", sql.c_str(), 0, nullptr);
    if (PQresultStatus(prepared) != PGRES_COMMAND_OK) {
        text = std::string("error ") + PQresultErrorField(prepared, PG_DIAG_SQLSTATE);
        PQclear(prepared);
        return text;
    }
    PQclear(prepared);
    PGresult* shape = PQdescribePrepared(connection, "");
    for (int i = 0; i < PQnparams(shape); ++i)
        text += "$" + std::to_string(PQparamtype(shape, i)) + " ";
    for (int i = 0; i < PQnfields(shape); ++i)
        text += std::string(PQfname(shape, i)) + ":" + std::to_string(PQftype(shape, i)) + ":" +
                std::to_string(PQfmod(shape, i)) + " ";
    PQclear(shape);
    return text;
}

std::string by_translator(const relation_source& relations, const std::string& sql) {
    statement input;
    input.text = sql;
    const auto result = translate_to_sqlite(input, relations, {});
    if (!result) {
        const protocol::sql_error error = result.error();
        return "error " + error.sqlstate +
               (error.message.starts_with("pgduet:") ? " (" + error.message + ")" : "");
    }
    std::string text;
    for (const protocol::oid type : result->parameter_types)
        text += "$" + std::to_string(type) + " ";
    for (const protocol::column& column : result->columns)
        text += column.name + ":" + std::to_string(column.type) + ":" +
                std::to_string(column.type_modifier) + " ";
    return text;
}

TEST(Describe, AgreesWithPostgres) {
    PGDUET_REQUIRE_POSTGRES();
    server it;
    std::ifstream file(PGDUET_TRANSLATE_DATA "/statements.sql");
    ASSERT_TRUE(file) << "statements.sql is missing";
    std::string line;
    int compared = 0;
    // One statement a line. `--! ` in front: known to be refused with 0A000.
    while (std::getline(file, line)) {
        const bool refused = line.starts_with("--! ");
        if (refused)
            line.erase(0, 4);
        if (line.empty() || line.starts_with("--"))
            continue;
        ++compared;
        const std::string ours = by_translator(*it.relations, line);
        if (refused)
            EXPECT_TRUE(ours.starts_with("error 0A000")) << line << "\n  " << ours;
        else
            EXPECT_EQ(ours, by_postgres(it.connection, line)) << line;
    }
    EXPECT_GT(compared, 200);
}

}  // namespace
}  // namespace pgduet::sql
