#include "shadow/store/postgres/result_decode.hpp"

#include <cstdlib>

#include "protocol/sql_types/sqlstate.hpp"

namespace pgduet::store::postgres {
namespace sqlstate = protocol::sqlstate;

protocol::sql_error decode_error(const PGresult* result) {
    const auto field = [&](int code) -> std::string {
        const char* text = PQresultErrorField(result, code);
        return text ? text : "";
    };
    protocol::sql_error error;
    error.sqlstate = field(PG_DIAG_SQLSTATE);
    if (error.sqlstate.empty()) {
        error.sqlstate = sqlstate::connection_failure;
        error.severity = "FATAL";
        error.message = trimmed(PQresultErrorMessage(result));
        return error;
    }
    error.severity = field(PG_DIAG_SEVERITY_NONLOCALIZED);
    error.message = field(PG_DIAG_MESSAGE_PRIMARY);
    error.detail = field(PG_DIAG_MESSAGE_DETAIL);
    error.hint = field(PG_DIAG_MESSAGE_HINT);
    error.position = std::atoi(field(PG_DIAG_STATEMENT_POSITION).c_str());
    error.where = field(PG_DIAG_CONTEXT);
    error.schema = field(PG_DIAG_SCHEMA_NAME);
    error.table = field(PG_DIAG_TABLE_NAME);
    error.column = field(PG_DIAG_COLUMN_NAME);
    error.data_type = field(PG_DIAG_DATATYPE_NAME);
    error.constraint = field(PG_DIAG_CONSTRAINT_NAME);
    return error;
}

std::vector<protocol::column> decode_columns(const PGresult* result) {
    std::vector<protocol::column> columns;
    for (int i = 0; i < PQnfields(result); ++i) {
        protocol::column one;
        one.name = PQfname(result, i);
        one.table = PQftable(result, i);
        one.attribute = static_cast<std::int16_t>(PQftablecol(result, i));
        one.type = PQftype(result, i);
        one.type_length = static_cast<std::int16_t>(PQfsize(result, i));
        one.type_modifier = PQfmod(result, i);
        one.encoding = static_cast<protocol::format>(PQfformat(result, i));
        columns.push_back(std::move(one));
    }
    return columns;
}

void decode_rows(const PGresult* result, protocol::row_buffer& rows) {
    // Puts the DataRow body together again: count, then size and bytes per field.
    const int fields = PQnfields(result);
    std::string body;
    const auto put = [&](std::uint32_t value, int bytes) {
        for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
            body.push_back(static_cast<char>(value >> shift));
    };
    for (int row = 0; row < PQntuples(result); ++row) {
        body.clear();
        put(static_cast<std::uint32_t>(fields), 2);
        for (int field = 0; field < fields; ++field) {
            if (PQgetisnull(result, row, field)) {
                put(0xffff'ffffu, 4);
                continue;
            }
            const int size = PQgetlength(result, row, field);
            put(static_cast<std::uint32_t>(size), 4);
            body.append(PQgetvalue(result, row, field), static_cast<std::size_t>(size));
        }
        rows.add(std::string_view(body));
    }
}

std::string trimmed(const char* message) {
    std::string text = message ? message : "";
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.pop_back();
    return text;
}

}  // namespace pgduet::store::postgres
