// Every statement is described by a real PostgreSQL and by the translator: parameter types,
// result names, types and modifiers, or the SQLSTATE, must be the same.
#include <libpq-fe.h>
#include <sqlite3.h>

#include <fstream>
#include <sstream>

#include "shadow/sql/translate.hpp"
#include "tests/shadow/translate/postgres_relations.hpp"
#include "tests/shadow/translate/sqlite_stubs.hpp"
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

std::string read_file(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

// What a CREATE sees: tables made before it, but not itself.
struct hiding : relation_source {
    const relation_source& all;
    std::string hidden;
    hiding(const relation_source& a, std::string h) : all(a), hidden(std::move(h)) {}
    std::shared_ptr<const relation_info> find(std::string_view schema,
                                              std::string_view name) const override {
        return name == hidden ? nullptr : all.find(schema, name);
    }
};

TEST(Translation, IsUnderstoodBySqlite) {
    PGDUET_REQUIRE_POSTGRES();
    server it;
    sqlite3* file = nullptr;
    ASSERT_EQ(sqlite3_open(":memory:", &file), SQLITE_OK);
    sqlite3_db_config(file, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(file, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    test::register_stubs(file);
    const auto parsed = parse(read_file(PGDUET_TRANSLATE_DATA "/schema.sql"));
    ASSERT_TRUE(parsed);
    for (const auto& statement : parsed->statements) {
        std::string created;
        for (const relation_ref& relation : statement->relations)
            if (relation.written && statement->kind == statement_kind::ddl &&
                statement->text.find("INDEX") == std::string::npos)
                created = relation.name;
        const hiding relations(*it.relations, created);
        const auto made = translate_to_sqlite(*statement, relations, {});
        ASSERT_TRUE(made) << statement->text << "\n  " << made.error().message;
        for (const sqlite_step& step : made->steps) {
            const std::string& text = std::get<sqlite_sql>(step).text;
            if (!text.starts_with("CREATE "))
                continue;  // rows are of no use to stubs
            EXPECT_EQ(sqlite3_exec(file, text.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
                << text << "\n  " << sqlite3_errmsg(file);
        }
    }
    std::istringstream lines(read_file(PGDUET_TRANSLATE_DATA "/statements.sql"));
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line.starts_with("--"))
            continue;
        statement input;
        input.text = line;
        const auto made = translate_to_sqlite(input, *it.relations, {});
        if (!made)
            continue;
        for (const sqlite_step& step : made->steps) {
            const std::string& text = std::get<sqlite_sql>(step).text;
            sqlite3_stmt* prepared = nullptr;
            EXPECT_EQ(sqlite3_prepare_v2(file, text.c_str(), -1, &prepared, nullptr), SQLITE_OK)
                << line << "\n  " << text << "\n  " << sqlite3_errmsg(file);
            EXPECT_EQ(sqlite3_column_count(prepared), static_cast<int>(made->columns.size()))
                << text;
            sqlite3_finalize(prepared);
        }
    }
    sqlite3_close(file);
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
