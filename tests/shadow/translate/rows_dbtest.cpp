// The proof of the translation: every statement runs on a real PostgreSQL and, translated, on a
// SQLite file with the same schema and rows; tags, rows and SQLSTATEs must be the same.
#include <libpq-fe.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "shadow/store/sqlite/session.hpp"
#include "tests/support/scratch_postgres.hpp"

namespace pgduet::sql {
namespace {

std::string read_file(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

bool starts_with_select(const std::string& sql) {
    return sql.starts_with("select") || sql.starts_with("SELECT") || sql.starts_with("with") ||
           sql.starts_with("values") || sql.starts_with("table") || sql.starts_with("(");
}

// What the statement gives: tag and rows, or the SQLSTATE. Rows of DML come in no fixed order.
std::string printed(const std::string& tag, std::vector<std::string> rows, bool in_order) {
    if (!in_order)
        std::sort(rows.begin(), rows.end());
    std::string text = tag;
    for (const std::string& row : rows)
        text += "\n    " + row;
    return text;
}

std::string by_postgres(PGconn* connection, const std::string& sql, bool in_order) {
    PGresult* result = PQexec(connection, sql.c_str());
    std::string text;
    if (PQresultStatus(result) == PGRES_FATAL_ERROR) {
        text = std::string("error ") + PQresultErrorField(result, PG_DIAG_SQLSTATE);
    } else {
        std::vector<std::string> rows;
        for (int i = 0; i < PQntuples(result); ++i) {
            std::string row;
            for (int k = 0; k < PQnfields(result); ++k)
                row += (k ? "|" : "") +
                       std::string(PQgetisnull(result, i, k) ? "NULL" : PQgetvalue(result, i, k));
            rows.push_back(row);
        }
        text = printed(PQcmdStatus(result), std::move(rows), in_order);
    }
    PQclear(result);
    return text;
}

std::string by_sqlite(store::session& session, const std::string& sql, bool in_order) {
    const auto parsed = parse(sql);
    if (!parsed)
        return "error " + parsed.error().sqlstate;
    store::request request;
    request.statement = parsed->statements.front();
    request.text = request.statement->text;
    const auto outcomes = session.run({request});
    if (outcomes.empty())
        return "no outcome";
    const protocol::outcome& outcome = outcomes.back();
    if (outcome.error)
        return "error " + outcome.error->sqlstate +
               (outcome.error->sqlstate == "0A000" || outcome.error->sqlstate == "XX000"
                    ? " " + outcome.error->message
                    : "");
    std::vector<std::string> rows;
    for (const std::string_view body : outcome.rows.rows()) {
        std::string row;
        for (const protocol::cell& cell : protocol::row_buffer::fields(body))
            row += cell.value_or("NULL") + "|";
        if (!row.empty())
            row.pop_back();
        rows.push_back(row);
    }
    return printed(outcome.tag, std::move(rows), in_order);
}

TEST(Rows, AreTheSame) {
    PGDUET_REQUIRE_POSTGRES();
    test_support::scratch_postgres postgres(
        test_support::scratch_postgres::settings{{"timezone", "UTC"}});
    // The text functions follow Unicode, as a server with this locale does.
    postgres.query("CREATE DATABASE rows ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0");
    PGconn* connection = PQconnectdb(postgres.dsn("rows").c_str());
    test_support::scratch_directory directory;
    store::sqlite::database_options options;
    options.path = (directory.path() / "rows.db").string();
    const auto session = store::sqlite::open_session(options);
    ASSERT_FALSE(session->connect());

    const auto schema = parse(read_file(PGDUET_TRANSLATE_DATA "/schema.sql"));
    ASSERT_TRUE(schema);
    for (const auto& statement : schema->statements)
        ASSERT_EQ(by_sqlite(*session, statement->text, true),
                  by_postgres(connection, statement->text, true))
            << statement->text;

    // An explicit id moves SQLite's sequence on, but not PostgreSQL's.
    by_postgres(connection, "select setval('item_id_seq', 5)", true);

    std::istringstream lines(read_file(PGDUET_TRANSLATE_DATA "/statements.sql"));
    int compared = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("--x "))
            line.erase(0, 4);
        if (line.empty() || line.starts_with("--") || line.find('$') != std::string::npos)
            continue;
        ++compared;
        const bool ordered = starts_with_select(line) && line.find("order by") != std::string::npos;
        // Each statement starts from the same rows.
        by_postgres(connection, "begin", true);
        EXPECT_FALSE(session->control("BEGIN"));
        EXPECT_EQ(by_sqlite(*session, line, ordered), by_postgres(connection, line, ordered))
            << line;
        EXPECT_FALSE(session->control("ROLLBACK"));
        by_postgres(connection, "rollback", true);
    }
    EXPECT_GT(compared, 200);
    PQfinish(connection);
}

}  // namespace
}  // namespace pgduet::sql
