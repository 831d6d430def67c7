#include "shadow/capture/own_messages.hpp"

#include <charconv>

#include "protocol/sql_types/row_buffer.hpp"
#include "shadow/store/postgres/relation_query.hpp"

namespace pgduet::capture::own {

namespace {

constexpr std::string_view token_name = "_pgduet_token";
constexpr std::string_view relation_name = "_pgduet_relation";

void int16(std::string& out, std::size_t value) {
    out += static_cast<char>(value >> 8);
    out += static_cast<char>(value);
}

void int32(std::string& out, std::size_t value) {
    int16(out, value >> 16 & 0xffff);
    int16(out, value & 0xffff);
}

void cstring(std::string& out, std::string_view text) {
    out += text;
    out += '\0';
}

/// Writes a message whose body is made by `body(out)`; the length is filled in behind.
template <class Body>
void message(std::string& out, char tag, Body body) {
    out += tag;
    const std::size_t at = out.size();
    int32(out, 0);
    body();
    std::string length;
    int32(length, out.size() - at);
    out.replace(at, 4, length);
}

void bind_and_execute(std::string& out,
                      std::string_view name,
                      const std::vector<std::string_view>& arguments) {
    message(out, 'B', [&] {
        cstring(out, name);  // the portal
        cstring(out, name);
        int16(out, 0);
        int16(out, arguments.size());
        for (const std::string_view argument : arguments) {
            int32(out, argument.size());
            out += argument;
        }
        int16(out, 0);
    });
    execute(out, name, 0);
}

/// A named portal lives on in a transaction block, and its name with it.
void close_portal(std::string& out, std::string_view name) {
    message(out, 'C', [&] {
        out += 'P';
        cstring(out, name);
    });
}

shadow::token parse_lsn(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos)
        return 0;
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::from_chars(text.data(), text.data() + slash, high, 16);
    std::from_chars(text.data() + slash + 1, text.data() + text.size(), low, 16);
    return high << 32 | low;
}

}  // namespace

const std::string_view token_query =
    "SELECT pg_catalog.pg_current_wal_insert_lsn(), "
    "pg_catalog.pg_current_xact_id_if_assigned(), pg_catalog.now()";

void parse_token(std::string& out) {
    parse(out, token_name, token_query, {});
}

void execute_token(std::string& out) {
    bind_and_execute(out, token_name, {});
}

void close_token(std::string& out) {
    close_portal(out, token_name);
}

void parse_relation(std::string& out) {
    parse(out,
          relation_name,
          store::postgres::relation_query,
          {protocol::type_oid::text, protocol::type_oid::text});
}

void execute_relation(std::string& out, std::string_view schema, std::string_view name) {
    bind_and_execute(out, relation_name, {schema, name});
    close_portal(out, relation_name);
}

void sync(std::string& out) {
    message(out, 'S', [] {});
}

void query(std::string& out, std::string_view text) {
    message(out, 'Q', [&] { cstring(out, text); });
}

void parse(std::string& out,
           std::string_view name,
           std::string_view text,
           const std::vector<protocol::oid>& types) {
    message(out, 'P', [&] {
        cstring(out, name);
        cstring(out, text);
        int16(out, types.size());
        for (const protocol::oid type : types)
            int32(out, type);
    });
}

void execute(std::string& out, std::string_view portal, std::int32_t rows_max) {
    message(out, 'E', [&] {
        cstring(out, portal);
        int32(out, static_cast<std::uint32_t>(rows_max));
    });
}

void no_data(std::string& out) {
    message(out, 'n', [] {});
}

std::string returning_clause(const std::vector<std::string>& columns) {
    std::string clause = "\nRETURNING ";
    for (const std::string& column : columns) {
        if (&column != &columns.front())
            clause += ", ";
        clause += '"';
        for (const char c : column)
            clause += c == '"' ? std::string("\"\"") : std::string(1, c);
        clause += '"';
    }
    return clause;
}

position read_position(std::string_view data_row) {
    const auto fields = protocol::row_buffer::fields(data_row);
    position out;
    if (fields.size() != 3 || !fields[0])
        return out;
    out.token = parse_lsn(*fields[0]);
    out.wrote = fields[1].has_value();
    out.now = fields[2].value_or("");
    return out;
}

}  // namespace pgduet::capture::own
