#include "shadow/store/postgres/connection.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/store/postgres/result_decode.hpp"

namespace pgduet::store::postgres {
namespace sqlstate = protocol::sqlstate;
using protocol::make_error;
using protocol::outcome;
using protocol::sql_error;

namespace {

constexpr auto no_deadline = std::chrono::steady_clock::time_point::max();

/// Parameters as libpq wants them: parallel arrays that borrow from the command.
struct bound_parameters {
    explicit bound_parameters(const std::vector<protocol::parameter>& from) {
        for (const protocol::parameter& one : from) {
            values.push_back(one.value ? one.value->c_str() : nullptr);
            lengths.push_back(one.value ? static_cast<int>(one.value->size()) : 0);
            formats.push_back(static_cast<int>(one.encoding));
        }
    }
    int count() const { return static_cast<int>(values.size()); }

    std::vector<const char*> values;
    std::vector<int> lengths;
    std::vector<int> formats;
};

}  // namespace

connection::connection(std::string dsn,
                       std::chrono::milliseconds connect_timeout,
                       std::size_t prepared_max,
                       std::size_t result_bytes_max)
    : dsn_(std::move(dsn)),
      connect_timeout_(connect_timeout),
      result_bytes_max_(result_bytes_max),
      wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      statements_(prepared_max) {
    if (wake_ < 0)
        throw std::system_error(errno, std::generic_category(), "eventfd");
}

connection::~connection() {
    close();
    ::close(wake_);
}

void connection::interrupt() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
}

std::optional<sql_error> connection::open() {
    close();
    // What stands before `dbname` is a default that the DSN may override, what follows is fixed.
    const char* const keywords[] = {"keepalives_idle",
                                    "keepalives_interval",
                                    "keepalives_count",
                                    "dbname",
                                    "client_encoding",
                                    "application_name",
                                    nullptr};
    const char* const values[] = {"30", "10", "3", dsn_.c_str(), "UTF8", "pgduet-shadow", nullptr};
    conn_.reset(PQconnectStartParams(keywords, values, 1));
    if (!conn_)
        throw std::bad_alloc();
    PQsetNoticeReceiver(
        conn_.get(), [](void*, const PGresult*) {}, nullptr);

    const auto deadline = std::chrono::steady_clock::now() + connect_timeout_;
    PostgresPollingStatusType state =
        PQstatus(conn_.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (state == PGRES_POLLING_READING || state == PGRES_POLLING_WRITING) {
        const woken by = wait(state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline);
        if (by == woken::interrupted)
            return interrupted();
        if (by == woken::timeout) {
            close();
            return make_error(
                sqlstate::sqlclient_unable_to_establish_sqlconnection,
                "no connection within " + std::to_string(connect_timeout_.count()) + " ms");
        }
        state = PQconnectPoll(conn_.get());
    }
    if (state == PGRES_POLLING_FAILED) {
        sql_error error = make_error(sqlstate::sqlclient_unable_to_establish_sqlconnection,
                                     trimmed(PQerrorMessage(conn_.get())));
        close();
        return error;
    }
    if (PQsetnonblocking(conn_.get(), 1) != 0 || PQenterPipelineMode(conn_.get()) != 1)
        return lost();
    return std::nullopt;
}

void connection::close() {
    conn_.reset();
    statements_.clear();
    stale_ = false;
}

std::vector<outcome> connection::run(const std::vector<command>& commands) {
    return run_pipeline(commands, false);
}

std::vector<outcome> connection::run_each(const std::vector<command>& commands) {
    return run_pipeline(commands, true);
}

/// `each` puts a Sync behind every command, so that one's failure does not skip the next.
std::vector<outcome> connection::run_pipeline(const std::vector<command>& commands, bool each) {
    std::vector<outcome> outcomes;
    if (commands.empty())
        return outcomes;
    stale_ = false;
    std::optional<sql_error> trouble;
    std::optional<sql_error> refusal;
    if (!conn_) {
        trouble = make_error(sqlstate::connection_failure, "not connected");
    } else {
        drop_retired();
        std::vector<step> steps;
        bool queued = true;
        for (std::size_t i = 0; queued && i < commands.size(); ++i) {
            if (commands[i].parameters.size() > PQ_QUERY_PARAM_MAX_LIMIT) {
                refusal = make_error(sqlstate::program_limit_exceeded,
                                     "more parameters than the protocol allows: " +
                                         std::to_string(commands[i].parameters.size()));
                break;
            }
            queued = queue(commands[i], i, steps);
            if (each)
                queued = queued && PQpipelineSync(conn_.get()) == 1;
        }
        if (queued && (each || PQpipelineSync(conn_.get()) == 1)) {
            trouble = read_steps(commands, steps, each, outcomes);
            if (!trouble && (outcomes.empty() || !outcomes.back().error))
                trouble = std::move(refusal);
        } else {
            // libpq refuses before sending, for lack of memory. What it has queued already can
            // only be thrown away with the connection.
            trouble = lost();
        }
    }
    if (trouble) {
        outcome failed;
        failed.error = std::move(trouble);
        outcomes.push_back(std::move(failed));
    }
    return outcomes;
}

bool connection::queue(const command& what, std::size_t index, std::vector<step>& steps) {
    const bound_parameters bound(what.parameters);
    statement_cache::plan plan;
    if (what.reusable)
        plan = statements_.look_up(what.text, what.types);
    if (plan.prepare) {
        if (PQsendPrepare(conn_.get(),
                          plan.name.c_str(),
                          what.text.c_str(),
                          static_cast<int>(what.types.size()),
                          what.types.data()) != 1)
            return false;
        steps.push_back({index, true});
    }
    int sent = 0;
    if (!plan.name.empty()) {
        sent = PQsendQueryPrepared(conn_.get(),
                                   plan.name.c_str(),
                                   bound.count(),
                                   bound.values.data(),
                                   bound.lengths.data(),
                                   bound.formats.data(),
                                   what.binary_result);
    } else {
        // PQsendQueryParams reads as many types as there are parameters.
        std::vector<Oid> types(what.types.begin(), what.types.end());
        types.resize(what.parameters.size(), 0);
        sent = PQsendQueryParams(conn_.get(),
                                 what.text.c_str(),
                                 bound.count(),
                                 types.data(),
                                 bound.values.data(),
                                 bound.lengths.data(),
                                 bound.formats.data(),
                                 what.binary_result);
    }
    if (sent != 1)
        return false;
    steps.push_back({index, false});
    return true;
}

/// Deallocates what the cache no longer uses. Only outside of a transaction block, so that a
/// failure (somebody said DISCARD ALL) harms nothing.
void connection::drop_retired() {
    if (transaction_status() != PQTRANS_IDLE)
        return;
    std::vector<command> commands;
    for (const std::string& name : statements_.take_retired())
        commands.push_back({"DEALLOCATE " + name});
    if (!commands.empty())
        run_pipeline(commands, true);
}

std::optional<sql_error> connection::read_steps(const std::vector<command>& commands,
                                                const std::vector<step>& steps,
                                                bool each,
                                                std::vector<outcome>& outcomes) {
    if (steps.empty() && !each) {  // nothing but the Sync went out
        result_ptr sync;
        return next_result(sync);
    }
    bool failed = false;  // since the last Sync
    for (std::size_t i = 0; i < steps.size(); ++i) {
        outcome got;
        bool aborted = false;
        if (auto trouble = read_outcome(got, aborted))
            return trouble;
        const bool broken = got.error.has_value();
        const command& what = commands[steps[i].command];
        if ((broken || aborted) && steps[i].prepares)
            statements_.forget(what.text, what.types);
        if (!failed && (broken || !steps[i].prepares)) {
            failed = broken;
            outcomes.push_back(std::move(got));
        }
        const bool last = i + 1 == steps.size();
        if (each ? (last || steps[i + 1].command != steps[i].command) : last) {
            result_ptr sync;
            if (auto trouble = next_result(sync))
                return trouble;
            failed = false;
        }
    }
    if (PQstatus(conn_.get()) == CONNECTION_BAD) {
        // The server said why it leaves; that outcome stands, and nothing more will come.
        const bool explained = !outcomes.empty() && outcomes.back().error;
        sql_error why = lost();
        if (!explained)
            return why;
    }
    return std::nullopt;
}

/// All results of one step, up to the null that ends them. Row by row, so that a huge result is
/// digested without being held.
std::optional<sql_error> connection::read_outcome(outcome& into, bool& aborted) {
    into.rows = protocol::row_buffer(result_bytes_max_);
    PQsetSingleRowMode(conn_.get());
    for (;;) {
        result_ptr result;
        if (auto trouble = next_result(result))
            return trouble;
        if (!result)
            return std::nullopt;
        switch (PQresultStatus(result.get())) {
            case PGRES_SINGLE_TUPLE:
            case PGRES_TUPLES_OK:
                if (into.columns.empty())
                    into.columns = decode_columns(result.get());
                decode_rows(result.get(), into.rows);
                if (PQresultStatus(result.get()) == PGRES_TUPLES_OK)
                    into.tag = PQcmdStatus(result.get());
                break;
            case PGRES_COMMAND_OK:
                into.tag = PQcmdStatus(result.get());
                break;
            case PGRES_EMPTY_QUERY:
                break;
            case PGRES_PIPELINE_ABORTED:
                aborted = true;
                break;
            case PGRES_COPY_IN:
            case PGRES_COPY_OUT:
            case PGRES_COPY_BOTH:
                close();
                return make_error(sqlstate::feature_not_supported, "COPY inside a pipeline");
            default: {
                into.error = decode_error(result.get());
                into.columns.clear();
                into.rows = protocol::row_buffer(result_bytes_max_);
                const char* where = PQresultErrorField(result.get(), PG_DIAG_SOURCE_FUNCTION);
                stale_ = into.error->sqlstate == sqlstate::invalid_sql_statement_name ||
                         (into.error->sqlstate == sqlstate::feature_not_supported && where &&
                          std::strcmp(where, "RevalidateCachedQuery") == 0);
                // Made up by libpq: the connection is gone and no sync will come.
                if (into.error->sqlstate == sqlstate::connection_failure)
                    return lost();
            }
        }
    }
}

outcome connection::copy(const command& what, const std::string* data) {
    outcome done;
    done.rows = protocol::row_buffer(result_bytes_max_);
    if (!conn_) {
        done.error = make_error(sqlstate::connection_failure, "not connected");
        return done;
    }
    if (PQexitPipelineMode(conn_.get()) != 1 ||
        PQsendQueryParams(
            conn_.get(), what.text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) != 1) {
        done.error = lost();
        return done;
    }
    for (;;) {
        result_ptr result;
        std::optional<sql_error> trouble = next_result(result);
        if (!trouble && !result)
            break;
        switch (trouble ? PGRES_FATAL_ERROR : PQresultStatus(result.get())) {
            case PGRES_COPY_IN:
                trouble = send_copy(data);
                break;
            case PGRES_COPY_OUT:
                trouble = read_copy(done);
                break;
            case PGRES_TUPLES_OK:
                done.columns = decode_columns(result.get());
                decode_rows(result.get(), done.rows);
                [[fallthrough]];
            case PGRES_COMMAND_OK:
                done.tag = PQcmdStatus(result.get());
                break;
            default:
                if (result)
                    done.error = decode_error(result.get());
        }
        if (trouble) {
            done.error = std::move(trouble);
            return done;
        }
    }
    if (PQstatus(conn_.get()) == CONNECTION_BAD || PQenterPipelineMode(conn_.get()) != 1) {
        sql_error why = lost();
        if (!done.error)
            done.error = std::move(why);
    }
    return done;
}

std::optional<sql_error> connection::send_copy(const std::string* data) {
    constexpr std::size_t chunk = 64 * 1024;
    const std::string_view all = data ? std::string_view(*data) : std::string_view();
    for (std::size_t at = 0; at < all.size();) {
        const std::string_view part = all.substr(at, chunk);
        const int sent = PQputCopyData(conn_.get(), part.data(), static_cast<int>(part.size()));
        if (sent < 0)
            return lost();
        if (sent == 1) {
            at += part.size();
            continue;
        }
        if (wait(POLLIN | POLLOUT, no_deadline) == woken::interrupted)
            return interrupted();
        if (PQconsumeInput(conn_.get()) != 1)
            return lost();
    }
    const char* refusal = data ? nullptr : "no data was captured";
    for (int sent = 0; (sent = PQputCopyEnd(conn_.get(), refusal)) != 1;) {
        if (sent < 0)
            return lost();
        if (wait(POLLOUT, no_deadline) == woken::interrupted)
            return interrupted();
    }
    return std::nullopt;
}

std::optional<sql_error> connection::read_copy(outcome& into) {
    for (;;) {
        char* bytes = nullptr;
        const int size = PQgetCopyData(conn_.get(), &bytes, 1);
        if (size > 0) {
            into.rows.add({protocol::cell(std::string(bytes, static_cast<std::size_t>(size)))});
            PQfreemem(bytes);
        } else if (size == 0) {
            if (wait(POLLIN, no_deadline) == woken::interrupted)
                return interrupted();
            if (PQconsumeInput(conn_.get()) != 1)
                return lost();
        } else {
            return std::nullopt;  // the end, or an error that the next result tells
        }
    }
}

connection::woken connection::wait(short events, std::chrono::steady_clock::time_point deadline) {
    for (;;) {
        int timeout = -1;
        if (deadline != no_deadline) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(
                deadline - std::chrono::steady_clock::now());
            if (left.count() <= 0)
                return woken::timeout;
            timeout = static_cast<int>(left.count());
        }
        // libpq may change its socket while connecting: ask each time.
        pollfd both[] = {{PQsocket(conn_.get()), events, 0}, {wake_, POLLIN, 0}};
        if (poll(both, 2, timeout) <= 0)
            continue;  // EINTR, or time to look at the clock
        if (both[1].revents != 0) {
            std::uint64_t count = 0;
            [[maybe_unused]] const ssize_t taken = read(wake_, &count, sizeof count);
            return woken::interrupted;
        }
        return woken::socket;
    }
}

/// Writes what is buffered, reading what comes meanwhile, until a result can be had at once.
std::optional<sql_error> connection::pump() {
    for (;;) {
        const int unsent = PQflush(conn_.get());
        if (!PQisBusy(conn_.get()))
            return std::nullopt;
        if (unsent < 0)
            return lost();
        if (wait(static_cast<short>(POLLIN | (unsent ? POLLOUT : 0)), no_deadline) ==
            woken::interrupted)
            return interrupted();
        // A loss is reported by the next result, behind everything the server still said.
        if (PQconsumeInput(conn_.get()) != 1 && !PQisBusy(conn_.get()))
            return std::nullopt;
    }
}

std::optional<sql_error> connection::next_result(result_ptr& result) {
    if (auto trouble = pump())
        return trouble;
    result.reset(PQgetResult(conn_.get()));
    return std::nullopt;
}

sql_error connection::lost() {
    std::string why = conn_ ? trimmed(PQerrorMessage(conn_.get())) : "";
    close();
    return make_error(sqlstate::connection_failure,
                      why.empty() ? "connection to the store lost" : why);
}

sql_error connection::interrupted() {
    close();
    return make_error(sqlstate::admin_shutdown, "interrupted by pgduet");
}

}  // namespace pgduet::store::postgres
