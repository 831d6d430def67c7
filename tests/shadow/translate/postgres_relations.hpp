#pragma once

#include <libpq-fe.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <string>

#include "shadow/sql/relation.hpp"

namespace pgduet::sql::test {

/// Describes tables out of a live PostgreSQL's catalog: what the translator is told in these
/// tests is what PostgreSQL itself says.
class postgres_relations : public relation_source {
public:
    explicit postgres_relations(PGconn* connection) : connection_(connection) {}

    std::shared_ptr<const relation_info> find(std::string_view,
                                              std::string_view name) const override {
        const std::string key(name);
        if (const auto known = known_.find(key); known != known_.end())
            return known->second;
        return known_[key] = read(key);
    }
    void forget() { known_.clear(); }

private:
    std::shared_ptr<const relation_info> read(const std::string& name) const {
        const char* values[] = {name.c_str()};
        PGresult* rows = PQexecParams(
            connection_,
            "SELECT a.attname, a.atttypid, a.atttypmod, a.attnotnull, c.relkind,"
            "       coalesce(pg_get_expr(d.adbin, d.adrelid), ''), a.attidentity, a.attgenerated,"
            "       a.attnum = ANY (i.indkey)"
            "  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
            "   AND NOT a.attisdropped LEFT JOIN pg_attrdef d ON d.adrelid = c.oid"
            "   AND d.adnum = a.attnum LEFT JOIN pg_index i ON i.indrelid = c.oid AND "
            "i.indisprimary"
            " WHERE c.relname = $1 AND c.relnamespace = 'public'::regnamespace"
            " ORDER BY a.attnum",
            1,
            nullptr,
            values,
            nullptr,
            nullptr,
            0);
        if (PQresultStatus(rows) != PGRES_TUPLES_OK)
            throw std::runtime_error(PQerrorMessage(connection_));
        auto info = std::make_shared<relation_info>();
        info->name = name;
        std::vector<std::string> key;
        for (int i = 0; i < PQntuples(rows); ++i) {
            const auto text = [&](int field) { return std::string(PQgetvalue(rows, i, field)); };
            column_info column;
            column.name = text(0);
            column.type = static_cast<protocol::oid>(std::stoul(text(1)));
            column.type_modifier = std::stoi(text(2));
            column.not_null = text(3) == "t";
            info->type = text(4) == "v" ? relation_info::kind::view : relation_info::kind::table;
            if (text(5).starts_with("nextval"))
                column.default_source = column_info::source::sequence;
            else if (text(5) == "now()" || text(5) == "CURRENT_TIMESTAMP")
                column.default_source = column_info::source::now;
            else if (!text(5).empty())
                column.default_source = column_info::source::constant;
            if (text(8) == "t") {
                key.push_back(column.name);
                if (column.default_source == column_info::source::sequence)
                    column.sqlite_type = "INTEGER";
            }
            info->columns.push_back(column);
        }
        const bool found = PQntuples(rows) > 0;
        PQclear(rows);
        if (!found)
            return nullptr;
        if (!key.empty()) {
            info->has_primary_key = true;
            info->keys.push_back(key);
        }
        return info;
    }

    PGconn* connection_;
    mutable std::map<std::string, std::shared_ptr<const relation_info>> known_;
};

}  // namespace pgduet::sql::test
