#include "shadow/store/postgres/effects.hpp"

#include <algorithm>
#include <array>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/store/postgres/quote.hpp"

namespace pgduet::store::postgres {
namespace sqlstate = protocol::sqlstate;
namespace type_oid = protocol::type_oid;
using source = sql::column_info::source;

namespace {

const sql::column_info* find(const sql::relation_info& relation, const std::string& name) {
    for (const sql::column_info& column : relation.columns)
        if (column.name == name)
            return &column;
    return nullptr;
}

/// Builds one statement, collecting parameters as it goes.
class builder {
public:
    builder(const shadow::row_change& change, const sql::relation_info& here)
        : here_(here), target_(quoted(here.schema) + "." + quoted(here.name)) {
        for (const sql::column_info& column : change.relation->columns)
            columns_.push_back(find(here, column.name));
        if (!here.keys.empty() && knows(here.keys.front()))
            key_ = &here.keys.front();
        out_.reusable = true;
    }

    std::string missing_column(const shadow::row_change& change) const {
        for (std::size_t i = 0; i < columns_.size(); ++i)
            if (!columns_[i])
                return change.relation->columns[i].name;
        return "";
    }

    command insert(const std::vector<protocol::cell>& row) {
        std::string names;
        std::string values;
        std::string updates;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            if (columns_[i]->default_source == source::stored)
                continue;
            const char* comma = names.empty() ? "" : ", ";
            const std::string name = quoted(columns_[i]->name);
            names += comma + name;
            values += comma + parameter(row[i]);
            if (in_key(*columns_[i]) || columns_[i]->default_source == source::identity_always)
                continue;
            updates += (updates.empty() ? "" : ", ") + name + " = EXCLUDED." + name;
        }
        // DEFAULT VALUES for a table without columns.
        out_.text = "INSERT INTO " + target_;
        out_.text += names.empty()
                         ? std::string(" DEFAULT VALUES")
                         : " (" + names + ") OVERRIDING SYSTEM VALUE VALUES (" + values + ")";
        if (key_) {
            out_.text += " ON CONFLICT (" + list(*key_) + ") DO ";
            out_.text += updates.empty() ? "NOTHING" : "UPDATE SET " + updates;
        }
        return std::move(out_);
    }

    command update(const std::vector<protocol::cell>& before,
                   const std::vector<protocol::cell>& after) {
        std::string assignments;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const source from = columns_[i]->default_source;
            if (from == source::stored || from == source::identity_always)
                continue;
            assignments += (assignments.empty() ? "" : ", ") + quoted(columns_[i]->name) + " = " +
                           parameter(after[i]);
        }
        out_.text = "UPDATE " + target_ + " SET " + assignments + where(before);
        return std::move(out_);
    }

    command erase(const std::vector<protocol::cell>& before) {
        out_.text = "DELETE FROM " + target_ + where(before);
        return std::move(out_);
    }

private:
    bool knows(const std::vector<std::string>& key) const {
        return std::all_of(key.begin(), key.end(), [&](const std::string& name) {
            return std::any_of(columns_.begin(), columns_.end(), [&](const sql::column_info* c) {
                return c && c->name == name;
            });
        });
    }
    bool in_key(const sql::column_info& column) const {
        return key_ && std::find(key_->begin(), key_->end(), column.name) != key_->end();
    }
    std::string parameter(const protocol::cell& value) {
        out_.parameters.push_back({protocol::format::text, value});
        return "$" + std::to_string(out_.parameters.size());
    }

    /// By key; else one row of those with all these values, which cannot be told apart anyway.
    std::string where(const std::vector<protocol::cell>& row) {
        std::string matches;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            if (key_ ? !in_key(*columns_[i]) : false)
                continue;
            matches += (matches.empty() ? "" : " AND ") + match(*columns_[i], row[i]);
        }
        if (key_)
            return " WHERE " + matches;
        return " WHERE ctid = (SELECT ctid FROM " + target_ + " WHERE " + matches + " LIMIT 1)";
    }
    std::string match(const sql::column_info& column, const protocol::cell& value) {
        // Types without an equality operator compare as text; xid, money and the like as well do.
        constexpr std::array comparable = std::to_array<protocol::oid>({
            type_oid::boolean, type_oid::bytea,       type_oid::int2,     type_oid::int4,
            type_oid::int8,    type_oid::text,        type_oid::varchar,  type_oid::bpchar,
            type_oid::name,    type_oid::float4,      type_oid::float8,   type_oid::numeric,
            type_oid::date,    type_oid::time,        type_oid::timetz,   type_oid::timestamp,
            type_oid::uuid,    type_oid::timestamptz, type_oid::interval, type_oid::jsonb,
        });
        const bool by_value =
            std::find(comparable.begin(), comparable.end(), column.type) != comparable.end();
        std::string name = quoted(column.name) + (by_value ? "" : "::pg_catalog.text");
        if (!value)
            return name + " IS NULL";
        return name + " = " + parameter(value);
    }
    static std::string list(const std::vector<std::string>& names) {
        std::string text;
        for (const std::string& name : names)
            text += (text.empty() ? "" : ", ") + quoted(name);
        return text;
    }

    const sql::relation_info& here_;
    std::string target_;
    std::vector<const sql::column_info*> columns_;  ///< of this store, in the images' order
    const std::vector<std::string>* key_ = nullptr;
    command out_;
};

}  // namespace

protocol::sql_result<command> effect_command(const shadow::row_change& change,
                                             const sql::relation_info& here) {
    using kind = shadow::row_change::kind;
    builder build(change, here);
    if (const std::string name = build.missing_column(change); !name.empty())
        return protocol::make_error(
            sqlstate::undefined_column,
            "column \"" + name + "\" of relation \"" + here.name + "\" does not exist here");
    const std::size_t width = change.relation->columns.size();
    if ((change.what != kind::insert && change.before.size() != width) ||
        (change.what != kind::erase && change.after.size() != width))
        return protocol::make_error(sqlstate::internal_error, "incomplete row image");
    switch (change.what) {
        case kind::insert:
            return build.insert(change.after);
        case kind::update:
            return build.update(change.before, change.after);
        case kind::erase:
            break;
    }
    return build.erase(change.before);
}

}  // namespace pgduet::store::postgres
