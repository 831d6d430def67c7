#include "shadow/store/postgres/watermark.hpp"

#include <cstdlib>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/store/postgres/quote.hpp"

namespace pgduet::store::postgres {
namespace sqlstate = protocol::sqlstate;
using protocol::sql_error;

namespace {

constexpr const char* create_schema = "CREATE SCHEMA IF NOT EXISTS pgduet";
constexpr const char* create_table =
    "CREATE TABLE IF NOT EXISTS pgduet.watermark ("
    "id integer PRIMARY KEY CHECK (id = 1), run text NOT NULL, unit bigint NOT NULL)";

/// Says in the hint what an administrator has to do.
sql_error with_hint(sql_error error, const connection& store, bool exists) {
    if (error.sqlstate != sqlstate::insufficient_privilege)
        return error;
    const std::string user = quoted(store.user());
    const std::string grants = "GRANT USAGE ON SCHEMA pgduet TO " + user +
                               "; GRANT SELECT, INSERT, UPDATE ON pgduet.watermark TO " + user;
    error.message =
        "pgduet keeps its watermark in pgduet.watermark and has no right to: " + error.message;
    error.hint = exists ? "As its owner: " + grants + ";"
                        : "GRANT CREATE ON DATABASE " + quoted(store.database()) + " TO " + user +
                              "; or, as somebody who may: " + create_schema + "; " + create_table +
                              "; " + grants + ";";
    return error;
}

}  // namespace

protocol::sql_result<watermark> read_watermark(connection& store) {
    // CREATE ... IF NOT EXISTS asks for the right to create even when there is nothing to do.
    std::vector<protocol::outcome> outcomes = store.run({
        {"SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
         " ON n.oid = c.relnamespace WHERE n.nspname = 'pgduet' AND c.relname = 'watermark'"},
    });
    if (outcomes.back().error)
        return *outcomes.back().error;
    const bool exists = outcomes.back().rows.count() > 0;
    std::vector<command> commands;
    if (!exists) {
        commands.push_back({create_schema});
        commands.push_back({create_table});
    }
    commands.push_back(
        {"INSERT INTO pgduet.watermark (id, run, unit) VALUES (1, '', 0) ON CONFLICT DO NOTHING"});
    // The lock waits for a server process that is still busy committing for a dead pgduet.
    commands.push_back({"SELECT run, unit FROM pgduet.watermark WHERE id = 1 FOR UPDATE"});
    outcomes = store.run(commands);
    if (outcomes.back().error)
        return with_hint(std::move(*outcomes.back().error), store, exists);
    const std::vector<std::string_view> rows = outcomes.back().rows.rows();
    if (rows.empty())
        return protocol::make_error(sqlstate::data_corrupted, "pgduet.watermark has no row");
    const std::vector<protocol::cell> row = protocol::row_buffer::fields(rows.front());
    return watermark{row.at(0).value_or(""),
                     std::strtoull(row.at(1).value_or("0").c_str(), nullptr, 10)};
}

command watermark_command(const watermark& mark) {
    return {
        "INSERT INTO pgduet.watermark (id, run, unit) VALUES (1, $1, $2)"
        " ON CONFLICT (id) DO UPDATE SET run = EXCLUDED.run, unit = EXCLUDED.unit",
        {protocol::type_oid::text, protocol::type_oid::int8},
        {{protocol::format::text, mark.run}, {protocol::format::text, std::to_string(mark.unit)}},
        false,
        true,
    };
}

}  // namespace pgduet::store::postgres
