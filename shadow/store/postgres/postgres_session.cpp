#include "shadow/store/postgres/postgres_session.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/store/postgres/connection.hpp"
#include "shadow/store/postgres/effects.hpp"
#include "shadow/store/postgres/relation_query.hpp"
#include "shadow/store/postgres/sequences.hpp"
#include "shadow/store/postgres/session_settings.hpp"
#include "shadow/store/postgres/watermark.hpp"

namespace pgduet::store::postgres {
namespace sqlstate = protocol::sqlstate;
using protocol::make_error;
using protocol::outcome;
using protocol::sql_error;
using settings_list = std::vector<std::pair<std::string, std::string>>;

namespace {

bool starts_with_word(std::string_view text, std::string_view word) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n(");
    if (begin == std::string_view::npos || text.size() - begin < word.size())
        return false;
    for (std::size_t i = 0; i < word.size(); ++i)
        if ((text[begin + i] & ~0x20) != word[i])
            return false;
    return text.size() - begin == word.size() || text[begin + word.size()] == ' ' ||
           text[begin + word.size()] == '\t' || text[begin + word.size()] == '\n';
}

/// What decides how a request goes to the server.
enum class route { pipelined, alone, copy };

route route_of(const request& wanted) {
    using kind = sql::statement_kind;
    switch (wanted.statement ? wanted.statement->kind : kind::other) {
        case kind::copy_from:
        case kind::copy_to:
            return route::copy;
        case kind::ddl_outside_transaction:
        case kind::maintenance:
        case kind::call:
            return route::alone;
        default:
            return !wanted.statement && starts_with_word(wanted.text, "COPY") ? route::copy
                                                                              : route::pipelined;
    }
}

bool reusable(const request& wanted) {
    using kind = sql::statement_kind;
    if (!wanted.statement)
        return true;
    switch (wanted.statement->kind) {
        case kind::select:
        case kind::insert:
        case kind::update:
        case kind::delete_:
        case kind::merge:
            return true;
        default:
            return false;
    }
}

command command_of(const request& wanted) {
    command out{wanted.text, wanted.parameter_types, wanted.parameters, false, reusable(wanted)};
    const auto& formats = wanted.result_formats;
    // libpq asks one format for all columns; the comparison reads either.
    out.binary_result =
        !formats.empty() && std::all_of(formats.begin(), formats.end(), [](protocol::format one) {
            return one == protocol::format::binary;
        });
    return out;
}

class postgres_session final : public store::session {
public:
    postgres_session(const std::string& dsn, options how)
        : how_(how),
          connection_(dsn, how.connect_timeout, how.prepared_max, how.result_bytes_max) {}

    std::optional<sql_error> connect() override;
    bool connected() const override { return connection_.is_open(); }

    std::optional<sql_error> apply_settings(const settings_list& settings) override;
    void set_now(const std::string&) override {}

    std::vector<outcome> run(const std::vector<request>& requests) override;
    std::optional<sql_error> control(const std::string& sql) override;
    std::optional<sql_error> apply_effects(const std::vector<shadow::row_change>& changes) override;

    protocol::sql_result<watermark> read_watermark() override;
    std::optional<sql_error> write_watermark(const watermark& mark) override;

    std::shared_ptr<const sql::relation_info> describe(const std::string& schema,
                                                       const std::string& name) override;
    void forget_relations() override { relations_.clear(); }

    protocol::sql_result<sequence_values> read_sequences() override;
    std::optional<sql_error> advance_sequences(const sequence_values& at_least) override;

    void interrupt() override { connection_.interrupt(); }

private:
    struct savepoint {
        std::string name;
        bool untouched = true;  ///< nothing ran since
    };

    std::vector<outcome> run_once(const std::vector<request>& requests);
    std::vector<outcome> run_now(std::vector<command> commands);
    std::optional<sql_error> flush_deferred();
    std::optional<sql_error> fence_predecessor();
    void note_control(const std::string& sql);
    bool can_retry() const;

    options how_;
    connection connection_;
    std::optional<settings_list> applied_;  ///< nothing: unknown, to be applied
    std::vector<command> deferred_;         ///< ride ahead of the next commands
    bool in_block_ = false;
    std::optional<savepoint> savepoint_;  ///< the last one set, while it stands
    int predecessor_ = 0;                 ///< server process of the connection before
    std::string predecessor_start_;
    std::map<std::pair<std::string, std::string>, std::shared_ptr<const sql::relation_info>>
        relations_;
};

std::optional<sql_error> postgres_session::connect() {
    if (connection_.is_open())
        return std::nullopt;
    deferred_.clear();
    in_block_ = false;
    savepoint_.reset();
    applied_.reset();
    relations_.clear();
    if (auto trouble = connection_.open())
        return trouble;
    if (auto trouble = fence_predecessor())
        return trouble;
    return apply_settings({});
}

/// A lost connection's server process may still be busy with what it was last told, even a COMMIT.
/// It must be gone before the watermark is read. Process ids are reused, so its start time counts.
std::optional<sql_error> postgres_session::fence_predecessor() {
    if (predecessor_ != 0) {
        const std::vector<outcome> gone = connection_.run({
            {"SELECT pg_catalog.pg_terminate_backend(pid, 10000) FROM pg_catalog.pg_stat_activity"
             " WHERE pid = $1 AND backend_start::pg_catalog.text = $2",
             {protocol::type_oid::int4, protocol::type_oid::text},
             {{protocol::format::text, std::to_string(predecessor_)},
              {protocol::format::text, predecessor_start_}}},
        });
        if (!connection_.is_open())
            return gone.back().error;
    }
    const std::vector<outcome> start = connection_.run({
        {"SELECT pg_catalog.set_config('timezone', 'UTC', false), backend_start::pg_catalog.text"
         " FROM pg_catalog.pg_stat_activity WHERE pid = pg_catalog.pg_backend_pid()"},
    });
    if (!connection_.is_open())
        return start.back().error;
    predecessor_ = 0;
    if (!start.back().error && start.back().rows.count() == 1) {
        predecessor_ = connection_.server_process();
        predecessor_start_ =
            protocol::row_buffer::fields(start.back().rows.rows()[0]).at(1).value_or("");
    }
    return std::nullopt;
}

std::optional<sql_error> postgres_session::apply_settings(const settings_list& settings) {
    if (applied_ == settings)
        return std::nullopt;
    if (auto trouble = flush_deferred())
        return trouble;
    const std::vector<outcome> outcomes =
        connection_.run_each(settings_commands(settings, how_.synchronous_commit));
    // Only the loss of the connection is trouble; a setting unknown here is passed over.
    if (!connection_.is_open())
        return outcomes.back().error;
    applied_ = settings;
    return std::nullopt;
}

std::vector<outcome> postgres_session::run(const std::vector<request>& requests) {
    if (requests.empty())
        return {};
    std::vector<outcome> outcomes = run_once(requests);
    if (connection_.is_open() && outcomes.back().error && connection_.take_stale()) {
        // A prepared statement was overtaken by DDL, or forgotten by the server or a pooler. It
        // says nothing about the client's statement, so once more with fresh ones.
        connection_.forget_statements();
        if (can_retry()) {
            if (in_block_)
                connection_.run({{"ROLLBACK TO SAVEPOINT " + savepoint_->name}});
            outcomes = run_once(requests);
        }
    }
    if (savepoint_ && outcomes.back().succeeded())
        savepoint_->untouched = false;
    for (std::size_t i = 0; i < outcomes.size() && i < requests.size(); ++i) {
        const auto& statement = requests[i].statement;
        if (outcomes[i].succeeded() && statement &&
            (statement->kind == sql::statement_kind::ddl ||
             statement->kind == sql::statement_kind::ddl_outside_transaction)) {
            relations_.clear();
            connection_.forget_statements();
        }
    }
    return outcomes;
}

bool postgres_session::can_retry() const {
    return !in_block_ || (savepoint_ && savepoint_->untouched);
}

/// Splits the requests into runs that can share a pipeline, in order, up to the first failure.
std::vector<outcome> postgres_session::run_once(const std::vector<request>& requests) {
    std::vector<outcome> all;
    std::vector<command> together;
    const auto take = [&](std::vector<outcome> some) {
        std::move(some.begin(), some.end(), std::back_inserter(all));
        return all.empty() || all.back().succeeded();
    };
    for (const request& wanted : requests) {
        const route how = route_of(wanted);
        if (how == route::pipelined) {
            together.push_back(command_of(wanted));
            continue;
        }
        if (!take(run_now(std::exchange(together, {}))))
            return all;
        if (how == route::alone) {
            if (!take(run_now({command_of(wanted)})))
                return all;
            continue;
        }
        outcome copied;
        copied.error = flush_deferred();
        if (!copied.error)
            copied = connection_.copy({wanted.text}, wanted.copy_data.get());
        all.push_back(std::move(copied));
        if (!all.back().succeeded())
            return all;
    }
    take(run_now(std::move(together)));
    return all;
}

/// Runs commands behind those deferred, whose outcomes it keeps to itself unless one failed: then
/// that is the outcome of the first command.
std::vector<outcome> postgres_session::run_now(std::vector<command> commands) {
    if (commands.empty())
        return {};
    const std::size_t ahead = deferred_.size();
    if (ahead > 0) {
        std::vector<command> all = std::exchange(deferred_, {});
        std::move(commands.begin(), commands.end(), std::back_inserter(all));
        commands = std::move(all);
    }
    std::vector<outcome> outcomes = connection_.run(commands);
    if (outcomes.size() <= ahead)
        return {std::move(outcomes.back())};
    outcomes.erase(outcomes.begin(), outcomes.begin() + static_cast<std::ptrdiff_t>(ahead));
    return outcomes;
}

std::optional<sql_error> postgres_session::flush_deferred() {
    if (deferred_.empty())
        return std::nullopt;
    return connection_.run(std::exchange(deferred_, {})).back().error;
}

std::optional<sql_error> postgres_session::control(const std::string& sql) {
    if (!connection_.is_open())
        return make_error(sqlstate::connection_failure, "not connected");
    note_control(sql);
    if (starts_with_word(sql, "BEGIN") || starts_with_word(sql, "SAVEPOINT") ||
        starts_with_word(sql, "RELEASE")) {
        deferred_.push_back({sql});
        return std::nullopt;
    }
    const outcome done = std::move(run_now({{sql}}).back());
    if (done.error)
        return done.error;
    if (starts_with_word(sql, "COMMIT") && done.tag == "ROLLBACK")
        return make_error(sqlstate::in_failed_sql_transaction,
                          "the transaction had failed; COMMIT rolled it back");
    return std::nullopt;
}

/// Follows what the applier does with the transaction, to know when a retry is safe.
void postgres_session::note_control(const std::string& sql) {
    if (starts_with_word(sql, "BEGIN") || starts_with_word(sql, "START")) {
        in_block_ = true;
        savepoint_.reset();
    } else if (starts_with_word(sql, "SAVEPOINT")) {
        const std::size_t name = sql.find_first_not_of(" \t\r\n", sql.find("OINT") + 4);
        savepoint_.reset();
        if (name != std::string::npos)
            savepoint_ = savepoint{sql.substr(name), true};
    } else if (starts_with_word(sql, "ROLLBACK") && sql.find(" TO ") != std::string::npos) {
        savepoint_.reset();
    } else {
        savepoint_.reset();
        if (!starts_with_word(sql, "RELEASE"))
            in_block_ = false;
    }
}

std::optional<sql_error> postgres_session::apply_effects(
    const std::vector<shadow::row_change>& changes) {
    constexpr std::size_t batch_max = 200;
    std::vector<command> batch;
    std::vector<const shadow::row_change*> rows;
    const auto run_batch = [&]() -> std::optional<sql_error> {
        const std::vector<outcome> outcomes = run_now(std::exchange(batch, {}));
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            if (outcomes[i].error)
                return outcomes[i].error;
            if (rows[i]->what != shadow::row_change::kind::insert &&
                !outcomes[i].tag.ends_with(" 1"))
                return make_error("P0002",  // no_data_found
                                  "a row of " + rows[i]->relation->name +
                                      " cannot be placed: " + outcomes[i].tag);
        }
        rows.clear();
        return std::nullopt;
    };
    for (const shadow::row_change& change : changes) {
        auto here = describe(change.relation->schema, change.relation->name);
        if (!here)
            here = describe("", change.relation->name);
        if (!here)
            return connection_.is_open()
                       ? make_error(
                             sqlstate::undefined_table,
                             "relation \"" + change.relation->name + "\" does not exist here")
                       : make_error(sqlstate::connection_failure, "not connected");
        auto effect = effect_command(change, *here);
        if (!effect)
            return effect.error();
        batch.push_back(std::move(*effect));
        rows.push_back(&change);
        if (batch.size() == batch_max)
            if (auto trouble = run_batch())
                return trouble;
    }
    return run_batch();
}

protocol::sql_result<watermark> postgres_session::read_watermark() {
    if (auto trouble = flush_deferred())
        return *trouble;
    return postgres::read_watermark(connection_);
}

std::optional<sql_error> postgres_session::write_watermark(const watermark& mark) {
    if (!connection_.is_open())
        return make_error(sqlstate::connection_failure, "not connected");
    deferred_.push_back(watermark_command(mark));
    return in_block_ ? std::nullopt : flush_deferred();
}

std::shared_ptr<const sql::relation_info> postgres_session::describe(const std::string& schema,
                                                                     const std::string& name) {
    const std::pair key(schema, name);
    if (const auto known = relations_.find(key); known != relations_.end())
        return known->second;
    const std::vector<outcome> outcomes = run_now({
        {std::string(relation_query),
         {protocol::type_oid::text, protocol::type_oid::text},
         {{protocol::format::text, schema}, {protocol::format::text, name}},
         false,
         true},
    });
    if (outcomes.back().error)
        return nullptr;
    std::vector<std::vector<protocol::cell>> rows;
    for (const std::string_view body : outcomes.back().rows.rows())
        rows.push_back(protocol::row_buffer::fields(body));
    std::shared_ptr<const sql::relation_info> found;
    if (auto decoded = decode_relation(rows))
        found = std::make_shared<const sql::relation_info>(std::move(*decoded));
    relations_.emplace(key, found);
    return found;
}

protocol::sql_result<sequence_values> postgres_session::read_sequences() {
    if (auto trouble = flush_deferred())
        return *trouble;
    return postgres::read_sequences(connection_);
}

std::optional<sql_error> postgres_session::advance_sequences(const sequence_values& at_least) {
    if (auto trouble = flush_deferred())
        return trouble;
    return postgres::advance_sequences(connection_, at_least);
}

}  // namespace

std::unique_ptr<store::session> open_session(const std::string& dsn, options how) {
    return std::make_unique<postgres_session>(dsn, how);
}

}  // namespace pgduet::store::postgres
