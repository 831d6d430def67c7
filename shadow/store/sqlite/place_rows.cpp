#include "shadow/store/sqlite/place_rows.hpp"

#include <algorithm>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/sql/rules/types.hpp"
#include "shadow/store/sqlite/error_map.hpp"
#include "shadow/store/sqlite/stored_value.hpp"

namespace pgduet::store::sqlite {

using protocol::make_error;
using protocol::sql_error;

namespace {

using kind = shadow::row_change::kind;

sql_error misplaced(const std::string& table, const std::string& why) {
    sql_error error = make_error(protocol::sqlstate::internal_error,
                                 "a row of \"" + table + "\" could not be placed: " + why);
    error.table = table;
    return error;
}

/// One change on its way into the file.
class placing {
public:
    placing(connection& on, const schema_picture::entry& target, const shadow::row_change& change)
        : on_(on), target_(target), change_(change) {}

    std::optional<sql_error> run() {
        const std::string table = sql::quote_name(target_.relation->name);
        std::string text;
        if (change_.what == kind::insert) {
            std::string places;
            for (std::size_t i = 0; i < change_.relation->columns.size(); ++i) {
                const sql::column_info& column = change_.relation->columns[i];
                if (is_computed(column))
                    continue;
                text += (text.empty() ? "" : ", ") + sql::quote_name(column.name);
                places += places.empty() ? "" : ", ";
                if (auto failed = add(column, change_.after[i], places))
                    return failed;
            }
            text = "INSERT INTO " + table + "(" + text + ") VALUES (" + places + ")";
        } else if (change_.what == kind::update) {
            for (std::size_t i = 0; i < change_.relation->columns.size(); ++i) {
                const sql::column_info& column = change_.relation->columns[i];
                if (change_.before[i] == change_.after[i] || is_computed(column))
                    continue;
                text += (text.empty() ? "" : ", ") + sql::quote_name(column.name) + " = ";
                if (auto failed = add(column, change_.after[i], text))
                    return failed;
            }
            if (text.empty())
                return std::nullopt;
            text = "UPDATE " + table + " SET " + text;
        } else {
            text = "DELETE FROM " + table;
        }
        if (change_.what != kind::insert) {
            if (auto failed = add_where(text))
                return failed;
        }
        return execute(text);
    }

private:
    static bool is_computed(const sql::column_info& column) {
        return column.default_source == sql::column_info::source::stored;
    }

    /// Appends `?n` for a value of a column, as the file's own column stores it.
    std::optional<sql_error> add(const sql::column_info& column,
                                 const protocol::cell& value,
                                 std::string& text) {
        const sql::column_info* const here = target_.relation->find(column.name);
        if (here == nullptr)
            return misplaced(target_.relation->name, "it has no column \"" + column.name + "\"");
        protocol::parameter parameter;
        parameter.value = value;
        auto stored = to_stored(parameter, here->type, here->type_modifier, {});
        if (!stored)
            return stored.error();
        values_.push_back(std::move(*stored));
        text += "?" + std::to_string(values_.size());
        return std::nullopt;
    }

    std::optional<sql_error> add_where(std::string& text) {
        const auto& keys = target_.relation->keys;
        const bool keyed = !keys.empty() && std::all_of(keys.front().begin(),
                                                        keys.front().end(),
                                                        [this](const std::string& column) {
                                                            return before(column).has_value();
                                                        });
        std::string where;
        for (std::size_t i = 0; i < change_.relation->columns.size(); ++i) {
            const sql::column_info& column = change_.relation->columns[i];
            if (keyed && std::find(keys.front().begin(), keys.front().end(), column.name) ==
                             keys.front().end())
                continue;
            where += (where.empty() ? "" : " AND ") + sql::quote_name(column.name) + " IS ";
            if (auto failed = add(column, change_.before[i], where))
                return failed;
        }
        if (keyed || target_.without_rowid) {
            text += " WHERE " + where;
        } else {
            // Several rows may be alike; exactly one of them is meant, no matter which.
            const std::string table = sql::quote_name(target_.relation->name);
            text += " WHERE rowid = (SELECT rowid FROM " + table + " WHERE " + where + " LIMIT 1)";
        }
        return std::nullopt;
    }

    protocol::cell before(const std::string& column) const {
        for (std::size_t i = 0; i < change_.relation->columns.size(); ++i) {
            if (change_.relation->columns[i].name == column && i < change_.before.size())
                return change_.before[i];
        }
        return {};
    }

    std::optional<sql_error> execute(const std::string& text) {
        auto statement = on_.prepare(text);
        if (!statement)
            return statement.error();
        for (std::size_t i = 0; i < values_.size(); ++i)
            bind_stored(statement->get(), static_cast<int>(i + 1), values_[i]);
        const int rc = statement->step();
        if (rc != SQLITE_DONE)
            return map_error(on_.raw(), rc);
        const std::int64_t changed = sqlite3_changes64(on_.raw());
        const bool cascaded =
            change_.what == kind::erase && !target_.relation->foreign_keys.empty();
        if (changed != 1 && !(changed == 0 && cascaded))
            return misplaced(target_.relation->name,
                             changed == 0 ? "it is not there" : "it is not alone");
        return std::nullopt;
    }

    connection& on_;
    const schema_picture::entry& target_;
    const shadow::row_change& change_;
    std::vector<stored_value> values_;
};

/// Keeps triggers silent while it lives.
class silent_triggers {
public:
    explicit silent_triggers(connection& on) : on_(on) {
        sqlite3_db_config(on_.raw(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    }
    ~silent_triggers() {
        sqlite3_db_config(on_.raw(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, nullptr);
        // Statements compiled meanwhile know of no triggers.
        on_.forget_statements();
    }
    silent_triggers(const silent_triggers&) = delete;
    silent_triggers& operator=(const silent_triggers&) = delete;

private:
    connection& on_;
};

}  // namespace

std::optional<sql_error> place_rows(connection& on,
                                    const schema_picture& schema,
                                    const std::vector<shadow::row_change>& changes) {
    if (changes.empty())
        return std::nullopt;
    on.forget_statements();
    const silent_triggers silence(on);
    if (auto failed = on.run("PRAGMA defer_foreign_keys=ON"))
        return failed;
    for (const shadow::row_change& change : changes) {
        const schema_picture::entry* target = schema.find_entry(change.relation->name);
        if (target == nullptr)
            return misplaced(change.relation->name, "there is no such table");
        placing one(on, *target, change);
        if (auto failed = one.run())
            return failed;
    }
    return std::nullopt;
}

}  // namespace pgduet::store::sqlite
