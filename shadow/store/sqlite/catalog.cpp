#include "shadow/store/sqlite/catalog.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <optional>

#include "shadow/sql/rules/types.hpp"
#include "shadow/store/sqlite/connection.hpp"
#include "shadow/store/sqlite/create_table_text.hpp"

namespace pgduet::store::sqlite {

using protocol::sql_error;
using protocol::sql_result;

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

std::string text_at(const cached_statement& row, int column) {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(row.get(), column));
    if (bytes == nullptr)
        return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(row.get(), column))};
}

std::string join(const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& part : parts)
        out += "_" + part;
    return out;
}

/// The default of a column that carries no note of ours: what SQLite's own text says.
sql::column_info::source read_default(const std::string& text) {
    using source = sql::column_info::source;
    if (text.empty() || lower(text) == "null")
        return source::none;
    const std::string low = lower(text);
    for (const char* const word : {"current_timestamp", "current_date", "current_time", "'now'"}) {
        if (low.find(word) != std::string::npos)
            return source::now;
    }
    for (const char* const word : {"random", "pg_gen_random_uuid", "pg_nextval"}) {
        if (low.find(word) != std::string::npos)
            return source::volatile_;
    }
    return source::constant;
}

/// Reads one table's or view's description, row by row of SQLite's pragmas.
class reader {
public:
    reader(connection& from, std::string name, bool view, std::string create_sql)
        : from_(from), name_(std::move(name)), sql_(std::move(create_sql)) {
        info_.name = name_;
        info_.type = view ? sql::relation_info::kind::view : sql::relation_info::kind::table;
    }

    sql_result<schema_picture::entry> read() {
        using step = std::optional<sql_error> (reader::*)();
        for (const step one : {&reader::columns, &reader::indexes, &reader::foreign_keys}) {
            if (auto failed = (this->*one)())
                return *failed;
        }
        entry_.create_sql = sql_;
        use_written_names();
        std::stable_sort(
            entry_.keys.begin(), entry_.keys.end(), [](const unique_key& a, const unique_key& b) {
                return a.primary > b.primary;
            });
        for (const unique_key& key : entry_.keys) {
            if (key.partial)
                continue;
            info_.keys.push_back(key.columns);
            info_.has_primary_key = info_.has_primary_key || key.primary;
            if (!key.primary)
                continue;
            for (sql::column_info& column : info_.columns) {
                if (std::find(key.columns.begin(), key.columns.end(), column.name) !=
                    key.columns.end())
                    column.not_null = true;
            }
        }
        info_.returning_is_safe = info_.type == sql::relation_info::kind::table;
        entry_.relation = std::make_shared<const sql::relation_info>(std::move(info_));
        return std::move(entry_);
    }

private:
    std::optional<sql_error> columns() {
        auto row = from_.prepare(
            "SELECT name, type, \"notnull\", dflt_value, pk, hidden"
            " FROM pragma_table_xinfo(?1) ORDER BY cid");
        if (!row)
            return row.error();
        bind(*row);
        std::vector<std::pair<int, std::string>> primary;
        std::string primary_type;
        while (row->step() == SQLITE_ROW) {
            sql::column_info column;
            column.name = text_at(*row, 0);
            column.sqlite_type = text_at(*row, 1);
            column.not_null = sqlite3_column_int(row->get(), 2) != 0;
            column.default_expression = text_at(*row, 3);
            const sql::declared_column declared =
                sql::read_declared(column.sqlite_type, sql::column_source(sql_, column.name));
            column.type = declared.type.type;
            column.type_modifier = declared.type.modifier;
            column.default_source = declared.generated;
            if (column.default_source == sql::column_info::source::none)
                column.default_source = read_default(column.default_expression);
            const int hidden = sqlite3_column_int(row->get(), 5);
            if (hidden == 2 || hidden == 3)
                column.default_source = sql::column_info::source::stored;
            if (hidden == 1)
                continue;
            if (const int pk = sqlite3_column_int(row->get(), 4)) {
                primary.emplace_back(pk, column.name);
                primary_type = lower(column.sqlite_type);
            }
            info_.columns.push_back(std::move(column));
        }
        if (primary.empty())
            return std::nullopt;
        std::sort(primary.begin(), primary.end());
        unique_key key;
        key.name = name_ + "_pkey";
        key.primary = true;
        for (auto& [position, column] : primary)
            key.columns.push_back(column);
        const std::string low = lower(sql_);
        entry_.without_rowid = low.find("without rowid") != std::string::npos;
        if (primary.size() == 1 && primary_type == "integer" && !entry_.without_rowid) {
            entry_.rowid_column = key.columns.front();
            entry_.autoincrement = low.find("autoincrement") != std::string::npos;
            mark_rowid(key.columns.front());
        }
        entry_.keys.push_back(std::move(key));
        return std::nullopt;
    }

    /// A rowid alias makes values up unless our own DDL says that it is a plain key.
    void mark_rowid(const std::string& name) {
        for (sql::column_info& column : info_.columns) {
            if (column.name != name || column.default_source != sql::column_info::source::none)
                continue;
            const bool ours =
                sql::column_source(sql_, name).find("/*pg:") != std::string_view::npos;
            if (!ours || entry_.autoincrement)
                column.default_source = sql::column_info::source::identity;
        }
    }

    std::optional<sql_error> indexes() {
        auto row = from_.prepare(
            "SELECT name, \"unique\", origin, partial FROM pragma_index_list(?1) ORDER BY seq "
            "DESC");
        if (!row)
            return row.error();
        bind(*row);
        std::vector<unique_key> found;
        while (row->step() == SQLITE_ROW) {
            if (sqlite3_column_int(row->get(), 1) == 0)
                continue;
            unique_key key;
            key.index_name = text_at(*row, 0);
            const std::string origin = text_at(*row, 2);
            key.primary = origin == "pk" || key.index_name == name_ + "_pkey";
            if (origin == "c")
                key.name = key.index_name;
            key.partial = sqlite3_column_int(row->get(), 3) != 0;
            found.push_back(std::move(key));
        }
        row->reset();
        for (unique_key& key : found) {
            auto part = from_.prepare("SELECT name FROM pragma_index_xinfo(?1) WHERE key = 1");
            if (!part)
                return part.error();
            sqlite3_bind_text(part->get(), 1, key.index_name.c_str(), -1, SQLITE_STATIC);
            bool plain = true;
            while (part->step() == SQLITE_ROW) {
                key.columns.push_back(text_at(*part, 0));
                plain = plain && !key.columns.back().empty();
            }
            part->reset();
            if (!plain)
                continue;  // over an expression: not a key of columns
            if (key.primary && !entry_.keys.empty() && entry_.keys.front().primary) {
                entry_.keys.front().index_name = key.index_name;
                continue;
            }
            if (key.name.empty())
                key.name = constraint_name(key);
            entry_.keys.push_back(std::move(key));
        }
        return std::nullopt;
    }

    /// PostgreSQL's default name.
    std::string constraint_name(const unique_key& key) const {
        return key.primary ? name_ + "_pkey" : name_ + join(key.columns) + "_key";
    }

    std::optional<sql_error> foreign_keys() {
        auto row = from_.prepare(
            "SELECT id, \"table\", \"from\", \"to\", on_update, on_delete"
            " FROM pragma_foreign_key_list(?1) ORDER BY id DESC, seq");
        if (!row)
            return row.error();
        bind(*row);
        int last = -1;
        while (row->step() == SQLITE_ROW) {
            const int id = sqlite3_column_int(row->get(), 0);
            if (id != last) {
                info_.foreign_keys.emplace_back();
                info_.foreign_keys.back().referenced_table = text_at(*row, 1);
                last = id;
            }
            sql::foreign_key_info& key = info_.foreign_keys.back();
            key.columns.push_back(text_at(*row, 2));
            if (const std::string to = text_at(*row, 3); !to.empty())
                key.referenced_columns.push_back(to);
        }
        for (sql::foreign_key_info& key : info_.foreign_keys)
            key.name = name_ + join(key.columns) + "_fkey";
        return std::nullopt;
    }

    /// Names given as CONSTRAINT x in the DDL replace the default ones.
    void use_written_names() {
        for (const auto& one : create_table_text(sql_).named_constraints()) {
            for (unique_key& key : entry_.keys) {
                if ((one.kind == "UNIQUE" || one.kind == "PRIMARY") &&
                    key.primary == (one.kind == "PRIMARY") && key.columns == one.columns)
                    key.name = one.name;
            }
            for (sql::foreign_key_info& key : info_.foreign_keys) {
                if (one.kind == "FOREIGN" && key.columns == one.columns)
                    key.name = one.name;
            }
        }
    }

    void bind(const cached_statement& row) const {
        sqlite3_bind_text(row.get(), 1, name_.c_str(), -1, SQLITE_STATIC);
    }

    connection& from_;
    std::string name_;
    std::string sql_;
    sql::relation_info info_;
    schema_picture::entry entry_;
};

}  // namespace

std::shared_ptr<const sql::relation_info> schema_picture::find(std::string_view schema,
                                                               std::string_view name) const {
    if (!schema.empty() && schema != "public" && schema != "main")
        return nullptr;
    const entry* found = find_entry(name);
    return found != nullptr ? found->relation : nullptr;
}

const schema_picture::entry* schema_picture::find_entry(std::string_view name) const {
    auto it = entries_.find(name);
    if (it == entries_.end())
        it = entries_.find(lower(name));
    return it == entries_.end() ? nullptr : &it->second;
}

sql_result<std::shared_ptr<schema_picture>> schema_picture::read(connection& from,
                                                                 std::uint64_t version) {
    auto picture = std::make_shared<schema_picture>();
    picture->version_ = version;
    auto row = from.prepare(
        "SELECT name, type, sql FROM sqlite_schema WHERE type IN ('table','view')"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'pgduet\\_%' ESCAPE '\\'");
    if (!row)
        return row.error();
    struct item {
        std::string name;
        bool view;
        std::string sql;
    };
    std::vector<item> items;
    int rc = SQLITE_OK;
    while ((rc = row->step()) == SQLITE_ROW)
        items.push_back({text_at(*row, 0), text_at(*row, 1) == "view", text_at(*row, 2)});
    row->reset();
    if (rc != SQLITE_DONE)
        return protocol::make_error("XX001", sqlite3_errmsg(from.raw()));
    for (item& one : items) {
        reader read_one(from, one.name, one.view, one.sql);
        auto entry = read_one.read();
        if (!entry) {
            if (one.view)
                continue;  // a view that no longer resolves must not take the file down
            return entry.error();
        }
        picture->entries_.emplace(lower(one.name), std::move(*entry));
    }
    // What a key refers to when its DDL names no columns, and who has actions elsewhere.
    for (auto& [name, one] : picture->entries_) {
        if (one.relation->foreign_keys.empty())
            continue;
        auto info = std::make_shared<sql::relation_info>(*one.relation);
        for (sql::foreign_key_info& key : info->foreign_keys) {
            const auto* parent = picture->find_entry(key.referenced_table);
            if (key.referenced_columns.empty() && parent != nullptr && !parent->keys.empty())
                key.referenced_columns = parent->keys.front().columns;
        }
        one.relation = std::move(info);
    }
    auto others = from.prepare(
        "SELECT DISTINCT lower(f.\"table\") FROM sqlite_schema AS s,"
        " pragma_foreign_key_list(s.name) AS f WHERE s.type = 'table' AND"
        " (f.on_delete NOT IN ('NO ACTION','RESTRICT') OR"
        "  f.on_update NOT IN ('NO ACTION','RESTRICT'))"
        " UNION SELECT lower(tbl_name) FROM sqlite_schema WHERE type = 'trigger'");
    if (!others)
        return others.error();
    while (others->step() == SQLITE_ROW) {
        const auto it = picture->entries_.find(text_at(*others, 0));
        if (it == picture->entries_.end())
            continue;
        auto info = std::make_shared<sql::relation_info>(*it->second.relation);
        info->writes_elsewhere = true;
        it->second.relation = std::move(info);
    }
    return picture;
}

catalog::catalog(std::unique_ptr<connection> own) : own_(std::move(own)) {}
catalog::~catalog() = default;

std::shared_ptr<const schema_picture> catalog::current() {
    const std::lock_guard lock(mutex_);
    look(false);
    return picture_;
}

void catalog::refresh() {
    const std::lock_guard lock(mutex_);
    look(true);
}

void catalog::look(bool force) {
    const auto now = std::chrono::steady_clock::now();
    if (!force && picture_ && now - looked_ < look_again)
        return;
    looked_ = now;
    const auto cookie = own_->number("PRAGMA schema_version");
    if (cookie && picture_ && !force && cookie->value_or(-1) == cookie_)
        return;
    if (auto fresh = schema_picture::read(*own_, next_version())) {
        picture_ = std::move(*fresh);
        cookie_ = cookie ? cookie->value_or(-1) : -1;
    } else if (!picture_) {
        picture_ = std::make_shared<const schema_picture>();
    }
}

}  // namespace pgduet::store::sqlite
