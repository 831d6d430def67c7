#include "shadow/store/sqlite/session.hpp"

#include <atomic>
#include <mutex>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/sql/rules/types.hpp"
#include "shadow/store/sqlite/catalog.hpp"
#include "shadow/store/sqlite/connection.hpp"
#include "shadow/store/sqlite/error_map.hpp"
#include "shadow/store/sqlite/place_rows.hpp"
#include "shadow/store/sqlite/sequences.hpp"
#include "shadow/store/sqlite/serve_session.hpp"

namespace pgduet::store::sqlite {

using protocol::make_error;
using protocol::outcome;
using protocol::sql_error;
using protocol::sql_result;
namespace sqlstate = protocol::sqlstate;

namespace {

class buffer_sink final : public row_sink {
public:
    explicit buffer_sink(protocol::row_buffer& out) : out_(out) {}
    void row(std::string_view body) override { out_.add(body); }

private:
    protocol::row_buffer& out_;
};

constexpr const char* watermark_table =
    "CREATE TABLE IF NOT EXISTS pgduet_watermark("
    "one INTEGER PRIMARY KEY CHECK (one = 1), run TEXT NOT NULL, unit INTEGER NOT NULL)";

/// The applier's session: a serve_session that takes its leases at once, since nobody else has
/// the database object. Other processes may have the file; they are waited for by SQLite.
class applier_session final : public store::session {
public:
    explicit applier_session(database_options options) : options_(std::move(options)) {
        options_.readers_max = 1;
        options_.capture_effects = false;
    }

    std::optional<sql_error> connect() override {
        if (serving_)
            return std::nullopt;
        if (interrupted_)
            return gone();
        auto opened = database::open(options_);
        if (!opened) {
            sql_error error = opened.error();
            error.sqlstate = sqlstate::sqlclient_unable_to_establish_sqlconnection;
            return error;
        }
        store_ = std::move(*opened);
        const std::lock_guard lock(mutex_);
        serving_ = std::make_unique<serve_session>(*store_, session_identity{});
        settings_.clear();
        return std::nullopt;
    }
    bool connected() const override { return serving_ != nullptr; }

    std::optional<sql_error> apply_settings(
        const std::vector<std::pair<std::string, std::string>>& settings) override {
        if (settings == settings_)
            return std::nullopt;
        if (!serving_)
            return gone();
        std::optional<sql_error> error = control("RESET ALL");
        for (const auto& [name, value] : settings) {
            std::string text = "SET " + sql::quote_name(name) + " = " + sql::quote_text(value);
            if (auto failed = control(text); failed && !error)
                error = std::move(failed);  // the others are applied all the same
        }
        settings_ = settings;
        return error;
    }

    void set_now(const std::string& now) override {
        if (!serving_)
            return;
        if (now.empty()) {
            serving_->set_now(now);
            return;
        }
        const auto utc = to_stored(protocol::type_oid::timestamptz, -1, now, {});
        serving_->set_now(utc ? std::get<std::string>(*utc) : now);
    }
    bool has_own_now() const override { return true; }

    std::vector<outcome> run(const std::vector<request>& requests) override {
        std::vector<outcome> out;
        for (const request& one : requests) {
            out.push_back(run_one(one));
            if (out.back().error)
                break;
        }
        if (serving_) {
            if (auto error = serving_->sync(); error && !out.empty() && !out.back().error)
                out.back().error = std::move(error);
        }
        return out;
    }

    std::optional<sql_error> control(const std::string& sql) override {
        auto parsed = sql::parse(sql);
        if (!parsed)
            return parsed.error();
        request one;
        one.text = sql;
        for (const auto& statement : parsed->statements) {
            one.statement = statement;
            one.text = statement->text;
            auto outcomes = run({one});
            if (outcomes.front().error)
                return outcomes.front().error;
        }
        return std::nullopt;
    }

    std::optional<sql_error> apply_effects(
        const std::vector<shadow::row_change>& changes) override {
        auto on = writer();
        if (!on)
            return on.error();
        return place_rows(**on, *store_->relations().current(), changes);
    }

    sql_result<watermark> read_watermark() override {
        if (!serving_)
            return gone();
        auto on = writer();
        if (!on)
            return on.error();
        watermark mark;
        auto failed = (*on)->run(watermark_table);
        if (!failed) {
            auto row = (*on)->prepare("SELECT run, unit FROM pgduet_watermark");
            if (!row) {
                failed = row.error();
            } else if (row->step() == SQLITE_ROW) {
                mark.run = reinterpret_cast<const char*>(sqlite3_column_text(row->get(), 0));
                mark.unit = static_cast<std::uint64_t>(sqlite3_column_int64(row->get(), 1));
            }
        }
        if (auto error = serving_->sync(); error && !failed)
            failed = std::move(error);
        if (failed)
            return *failed;
        return mark;
    }

    std::optional<sql_error> write_watermark(const watermark& mark) override {
        auto on = writer();
        if (!on)
            return on.error();
        if (auto failed = (*on)->run(watermark_table))
            return failed;
        auto row = (*on)->prepare(
            "INSERT INTO pgduet_watermark(one, run, unit) VALUES (1, ?1, ?2)"
            " ON CONFLICT(one) DO UPDATE SET run = excluded.run, unit = excluded.unit");
        if (!row)
            return row.error();
        sqlite3_bind_text(row->get(), 1, mark.run.c_str(), -1, SQLITE_STATIC);
        sqlite3_bind_int64(row->get(), 2, static_cast<std::int64_t>(mark.unit));
        const int rc = row->step();
        if (rc != SQLITE_DONE)
            return map_error((*on)->raw(), rc);
        return std::nullopt;
    }

    std::shared_ptr<const sql::relation_info> describe(const std::string& schema,
                                                       const std::string& name) override {
        return store_ ? store_->find_relation(schema, name) : nullptr;
    }
    void forget_relations() override {
        if (store_)
            store_->relations().refresh();
    }

    sql_result<std::vector<std::pair<std::string, std::int64_t>>> read_sequences() override {
        auto on = writer();
        if (!on)
            return on.error();
        std::vector<std::pair<std::string, std::int64_t>> out;
        for (const auto& [name, entry] : store_->relations().current()->entries()) {
            if (entry.rowid_column.empty())
                continue;
            const auto largest = largest_rowid(**on, entry.relation->name);
            if (!largest)
                return largest.error();
            out.emplace_back("public." + entry.relation->name + "." + entry.rowid_column, *largest);
        }
        serving_->sync();
        return out;
    }

    std::optional<sql_error> advance_sequences(
        const std::vector<std::pair<std::string, std::int64_t>>& at_least) override {
        auto on = writer();
        if (!on)
            return on.error();
        const auto picture = store_->relations().current();
        for (const auto& [name, value] : at_least) {
            const std::size_t last = name.rfind('.');
            const std::size_t first = name.find('.');
            if (last == std::string::npos)
                continue;
            const std::string table =
                first == last ? name.substr(0, last) : name.substr(first + 1, last - first - 1);
            const auto* entry = picture->find_entry(table);
            if (entry == nullptr || entry->rowid_column != name.substr(last + 1))
                continue;
            if (auto failed = raise_rowid(**on, entry->relation->name, value))
                return failed;
        }
        return serving_->sync();
    }

    void interrupt() override {
        interrupted_ = true;
        const std::lock_guard lock(mutex_);
        if (serving_)
            serving_->cancel();
    }

private:
    static sql_error gone() {
        return make_error(sqlstate::admin_shutdown, "the SQLite store was interrupted");
    }

    /// Takes the writer for this session and begins on it.
    sql_result<connection*> writer() {
        if (!serving_ || interrupted_)
            return gone();
        if (!serving_->holds_writer())
            serving_->give(store_->try_acquire_writer());
        if (auto failed = serving_->begin_on_writer())
            return *failed;
        return serving_->held_writer();
    }

    outcome run_one(const request& one) {
        outcome out;
        if (!serving_ || interrupted_) {
            out.error = gone();
            return out;
        }
        auto statement = one.statement;
        if (!statement || one.text != statement->text) {
            auto parsed = sql::parse(one.text);
            if (!parsed) {
                out.error = parsed.error();
                serving_->fail();
                return out;
            }
            if (parsed->statements.size() != 1) {
                out.error = make_error(sqlstate::syntax_error, "one statement expected");
                return out;
            }
            statement = parsed->statements.front();
        }
        auto plan = serving_->prepare(statement, one.parameter_types);
        if (!plan) {
            out.error = plan.error();
            serving_->fail();
            return out;
        }
        auto bound = serving_->bind(*plan, one.parameters, one.result_formats);
        if (!bound) {
            out.error = bound.error();
            serving_->fail();
            return out;
        }
        const need what = serving_->needs(**bound);
        if (what == need::writer)
            serving_->give(store_->try_acquire_writer());
        else if (what == need::reader)
            serving_->give(store_->try_acquire_reader());
        out.columns = serving_->columns(**bound);
        buffer_sink sink(out.rows);
        progress ran = serving_->execute(**bound, 0, 0, sink);
        if (ran.at == progress::state::copy_in)
            ran = copy_in_data(**bound, one);
        else if (ran.at == progress::state::copy_out)
            ran = serving_->execute(**bound, 0, 0, sink);
        out.tag = ran.tag;
        out.error = std::move(ran.error);
        if (interrupted_ && out.error)
            out.error = gone();
        return out;
    }

    progress copy_in_data(portal& bound, const request& one) {
        if (one.copy_data) {
            if (auto error = serving_->copy_data(bound, *one.copy_data)) {
                progress out;
                out.at = progress::state::failed;
                out.error = std::move(error);
                return out;
            }
        }
        return serving_->copy_done(bound);
    }

    database_options options_;
    std::unique_ptr<database> store_;
    std::unique_ptr<serve_session> serving_;
    std::vector<std::pair<std::string, std::string>> settings_;
    std::atomic<bool> interrupted_{false};
    std::mutex mutex_;
};

}  // namespace

std::unique_ptr<store::session> open_session(database_options options) {
    return std::make_unique<applier_session>(std::move(options));
}

}  // namespace pgduet::store::sqlite
