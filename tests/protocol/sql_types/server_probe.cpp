#include "tests/protocol/sql_types/server_probe.hpp"

#include <libpq-fe.h>

#include <stdexcept>

namespace pgduet::protocol::test {

server_probe::server_probe() : connection_(PQconnectdb(server_.dsn().c_str())) {
    if (PQstatus(connection_) != CONNECTION_OK)
        throw std::runtime_error(PQerrorMessage(connection_));
    execute("SET client_encoding = 'UTF8'");
    execute("SET client_min_messages = warning");
}

server_probe::~server_probe() {
    PQfinish(connection_);
}

void server_probe::execute(const std::string& sql) {
    PGresult* result = PQexec(connection_, sql.c_str());
    const bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    if (!ok)
        throw std::runtime_error(PQerrorMessage(connection_));
}

answer server_probe::ask(
    const std::string& sql, oid type, const std::string& value, format in, format out) {
    const char* values[] = {value.c_str()};
    const int lengths[] = {static_cast<int>(value.size())};
    const int formats[] = {static_cast<int>(in)};
    const Oid types[] = {type};
    PGresult* result = PQexecParams(
        connection_, sql.c_str(), 1, types, values, lengths, formats, static_cast<int>(out));
    answer got;
    if (PQresultStatus(result) == PGRES_TUPLES_OK) {
        got.bytes.assign(PQgetvalue(result, 0, 0),
                         static_cast<std::size_t>(PQgetlength(result, 0, 0)));
    } else {
        const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
        got.sqlstate = state ? state : "lost";
        got.message = message ? message : PQerrorMessage(connection_);
    }
    PQclear(result);
    return got;
}

answer server_probe::convert(oid type, const std::string& value, format in, format out) {
    return ask("SELECT $1", type, value, in, out);
}

answer server_probe::store(const std::string& sql_type, const std::string& text) {
    execute("CREATE TEMP TABLE IF NOT EXISTS \"" + sql_type + "\" (v " + sql_type + ")");
    return ask("INSERT INTO \"" + sql_type + "\" VALUES ($1) RETURNING v",
               0,
               text,
               format::text,
               format::text);
}

}  // namespace pgduet::protocol::test
