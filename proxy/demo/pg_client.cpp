#include "proxy/demo/pg_client.hpp"

#include <stdexcept>

namespace pgduet::proxy::demo {

namespace {

using result = std::unique_ptr<PGresult, decltype(&PQclear)>;

void check(const result& got, PGconn* connection, const std::string& sql) {
    const ExecStatusType status = PQresultStatus(got.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY)
        throw std::runtime_error(std::string(PQerrorMessage(connection)) + "in: " + sql);
}

}  // namespace

pg_client::pg_client(const std::string& dsn) : connection_(PQconnectdb(dsn.c_str()), &PQfinish) {
    if (PQstatus(connection_.get()) != CONNECTION_OK)
        throw std::runtime_error(PQerrorMessage(connection_.get()));
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
}

pg_client::rows pg_client::run(const std::string& sql, const std::vector<std::string>& parameters) {
    std::vector<const char*> values;
    for (const std::string& one : parameters)
        values.push_back(one.c_str());
    const result got(PQexecParams(connection_.get(),
                                  sql.c_str(),
                                  static_cast<int>(values.size()),
                                  nullptr,
                                  values.data(),
                                  nullptr,
                                  nullptr,
                                  0),
                     &PQclear);
    check(got, connection_.get(), sql);
    rows out;
    for (int row = 0; row < PQntuples(got.get()); ++row) {
        auto& fields = out.emplace_back();
        for (int i = 0; i < PQnfields(got.get()); ++i) {
            if (PQgetisnull(got.get(), row, i))
                fields.emplace_back();
            else
                fields.emplace_back(PQgetvalue(got.get(), row, i));
        }
    }
    return out;
}

void pg_client::script(const std::string& sql) {
    const result got(PQexec(connection_.get(), sql.c_str()), &PQclear);
    check(got, connection_.get(), sql);
}

}  // namespace pgduet::proxy::demo
