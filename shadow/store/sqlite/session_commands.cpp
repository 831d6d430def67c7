#include <algorithm>
#include <cstdlib>

#include "protocol/sql_types/row_buffer.hpp"
#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/sql/rules/types.hpp"
#include "shadow/store/sqlite/advisory_locks.hpp"
#include "shadow/store/sqlite/error_map.hpp"
#include "shadow/store/sqlite/session_core.hpp"

namespace pgduet::store::sqlite {

using protocol::make_error;
using protocol::sql_error;
using sql::statement_kind;
namespace sqlstate = protocol::sqlstate;

namespace {

sql_error no_cursor(const std::string& name) {
    return make_error(sqlstate::invalid_cursor_name, "cursor \"" + name + "\" does not exist");
}

sql_error warning(std::string_view state, std::string message) {
    sql_error out = make_error(state, std::move(message));
    out.severity = "WARNING";
    return out;
}

std::string first_words(const std::string& text, std::size_t count) {
    std::string out;
    for (const char c : text) {
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            if (!out.empty() && out.back() != ' ') {
                if (--count == 0)
                    break;
                out.push_back(' ');
            }
            continue;
        }
        out.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
    }
    return out;
}

/// Body of a DataRow with these text fields.
std::string row_of(const std::vector<std::string>& fields) {
    std::string out;
    out.push_back(static_cast<char>(fields.size() >> 8));
    out.push_back(static_cast<char>(fields.size() & 0xff));
    for (const std::string& field : fields) {
        for (int shift = 24; shift >= 0; shift -= 8)
            out.push_back(static_cast<char>((field.size() >> shift) & 0xff));
        out += field;
    }
    return out;
}

class collecting_sink final : public row_sink {
public:
    explicit collecting_sink(std::size_t bytes_max) : bytes_max_(bytes_max) {}
    void row(std::string_view body) override {
        bytes_ += body.size();
        if (bytes_ <= bytes_max_)
            rows.emplace_back(body);
    }
    bool overflow() const { return bytes_ > bytes_max_; }
    std::vector<std::string> rows;

private:
    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
};

class copy_sink final : public row_sink {
public:
    copy_sink(const copy_out& format, row_sink& out) : format_(format), out_(out) {}
    void row(std::string_view body) override { out_.row(format_.row(body)); }

private:
    const copy_out& format_;
    row_sink& out_;
};

}  // namespace

progress serve_session::core::run_transaction_statement(portal& bound) {
    const sql::statement& statement = *bound.what->statement;
    const sql::transaction_options& options = statement.transaction;
    failure error;
    std::string tag;
    bound.at = portal::stage::finished;
    switch (statement.kind) {
        case statement_kind::begin:
            error = begin_block(options);
            tag = first_words(statement.text, 1) == "START" ? "START TRANSACTION" : "BEGIN";
            break;
        case statement_kind::commit:
        case statement_kind::rollback: {
            const bool commits = statement.kind == statement_kind::commit;
            if (block_ != block::open && block_ != block::failed)
                pending_notices_.push_back(warning(sqlstate::no_active_sql_transaction,
                                                   "there is no transaction in progress"));
            tag = commits && block_ != block::failed ? "COMMIT" : "ROLLBACK";
            const std::string isolation = isolation_;
            const bool read_only = read_only_;
            const bool chains = options.chain && block_ != block::none;
            if (commits && block_ != block::failed)
                error = commit();
            else if (block_ != block::none)
                roll_back();
            if (chains && !error) {
                begin_implicit();
                block_ = block::open;
                isolation_ = isolation;
                read_only_ = read_only;
            }
            break;
        }
        case statement_kind::savepoint:
            error = savepoint(options.savepoint);
            tag = "SAVEPOINT";
            break;
        case statement_kind::release:
            error = release_savepoint(options.savepoint);
            tag = "RELEASE";
            break;
        default:
            error = roll_back_to(options.savepoint);
            tag = "ROLLBACK";
            break;
    }
    bound.at = portal::stage::finished;
    if (error)
        return failed(nullptr, std::move(*error));
    progress out = done(std::move(tag));
    out.notices = std::move(pending_notices_);
    pending_notices_.clear();
    return out;
}

progress serve_session::core::run_set(portal& bound) {
    const sql::statement& statement = *bound.what->statement;
    const sql::setting_change& change = statement.setting;
    const std::string words = first_words(statement.text, 2);
    bound.at = portal::stage::finished;
    if (words == "SET CONSTRAINTS") {
        defers_ = first_words(statement.text, 100).ends_with("DEFERRED");
        if (begun_)
            (*writer_)->run(defers_ ? "PRAGMA defer_foreign_keys=ON"
                                    : "PRAGMA defer_foreign_keys=OFF");
        return done("SET CONSTRAINTS");
    }
    const bool reset = words.starts_with("RESET");
    if (change.all) {
        settings_.reset_all();
        return done(reset ? "RESET" : "SET");
    }
    failure error;
    if (statement.transaction.isolation || statement.transaction.read_only) {
        if (first_words(statement.text, 3) == "SET SESSION CHARACTERISTICS") {
            if (statement.transaction.isolation)
                error = settings_.set(
                    "default_transaction_isolation", *statement.transaction.isolation, false);
            if (!error && statement.transaction.read_only)
                error = settings_.set("default_transaction_read_only",
                                      *statement.transaction.read_only ? "on" : "off",
                                      false);
        } else if (block_ == block::open) {
            error = set_isolation(statement.transaction);
        } else {
            pending_notices_.push_back(
                warning(sqlstate::no_active_sql_transaction,
                        "SET TRANSACTION can only be used in transaction blocks"));
        }
    } else if (change.name == "transaction_isolation" || change.name == "transaction_read_only") {
        sql::transaction_options options;
        if (change.name == "transaction_isolation")
            options.isolation = change.value;
        else
            options.read_only = change.value == "on";
        error = set_isolation(options);
    } else if (!change.name.empty()) {
        if (change.local && block_ != block::open)
            pending_notices_.push_back(warning(sqlstate::no_active_sql_transaction,
                                               "SET LOCAL can only be used in transaction blocks"));
        error = settings_.set(change.name, change.value, change.local);
    }
    if (error)
        return failed(nullptr, std::move(*error));
    progress out = done(reset ? "RESET" : "SET");
    out.notices = std::move(pending_notices_);
    pending_notices_.clear();
    return out;
}

progress serve_session::core::run_show(portal& bound) {
    const sql::setting_change& asked = bound.what->statement->setting;
    if (asked.all || asked.name == "all") {
        for (const auto& [name, value] : settings_.all())
            bound.ready.push_back(row_of({name, value, ""}));
    } else {
        const auto value = settings_.show(asked.name);
        if (!value)
            return failed(&bound, value.error());
        bound.ready.push_back(row_of({*value}));
    }
    bound.end_tag = "SHOW";
    bound.only_ready = true;
    bound.at = portal::stage::running;
    return {};
}

progress serve_session::core::run_system_call(portal& bound) {
    const system_call& asked = *bound.what->inside->system;
    std::vector<std::string> arguments;
    for (const system_call::argument& one : asked.arguments) {
        if (one.parameter == 0) {
            arguments.push_back(one.text);
            continue;
        }
        const auto index = static_cast<std::size_t>(one.parameter - 1);
        const auto* const text =
            index < bound.values.size() ? std::get_if<std::string>(&bound.values[index]) : nullptr;
        const auto* const number =
            index < bound.values.size() ? std::get_if<std::int64_t>(&bound.values[index]) : nullptr;
        arguments.push_back(text != nullptr     ? *text
                            : number != nullptr ? std::to_string(*number)
                                                : std::string());
    }
    protocol::sql_result<std::string> answer = std::string();
    if (asked.function == "pg_is_in_recovery") {
        answer = std::string("f");
    } else if (asked.function == "set_config") {
        if (arguments.size() != 3)
            return failed(&bound, make_error(sqlstate::undefined_function, "set_config arguments"));
        const bool local = arguments[2] == "true" || arguments[2] == "t" || arguments[2] == "1";
        if (auto error = settings_.set(arguments[0], arguments[1], local))
            return failed(&bound, std::move(*error));
        answer = settings_.show(arguments[0]);
    } else {
        answer = lock_or_unlock(asked.function, arguments);
    }
    if (!answer)
        return failed(&bound, answer.error());
    std::string row = row_of({*answer});
    if (auto error = recode(row, bound))
        return failed(&bound, std::move(*error));
    bound.ready.push_back(std::move(row));
    bound.only_ready = true;
    bound.at = portal::stage::running;
    return {};
}

protocol::sql_result<std::string> serve_session::core::lock_or_unlock(
    const std::string& function, const std::vector<std::string>& arguments) {
    advisory_locks& locks = store_.locks();
    if (function == "pg_advisory_unlock_all") {
        locks.unlock_session(this);
        return std::string();
    }
    advisory_locks::key key;
    if (arguments.empty() || arguments.size() > 2)
        return make_error(sqlstate::undefined_function,
                          "function " + function + " with these arguments does not exist");
    key.value = std::strtoll(arguments[0].c_str(), nullptr, 10);
    if (arguments.size() == 2) {
        key.pair = true;
        key.value =
            key.value << 32 | (std::strtoll(arguments[1].c_str(), nullptr, 10) & 0xffffffff);
    }
    const bool shared = function.ends_with("_shared");
    if (function.starts_with("pg_advisory_unlock"))
        return std::string(locks.unlock(this, key, shared) ? "t" : "f");
    const auto level = function.find("xact") != std::string::npos
                           ? advisory_locks::level::transaction
                           : advisory_locks::level::session;
    const bool taken = locks.try_lock(this, key, shared, level);
    if (function.starts_with("pg_try_"))
        return std::string(taken ? "t" : "f");
    if (!taken)  // waiting would keep a worker thread: the client may try again
        return make_error(sqlstate::lock_not_available,
                          "the advisory lock is held by another session");
    return std::string();
}

progress serve_session::core::run_discard(portal& bound) {
    const std::string words = first_words(bound.what->statement->text, 2);
    bound.at = portal::stage::finished;
    if (words == "DISCARD ALL") {
        if (block_ == block::open)
            return failed(nullptr,
                          make_error(sqlstate::active_sql_transaction,
                                     "DISCARD ALL cannot run inside a transaction block"));
        cursors_.clear();
        prepared_.clear();
        settings_.reset_all();
        store_.locks().unlock_session(this);
        context_.currval.clear();
        context_.lastval.reset();
    }
    return done(words == "DISCARD TEMPORARY" ? "DISCARD TEMP" : words);
}

progress serve_session::core::run_prepare(portal& bound) {
    auto request = read_prepare(bound.what->statement->text);
    if (!request)
        return failed(&bound, request.error());
    if (prepared_.contains(request->name))
        return failed(&bound,
                      make_error(sqlstate::duplicate_prepared_statement,
                                 "prepared statement \"" + request->name + "\" already exists"));
    auto parsed = sql::parse(request->query);
    if (!parsed)
        return failed(&bound, parsed.error());
    if (parsed->statements.empty())
        return failed(&bound, make_error(sqlstate::syntax_error, "syntax error"));
    auto made = prepare(parsed->statements.front(), request->types);
    if (!made)
        return failed(&bound, made.error());
    prepared_.emplace(request->name, *made);
    bound.at = portal::stage::finished;
    return done("PREPARE");
}

namespace {

/// A constant argument of EXECUTE as a parameter, without asking SQLite: NULL, numbers, strings.
std::optional<protocol::parameter> constant(const std::string& expression) {
    const std::size_t first = expression.find_first_not_of(" \t\r\n");
    const std::size_t last = expression.find_last_not_of(" \t\r\n");
    if (first == std::string::npos)
        return std::nullopt;
    const std::string text = expression.substr(first, last - first + 1);
    protocol::parameter out;
    const std::string upper = first_words(text, 1);
    if (upper == "NULL")
        return out;
    if (upper == "TRUE" || upper == "FALSE" ||
        text.find_first_not_of("0123456789.-+eE") == std::string::npos) {
        out.value = text;
        return out;
    }
    if (text.size() >= 2 && text.front() == '\'' && text.back() == '\'') {
        std::string value;
        for (std::size_t i = 1; i + 1 < text.size(); ++i) {
            value.push_back(text[i]);
            if (text[i] == '\'' && (i + 2 >= text.size() || text[++i] != '\''))
                return std::nullopt;
        }
        out.value = value;
        return out;
    }
    return std::nullopt;
}

}  // namespace

progress serve_session::core::run_execute(portal& bound,
                                          std::uint64_t rows_max,
                                          std::size_t bytes_max,
                                          row_sink& rows) {
    auto request = read_execute(bound.what->statement->text);
    if (!request)
        return failed(&bound, request.error());
    const auto found = prepared_.find(request->name);
    if (found == prepared_.end())
        return failed(&bound,
                      make_error(sqlstate::invalid_sql_statement_name,
                                 "prepared statement \"" + request->name + "\" does not exist"));
    const std::shared_ptr<const plan> inner = found->second;
    if (inner->parameter_types.size() != request->arguments.size())
        return failed(&bound,
                      make_error(sqlstate::syntax_error,
                                 "wrong number of parameters for prepared statement \"" +
                                     request->name + "\""));
    std::vector<protocol::parameter> parameters;
    for (const std::string& argument : request->arguments) {
        auto value = constant(argument);
        if (!value) {
            auto computed = evaluate(argument);
            if (!computed)
                return failed(&bound, computed.error());
            value = protocol::parameter{protocol::format::text, std::move(*computed)};
        }
        parameters.push_back(std::move(*value));
    }
    std::vector<protocol::format> formats;
    for (const protocol::column& column : bound.columns)
        formats.push_back(column.encoding);
    auto inside = bind(inner, parameters, formats);
    if (!inside)
        return failed(&bound, inside.error());
    // The outer portal becomes the inner one, so that suspension works as for any statement.
    portal& other = **inside;
    bound.what = other.what;
    bound.raw = std::move(other.raw);
    bound.values = std::move(other.values);
    bound.columns = std::move(other.columns);
    bound.outputs = std::move(other.outputs);
    return execute(bound, rows_max, bytes_max, rows);
}

protocol::sql_result<protocol::cell> serve_session::core::evaluate(const std::string& expression) {
    auto parsed = sql::parse("SELECT " + expression);
    if (!parsed)
        return parsed.error();
    auto made = prepare(parsed->statements.front(), {});
    if (!made)
        return made.error();
    auto on = connection_for(false);
    if (!on)
        return make_error(sqlstate::feature_not_supported,
                          "only constants can be arguments of EXECUTE here");
    auto inner = bind(*made, {}, {});
    if (!inner)
        return inner.error();
    collecting_sink sink(1u << 20);
    const progress ran = run_sql(**inner, 0, 0, sink);
    if (ran.error)
        return *ran.error;
    if (sink.rows.size() != 1)
        return make_error(sqlstate::internal_error, "an argument gave no value");
    return protocol::row_buffer::fields(sink.rows.front()).front();
}

progress serve_session::core::run_deallocate(portal& bound) {
    const std::string& name = bound.what->statement->prepared_name;
    bound.at = portal::stage::finished;
    if (name.empty()) {
        prepared_.clear();
        return done("DEALLOCATE ALL");
    }
    if (prepared_.erase(name) == 0)
        return failed(nullptr,
                      make_error(sqlstate::invalid_sql_statement_name,
                                 "prepared statement \"" + name + "\" does not exist"));
    return done("DEALLOCATE");
}

progress serve_session::core::run_declare(portal& bound) {
    auto request = read_declare(bound.what->statement->text);
    if (!request)
        return failed(&bound, request.error());
    if (!request->hold && block_ != block::open)
        return failed(&bound,
                      make_error(sqlstate::no_active_sql_transaction,
                                 "DECLARE CURSOR can only be used in transaction blocks"));
    if (request->binary)
        return failed(&bound,
                      make_error(sqlstate::feature_not_supported,
                                 "BINARY cursors are not supported on a SQLite store"));
    if (cursors_.contains(request->name))
        return failed(&bound,
                      make_error(sqlstate::duplicate_cursor,
                                 "cursor \"" + request->name + "\" already exists"));
    auto inner = bind(bound.what->inside->inner, bound.raw, {});
    if (!inner)
        return failed(&bound, inner.error());
    // The snapshot is DECLARE's: the statement starts now, its first row waits.
    collecting_sink first(store_.options().materialise_bytes_max);
    progress started = run_sql(**inner, 1, 0, first);
    if (started.error) {
        bound.at = portal::stage::dead;
        return started;
    }
    for (std::string& row : first.rows)
        (*inner)->ready.push_front(std::move(row));
    (*inner)->rows = 0;
    (*inner)->rows_in_turn = 0;
    sql_cursor cursor;
    cursor.bound = std::move(*inner);
    cursor.hold = request->hold;
    cursor.scroll = request->scroll;
    cursors_.emplace(request->name, std::move(cursor));
    if (request->scroll) {
        if (auto error = load_cursor(cursors_[request->name])) {
            cursors_.erase(request->name);
            return failed(&bound, *error);
        }
    }
    bound.at = portal::stage::finished;
    return done("DECLARE CURSOR");
}

serve_session::core::failure serve_session::core::load_cursor(sql_cursor& cursor) {
    if (cursor.loaded)
        return std::nullopt;
    collecting_sink sink(store_.options().materialise_bytes_max);
    portal& inner = *cursor.bound;
    const progress ran =
        inner.at == portal::stage::running ? pump(inner, 0, 0, sink) : run_sql(inner, 0, 0, sink);
    if (ran.error)
        return *ran.error;
    if (sink.overflow())
        return make_error(sqlstate::program_limit_exceeded,
                          "the rows of a cursor do not fit into its memory limit");
    cursor.rows = std::move(sink.rows);
    cursor.loaded = true;
    return std::nullopt;
}

progress serve_session::core::run_fetch(portal& bound,
                                        std::uint64_t rows_max,
                                        std::size_t bytes_max,
                                        row_sink& rows) {
    using direction = fetch_request::direction;
    const auto request = read_fetch(bound.what->statement->text);
    if (!request)
        return failed(&bound, request.error());
    const auto found = cursors_.find(request->name);
    if (found == cursors_.end())
        return failed(&bound, no_cursor(request->name));
    sql_cursor& cursor = found->second;
    if (!request->move && bound.columns.size() != cursor.bound->columns.size())
        return failed(
            &bound,
            make_error(sqlstate::feature_not_supported, "cached plan must not change result type"));
    std::vector<std::string> taken;
    if (!cursor.loaded) {
        const bool forward = request->how == direction::forward ||
                             (request->how == direction::relative && request->count == 1);
        if (!forward)
            return failed(&bound, make_error("55000", "cursor can only scan forward"));
        collecting_sink sink(store_.options().materialise_bytes_max);
        portal& inner = *cursor.bound;
        const std::uint64_t limit =
            request->count == fetch_request::all ? 0 : static_cast<std::uint64_t>(request->count);
        if (request->count != 0 && inner.at != portal::stage::finished) {
            inner.rows_in_turn = 0;
            progress ran = execute(inner, limit, 0, sink);
            if (ran.error)
                return failed(&bound, std::move(*ran.error));
        }
        if (sink.overflow())
            return failed(&bound,
                          make_error(sqlstate::program_limit_exceeded,
                                     "the rows of one FETCH do not fit into the memory limit"));
        taken = std::move(sink.rows);
    } else {
        taken = move_cursor(cursor, *request);
    }
    bound.end_tag = (request->move ? "MOVE " : "FETCH ") + std::to_string(taken.size());
    if (!request->move) {
        for (std::string& row : taken) {
            if (auto error = recode(row, bound))
                return failed(&bound, std::move(*error));
            bound.ready.push_back(std::move(row));
        }
    }
    bound.only_ready = true;
    bound.at = portal::stage::running;
    return pump(bound, rows_max, bytes_max, rows);
}

std::vector<std::string> serve_session::core::move_cursor(sql_cursor& cursor,
                                                          const fetch_request& request) {
    using direction = fetch_request::direction;
    const auto size = static_cast<std::int64_t>(cursor.rows.size());
    std::vector<std::string> taken;
    const auto at = [&](std::int64_t position) {
        cursor.position = std::clamp<std::int64_t>(position, 0, size + 1);
        if (cursor.position >= 1 && cursor.position <= size)
            taken.push_back(cursor.rows[static_cast<std::size_t>(cursor.position - 1)]);
    };
    switch (request.how) {
        case direction::absolute:
            at(request.count >= 0 ? request.count : size + 1 + request.count);
            break;
        case direction::relative:
            at(cursor.position + request.count);
            break;
        case direction::forward:
        case direction::backward: {
            const std::int64_t step = request.how == direction::forward ? 1 : -1;
            if (request.count == 0) {
                at(cursor.position);
                break;
            }
            for (std::int64_t n = 0; n < request.count; ++n) {
                const std::size_t before = taken.size();
                at(cursor.position + step);
                if (taken.size() == before)
                    break;
            }
            break;
        }
    }
    return taken;
}

serve_session::core::failure serve_session::core::recode(std::string& row, const portal& bound) {
    const auto binary = [](const output_column& one) {
        return one.encoding == protocol::format::binary;
    };
    if (std::none_of(bound.outputs.begin(), bound.outputs.end(), binary))
        return std::nullopt;
    auto fields = protocol::row_buffer::fields(row);
    std::string out = row.substr(0, 2);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i] && binary(bound.outputs[i])) {
            auto bytes =
                protocol::text_to_binary(bound.outputs[i].type, *fields[i], context_.values);
            if (!bytes)
                return bytes.error();
            fields[i] = std::move(*bytes);
        }
        const std::uint32_t size =
            fields[i] ? static_cast<std::uint32_t>(fields[i]->size()) : ~std::uint32_t{0};
        for (int shift = 24; shift >= 0; shift -= 8)
            out.push_back(static_cast<char>((size >> shift) & 0xff));
        if (fields[i])
            out += *fields[i];
    }
    row = std::move(out);
    return std::nullopt;
}

progress serve_session::core::run_close(portal& bound) {
    const std::string name = read_close(bound.what->statement->text);
    bound.at = portal::stage::finished;
    if (name.empty()) {
        cursors_.clear();
        return done("CLOSE CURSOR ALL");
    }
    if (cursors_.erase(name) == 0)
        return failed(nullptr, no_cursor(name));
    return done("CLOSE CURSOR");
}

progress serve_session::core::run_explain(portal& bound,
                                          std::uint64_t rows_max,
                                          std::size_t bytes_max,
                                          row_sink& rows) {
    auto on = connection_for(false);
    if (!on)
        return failed(&bound, on.error());
    connection& here = ***on;
    for (const sql::sqlite_step& step : bound.what->inside->inner->inside->translation.steps) {
        const auto* text = std::get_if<sql::sqlite_sql>(&step);
        if (text == nullptr)
            continue;
        auto explained = here.prepare("EXPLAIN QUERY PLAN " + text->text);
        if (!explained)
            return failed(&bound, explained.error());
        std::map<int, std::size_t> depth;
        while (explained->step() == SQLITE_ROW) {
            const int id = sqlite3_column_int(explained->get(), 0);
            const int parent = sqlite3_column_int(explained->get(), 1);
            const std::size_t level = depth.contains(parent) ? depth[parent] + 1 : 0;
            depth[id] = level;
            const auto* line =
                reinterpret_cast<const char*>(sqlite3_column_text(explained->get(), 3));
            bound.ready.push_back(
                row_of({(level == 0 ? "" : std::string(level * 6 - 4, ' ') + "->  ") + line}));
        }
    }
    bound.end_tag = "EXPLAIN";
    bound.only_ready = true;
    bound.at = portal::stage::running;
    return pump(bound, rows_max, bytes_max, rows);
}

progress serve_session::core::run_lock(portal& bound) {
    if (block_ != block::open)
        return failed(&bound,
                      make_error(sqlstate::no_active_sql_transaction,
                                 "LOCK TABLE can only be used in transaction blocks"));
    auto on = connection_for(!read_only_);
    if (!on)
        return failed(&bound, on.error());
    bound.at = portal::stage::finished;
    return done("LOCK TABLE");
}

progress serve_session::core::run_maintenance(portal& bound) {
    const std::string word = first_words(bound.what->statement->text, 1);
    const std::string verb = word.substr(0, word.find_first_of("(;"));
    if (block_ == block::open && verb == "VACUUM")
        return failed(&bound,
                      make_error(sqlstate::active_sql_transaction,
                                 "VACUUM cannot run inside a transaction block"));
    // Statistics help SQLite's planner as they help PostgreSQL's; its file is compacted by the
    // operator (VACUUM there rewrites the whole file), so VACUUM itself has nothing to do.
    if (verb == "VACUUM" || verb == "ANALYZE" || verb == "ANALYSE") {
        auto on = connection_for(true);
        if (!on)
            return failed(&bound, on.error());
        for (const char* const text : {"PRAGMA analysis_limit=1000", "ANALYZE"}) {
            if (auto error = (**on)->run(text))
                return failed(&bound, std::move(*error));
        }
    }
    bound.at = portal::stage::finished;
    return done(verb == "ANALYSE" ? "ANALYZE" : verb);
}

progress serve_session::core::run_copy_in(portal& bound) {
    const copy_request& request = bound.what->inside->copy;
    const auto picture = schema();
    auto target = picture->find(request.schema, request.table);
    if (!target)
        return failed(&bound,
                      make_error(sqlstate::undefined_table,
                                 "relation \"" + request.table + "\" does not exist"));
    if (target->type != sql::relation_info::kind::table)
        return failed(&bound, make_error("42809", "cannot copy to view \"" + request.table + "\""));
    auto on = connection_for(true);
    if (!on)
        return failed(&bound, on.error());
    bound.on = *on;
    statements_ran_ = true;
    connection& here = **bound.on;
    here.use_context(&context_);
    context_.values.zone = settings_.zone();
    if (auto error = take_ahead_on(here, &bound))
        return failed(&bound, *error);
    auto started = copy_in::start(here, request, std::move(target), context_.values);
    if (!started)
        return failed(&bound, started.error());
    bound.copying_in = std::move(*started);
    if (auto error = here.run("SAVEPOINT pgduet_statement"))
        return failed(&bound, *error);
    bound.in_savepoint = true;
    bound.capturing = store_.options().capture_effects;
    copying_schema_ = picture;
    if (bound.capturing)
        here.changes().start(*copying_schema_, store_.options().effects_bytes_max);
    bound.at = portal::stage::copying;
    progress out;
    out.at = progress::state::copy_in;
    out.copy.overall = request.how == copy_request::format::binary ? protocol::format::binary
                                                                   : protocol::format::text;
    out.copy.columns.assign(bound.copying_in->column_count(), out.copy.overall);
    return out;
}

serve_session::core::failure serve_session::core::copy_data(portal& bound,
                                                            std::string_view payload) {
    if (bound.at != portal::stage::copying || !bound.copying_in)
        return make_error(sqlstate::protocol_violation, "no COPY is in progress");
    (*bound.on)->use_context(&context_);
    if (auto error = bound.copying_in->data(payload)) {
        failed(&bound, *error);
        return error;
    }
    return std::nullopt;
}

progress serve_session::core::copy_done(portal& bound) {
    if (bound.at != portal::stage::copying || !bound.copying_in)
        return failed(nullptr, make_error(sqlstate::protocol_violation, "no COPY is in progress"));
    connection& here = **bound.on;
    here.use_context(&context_);
    if (auto error = bound.copying_in->finish())
        return failed(&bound, std::move(*error));
    here.changes().stop();
    progress out = done("COPY " + std::to_string(bound.copying_in->rows()));
    bound.copying_in.reset();
    if (auto error = here.run("RELEASE pgduet_statement"))
        return failed(&bound, std::move(*error));
    bound.in_savepoint = false;
    if (bound.capturing) {
        out.has_effects = here.changes().complete();
        out.effects = here.changes().take();
    }
    copying_schema_.reset();
    bound.at = portal::stage::finished;
    bound.release();
    return out;
}

progress serve_session::core::run_copy_out(portal& bound, std::size_t bytes_max, row_sink& rows) {
    const copy_request& request = bound.what->inside->copy;
    if (bound.at == portal::stage::fresh) {
        const bool binary = request.how == copy_request::format::binary;
        auto inner = bind(bound.what->inside->inner,
                          {},
                          {binary ? protocol::format::binary : protocol::format::text});
        if (!inner)
            return failed(&bound, inner.error());
        std::vector<std::string> names;
        for (const protocol::column& column : (*inner)->columns)
            names.push_back(column.name);
        progress out;
        out.at = progress::state::copy_out;
        out.copy.overall = binary ? protocol::format::binary : protocol::format::text;
        out.copy.columns.assign(names.size(), out.copy.overall);
        bound.copying_out = std::make_unique<copy_out>(request, std::move(names));
        bound.copied = std::move(*inner);
        bound.at = portal::stage::copying;
        return out;
    }
    portal& inner = *bound.copied;
    if (inner.at == portal::stage::fresh) {
        if (const std::string head = bound.copying_out->head(); !head.empty())
            rows.row(head);
    }
    copy_sink sink(*bound.copying_out, rows);
    progress ran = execute(inner, 0, bytes_max, sink);
    if (ran.error) {
        bound.at = portal::stage::dead;
        return ran;
    }
    if (ran.at == progress::state::more)
        return ran;
    if (const std::string tail = bound.copying_out->tail(); !tail.empty())
        rows.row(tail);
    bound.at = portal::stage::finished;
    return done("COPY " + std::to_string(inner.rows));
}

}  // namespace pgduet::store::sqlite
