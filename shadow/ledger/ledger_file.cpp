#include "shadow/ledger/ledger_file.hpp"

#include <string_view>
#include <type_traits>

#include "protocol/sql_types/sqlstate.hpp"

namespace pgduet::ledger {
namespace sqlstate = protocol::sqlstate;
using protocol::sql_error;

namespace {

constexpr int file_version = 1;

constexpr const char* schema = R"sql(
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS text (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS finding (
    id INTEGER PRIMARY KEY, class TEXT NOT NULL, cause TEXT NOT NULL, fingerprint INTEGER NOT NULL,
    statement TEXT NOT NULL, tables TEXT NOT NULL, sql TEXT NOT NULL, parameters TEXT NOT NULL,
    primary_answer TEXT NOT NULL, shadow_answer TEXT NOT NULL, count INTEGER NOT NULL,
    first_seen TEXT NOT NULL, last_seen TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS latency (
    fingerprint INTEGER PRIMARY KEY, statement TEXT NOT NULL, count INTEGER NOT NULL,
    primary_us_sum INTEGER NOT NULL, shadow_us_sum INTEGER NOT NULL,
    primary_us_max INTEGER NOT NULL, shadow_us_max INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS dirty (
    name TEXT PRIMARY KEY, reason TEXT NOT NULL, units INTEGER NOT NULL, since TEXT NOT NULL);
PRAGMA user_version = 1;
)sql";

sql_error error_of(sqlite3* db, int code) {
    const char* text = db ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    switch (code & 0xff) {
        case SQLITE_FULL:
            return protocol::make_error(sqlstate::disk_full,
                                        std::string("the ledger cannot be written: ") + text);
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
        case SQLITE_ERROR:
            return protocol::make_error(sqlstate::data_corrupted,
                                        std::string("ledger.db is not a ledger: ") + text);
        default:
            return protocol::make_error(sqlstate::io_error,
                                        std::string("the ledger's file: ") + text);
    }
}

/// One prepared statement. The first error of the database sticks in `trouble`.
class query {
public:
    query(sqlite3* db, const char* sql, std::optional<sql_error>& trouble)
        : db_(db), trouble_(trouble) {
        check(sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr));
    }
    ~query() { sqlite3_finalize(statement_); }
    query(const query&) = delete;
    query& operator=(const query&) = delete;

    template <class... Values>
    void run(const Values&... values) {
        if (trouble_)
            return;
        int place = 0;
        (bind(++place, values), ...);
        check(sqlite3_step(statement_));
        sqlite3_reset(statement_);
    }
    bool next() {
        if (trouble_)
            return false;
        const int code = sqlite3_step(statement_);
        check(code);
        return code == SQLITE_ROW;
    }
    std::string text(int column) const {
        const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
        return bytes ? std::string(bytes, sqlite3_column_bytes(statement_, column)) : "";
    }
    std::uint64_t number(int column) const {
        return static_cast<std::uint64_t>(sqlite3_column_int64(statement_, column));
    }

private:
    void bind(int place, std::uint64_t value) {
        sqlite3_bind_int64(statement_, place, static_cast<sqlite3_int64>(value));
    }
    void bind(int place, std::int64_t value) { sqlite3_bind_int64(statement_, place, value); }
    void bind(int place, const std::string& value) {
        sqlite3_bind_text(
            statement_, place, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
    }
    void check(int code) {
        if (!trouble_ && code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE)
            trouble_ = error_of(db_, code);
    }

    sqlite3* db_;
    std::optional<sql_error>& trouble_;
    sqlite3_stmt* statement_ = nullptr;
};

std::string join(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : "\n") + name;
    return text;
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> names;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        names.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return names;
}

}  // namespace

protocol::sql_result<ledger_file> ledger_file::open(const std::filesystem::path& file,
                                                    bool writable) {
    sqlite3* raw = nullptr;
    const int flags = writable ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    const int code = sqlite3_open_v2(file.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    ledger_file opened;
    opened.db_.reset(raw);
    if (code != SQLITE_OK) {
        sql_error error = error_of(raw, code);
        error.message += " (" + file.string() + ")";
        return error;
    }
    sqlite3_busy_timeout(raw, 5000);
    std::optional<sql_error> trouble;
    std::uint64_t version = 0;
    {
        query ask(raw, "PRAGMA user_version", trouble);
        if (ask.next())
            version = ask.number(0);
    }
    if (!trouble && version > file_version)
        trouble = protocol::make_error(
            sqlstate::data_corrupted,
            "ledger.db was written by a newer pgduet (version " + std::to_string(version) + ")");
    if (!trouble && writable) {
        sqlite3_exec(raw, "PRAGMA synchronous = NORMAL", nullptr, nullptr, nullptr);
        if (const int made = sqlite3_exec(raw, schema, nullptr, nullptr, nullptr);
            made != SQLITE_OK)
            trouble = error_of(raw, made);
    }
    if (trouble) {
        trouble->message += " (" + file.string() + ")";
        return *trouble;
    }
    return opened;
}

std::optional<sql_error> ledger_file::load(snapshot& into) const {
    std::optional<sql_error> trouble;
    // One read transaction, so that a writer in between does not show half of its work.
    sqlite3_exec(db_.get(), "BEGIN", nullptr, nullptr, nullptr);
    {
        constexpr std::string_view reason_prefix = "not_compared.";
        const std::map<std::string, std::uint64_t*> known = {
            {"observed", &into.observed},
            {"equal", &into.equal},
            {"differs", &into.differs},
            {"dropped", &into.dropped},
            {"lag_units", &into.lag_units},
            {"lag_ms", &into.lag_ms},
            {"findings_not_kept", &into.findings_not_kept},
            {"fingerprints_not_kept", &into.fingerprints_not_kept},
        };
        query counters(db_.get(), "SELECT name, value FROM counter", trouble);
        while (counters.next()) {
            const std::string name = counters.text(0);
            if (name.starts_with(reason_prefix))
                into.not_compared[name.substr(reason_prefix.size())] = counters.number(1);
            else if (const auto found = known.find(name); found != known.end())
                *found->second = counters.number(1);
        }
    }
    {
        const std::map<std::string, std::string*> known = {
            {"stage", &into.stage},
            {"primary", &into.primary},
            {"shadow", &into.shadow},
            {"since", &into.since},
            {"updated", &into.updated},
        };
        query texts(db_.get(), "SELECT name, value FROM text", trouble);
        while (texts.next())
            if (const auto found = known.find(texts.text(0)); found != known.end())
                *found->second = texts.text(1);
    }
    {
        query rows(
            db_.get(),
            "SELECT id, class, cause, fingerprint, statement, tables, sql, parameters,"
            " primary_answer, shadow_answer, count, first_seen, last_seen FROM finding ORDER BY id",
            trouble);
        while (rows.next()) {
            finding one;
            one.id = static_cast<std::int64_t>(rows.number(0));
            one.example = {rows.text(1),
                           rows.text(2),
                           rows.number(3),
                           rows.text(4),
                           split(rows.text(5)),
                           rows.text(6),
                           rows.text(7),
                           rows.text(8),
                           rows.text(9)};
            one.count = rows.number(10);
            one.first_seen = rows.text(11);
            one.last_seen = rows.text(12);
            into.findings.push_back(std::move(one));
        }
    }
    {
        query rows(
            db_.get(),
            "SELECT fingerprint, statement, count, primary_us_sum, shadow_us_sum, primary_us_max,"
            " shadow_us_max FROM latency",
            trouble);
        while (rows.next())
            into.latencies.push_back({rows.number(0),
                                      rows.text(1),
                                      rows.number(2),
                                      rows.number(3),
                                      rows.number(4),
                                      rows.number(5),
                                      rows.number(6)});
    }
    {
        query rows(
            db_.get(), "SELECT name, reason, units, since FROM dirty ORDER BY name", trouble);
        while (rows.next())
            into.dirty.push_back({rows.text(0), rows.text(1), rows.number(2), rows.text(3)});
    }
    sqlite3_exec(db_.get(), "COMMIT", nullptr, nullptr, nullptr);
    return trouble;
}

std::optional<sql_error> ledger_file::store(const changes& what) {
    std::optional<sql_error> trouble;
    sqlite3* db = db_.get();
    { query(db, "BEGIN IMMEDIATE", trouble).run(); }
    if (trouble)
        return trouble;
    if (what.everything)
        for (const char* clear : {"DELETE FROM counter",
                                  "DELETE FROM finding",
                                  "DELETE FROM latency",
                                  "DELETE FROM dirty"})
            query(db, clear, trouble).run();
    {
        query put(db, "INSERT OR REPLACE INTO counter VALUES (?, ?)", trouble);
        for (const auto& [name, value] : what.counters)
            put.run(name, value);
    }
    {
        query put(db, "INSERT OR REPLACE INTO text VALUES (?, ?)", trouble);
        for (const auto& [name, value] : what.texts)
            put.run(name, value);
    }
    {
        query put(db,
                  "INSERT OR REPLACE INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  trouble);
        for (const finding& one : what.findings)
            put.run(one.id,
                    one.example.finding_class,
                    one.example.cause,
                    one.example.fingerprint,
                    one.example.statement,
                    join(one.example.tables),
                    one.example.sql,
                    one.example.parameters,
                    one.example.primary,
                    one.example.shadow,
                    one.count,
                    one.first_seen,
                    one.last_seen);
    }
    {
        query put(db, "INSERT OR REPLACE INTO latency VALUES (?, ?, ?, ?, ?, ?, ?)", trouble);
        for (const latency& one : what.latencies)
            put.run(one.fingerprint,
                    one.statement,
                    one.count,
                    one.primary_us_sum,
                    one.shadow_us_sum,
                    one.primary_us_max,
                    one.shadow_us_max);
    }
    {
        query drop(db, "DELETE FROM dirty WHERE name = ?", trouble);
        for (const std::string& name : what.clean)
            drop.run(name);
        query put(db, "INSERT OR REPLACE INTO dirty VALUES (?, ?, ?, ?)", trouble);
        for (const dirty_table& one : what.dirty)
            put.run(one.table, one.reason, one.units, one.since);
    }
    { query(db, "COMMIT", trouble).run(); }
    if (trouble)
        sqlite3_exec(db, "ROLLBACK", nullptr, nullptr, nullptr);
    return trouble;
}

}  // namespace pgduet::ledger
