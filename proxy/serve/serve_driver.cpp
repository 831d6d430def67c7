#include "proxy/serve/serve_driver.hpp"

#include "protocol/conversation/startup_fsm.hpp"
#include "protocol/frontend_message.hpp"
#include "protocol/sql_types/sqlstate.hpp"

namespace pgduet::proxy {

namespace step = protocol::step;
namespace sqlstate = protocol::sqlstate;
namespace sqlite = store::sqlite;
using protocol::sql_error;
using sql::statement_kind;

namespace {

/// Rows fetched per call of the engine, and output collected before the client must take some.
constexpr std::size_t batch_bytes = 64 * 1024;
constexpr std::size_t output_bytes_max = 256 * 1024;

sql_error cancelled() {
    return protocol::make_error(sqlstate::query_canceled,
                                "canceling statement due to user request");
}

bool takes_lock(const sql::statement& statement) {
    for (const std::string& name : statement.functions) {
        if (name == "pg_advisory_lock" || name == "pg_advisory_lock_shared" ||
            name == "pg_try_advisory_lock" || name == "pg_try_advisory_lock_shared")
            return true;
    }
    return false;
}

}  // namespace

/// A statement with the engine's plan for it, and what the recording needs to know.
struct serve_driver::prepared {
    std::shared_ptr<const sqlite::plan> plan;
    capture::statement_facts facts;
};

/// A portal, and what it was made of.
struct serve_driver::bound {
    std::shared_ptr<prepared> what;
    sqlite::portal_ptr portal;
    std::vector<protocol::parameter> parameters;
    std::vector<protocol::format> formats;
};

/// Rows go to the client, in the form the running statement asks for, and to the recording.
class serve_driver::rows_to_client final : public sqlite::row_sink {
public:
    explicit rows_to_client(serve_driver& owner) : owner_(owner) {}

    void row(std::string_view body) override {
        execution& running = *owner_.running_;
        if (running.copying_out)
            return owner_.fsm_.copy_out_row(body);
        describe();
        owner_.fsm_.row(body);
        if (owner_.recording_)
            owner_.recording_->row(body);
    }

    /// RowDescription of a simple query comes before its first row, or at its end.
    void describe() {
        execution& running = *owner_.running_;
        if (!running.simple || running.described || running.copying_out)
            return;
        running.described = true;
        const auto& columns = owner_.engine_.columns(*running.portal->portal);
        if (!columns.empty())
            owner_.fsm_.row_description(columns);
    }

private:
    serve_driver& owner_;
};

serve_driver::serve_driver(sqlite::database& store,
                           sql::parse_cache& parser,
                           serve_settings settings)
    : store_(store),
      parser_(parser),
      engine_(store, std::move(settings.identity)),
      splitter_(protocol::framing::frontend, settings.message_bytes_max),
      next_(fsm_.start()) {}

std::optional<sql_error> serve_driver::start() {
    return engine_.start();
}

std::vector<std::pair<std::string, std::string>> serve_driver::reported_settings() {
    return engine_.take_reported_settings();
}

void serve_driver::record_to(capture::wire_capture::shared context, std::uint64_t session) {
    if (context.duet)
        recording_.emplace(context, session, engine_.changed_settings());
}

protocol::session_fsm::transaction serve_driver::status() const {
    return protocol::session_fsm::transaction{engine_.status()};
}

bool serve_driver::at_rest() const {
    return !running_ && !query_ && !copying_ && fsm_.at_rest() && engine_.status() == 'I' &&
           splitter_.rest().empty();
}

void serve_driver::abort_with(const sql_error& error) {
    running_.reset();
    copying_.reset();
    query_.reset();
    if (std::holds_alternative<step::read>(next_)) {
        next_ = fsm_.on_fatal(error);
        return;
    }
    fsm_.output() += protocol::error_bytes(error);
    next_ = step::finish{error};
}

void serve_driver::cancel() {
    engine_.cancel();
}

void serve_driver::give(sqlite::lease held) {
    if (held)
        engine_.give(std::move(held));
    else
        wait_cancelled_ = true;
}

serve_driver::need serve_driver::drive() {
    for (;;) {
        if (running_) {
            if (const auto blocked = step_execution())
                return *blocked;
            continue;
        }
        if (query_) {
            if (const auto blocked = step_query())
                return *blocked;
            continue;
        }
        if (std::holds_alternative<step::finish>(next_))
            return need::finish;
        if (std::holds_alternative<step::flush>(next_)) {
            next_ = fsm_.flushed();
            // With more requests waiting, answers must not wait for them to be done.
            if (!splitter_.rest().empty())
                return need::flush;
            continue;
        }
        if (!std::holds_alternative<step::read>(next_)) {
            on_action();
            continue;
        }
        const auto message = splitter_.next();
        if (!message)
            next_ = fsm_.on_bad_frame(message.error(),
                                      splitter_.rest().empty() ? '\0' : splitter_.rest().front());
        else if (!*message)
            return need::read;
        else
            next_ = fsm_.on_frame(**message);
        if (fsm_.output().size() > output_bytes_max)
            return need::flush;
    }
}

void serve_driver::on_action() {
    // The action is taken out: answering it replaces next_.
    protocol::session_action action = std::move(next_);
    std::visit(
        [this](auto& a) {
            if constexpr (requires { begin(a); })
                begin(a);
        },
        action);
}

void serve_driver::begin(step::query& a) {
    auto parsed = parser_.parse(a.text);
    if (!parsed) {
        engine_.fail();
        fsm_.fail(parsed.error(), status());
        next_ = fsm_.query_done();
        return;
    }
    query_ = simple_query{std::move(*parsed), 0};
}

/// Begins the next statement of a simple query, or ends the query.
std::optional<serve_driver::need> serve_driver::step_query() {
    if (query_->next == query_->parsed->statements.size()) {
        query_.reset();
        next_ = fsm_.query_done();
        return std::nullopt;
    }
    const auto statement = query_->parsed->statements[query_->next++];
    std::string tag;
    if (deallocate_ours(*statement, tag)) {
        fsm_.complete(tag, status());
        return std::nullopt;
    }
    auto made = prepare(statement, {});
    auto portal =
        made ? bind(*made, {}, {}) : protocol::sql_result<std::shared_ptr<bound>>{made.error()};
    if (!portal) {
        if (recording_) {
            shadow::exchange tried;
            tried.statement = statement;
            const capture::statement_facts facts = look_up_facts(store_, *statement);
            tried.target = facts.target;
            tried.plain_relations = facts.plain_relations;
            recording_->failed_early(std::move(tried), portal.error());
        }
        engine_.fail();
        implicit_failed_ = true;
        fsm_.fail(portal.error(), status());
        query_.reset();
        next_ = fsm_.query_done();
        return std::nullopt;
    }
    running_ = execution{};
    running_->portal = std::move(*portal);
    running_->simple = true;
    return std::nullopt;
}

protocol::sql_result<std::shared_ptr<serve_driver::prepared>> serve_driver::prepare(
    std::shared_ptr<const sql::statement> statement, const std::vector<protocol::oid>& types) {
    auto plan = engine_.prepare(statement, types);
    if (!plan)
        return plan.error();
    auto made = std::make_shared<prepared>();
    made->plan = std::move(*plan);
    if (recording_)
        made->facts = look_up_facts(store_, *statement);
    return made;
}

protocol::sql_result<std::shared_ptr<serve_driver::bound>> serve_driver::bind(
    std::shared_ptr<prepared> what,
    const std::vector<protocol::parameter>& parameters,
    const std::vector<protocol::format>& formats) {
    auto portal = engine_.bind(what->plan, parameters, formats);
    if (!portal)
        return portal.error();
    auto made = std::make_shared<bound>();
    made->what = std::move(what);
    made->portal = std::move(*portal);
    if (recording_) {
        made->parameters = parameters;
        made->formats = formats;
    }
    return made;
}

void serve_driver::fail_outside(const sql_error& error) {
    engine_.fail();
    implicit_failed_ = true;
    next_ = fsm_.failed(error, status());
}

void serve_driver::begin(step::prepare& a) {
    auto parsed = parser_.parse(a.text);
    if (!parsed)
        return fail_outside(parsed.error());
    if ((*parsed)->statements.size() > 1)
        return fail_outside(protocol::make_error(
            sqlstate::syntax_error, "cannot insert multiple commands into a prepared statement"));
    if ((*parsed)->statements.empty()) {
        // An empty statement is a statement: it answers EmptyQueryResponse.
        static const auto nothing = std::make_shared<const sql::statement>([] {
            sql::statement empty;
            empty.kind = statement_kind::empty;
            return empty;
        }());
        auto made = std::make_shared<prepared>();
        auto plan = std::make_shared<sqlite::plan>();
        plan->statement = nothing;
        made->plan = std::move(plan);
        next_ = fsm_.prepared(std::move(made), 0);
        return;
    }
    const auto statement = (*parsed)->statements.front();
    auto made = prepare(statement, a.types);
    if (!made) {
        if (recording_ && statement->parameter_count == 0) {
            shadow::exchange tried;
            tried.statement = statement;
            recording_->failed_early(std::move(tried), made.error());
        }
        return fail_outside(made.error());
    }
    const std::size_t count = (*made)->plan->parameter_types.size();
    next_ = fsm_.prepared(std::move(*made), count);
}

void serve_driver::begin(step::bind& a) {
    auto what = std::static_pointer_cast<prepared>(a.statement);
    if (what->plan->statement->kind == statement_kind::empty && !what->plan->inside) {
        auto made = std::make_shared<bound>();
        made->what = std::move(what);
        next_ = fsm_.bound(std::move(made));
        return;
    }
    auto made = bind(std::move(what), a.parameters, a.result_formats);
    if (!made)
        return fail_outside(made.error());
    next_ = fsm_.bound(std::move(*made));
}

void serve_driver::begin(step::describe_statement& a) {
    const auto what = std::static_pointer_cast<prepared>(a.statement);
    next_ = fsm_.described(what->plan->parameter_types, what->plan->columns);
}

void serve_driver::begin(step::describe_portal& a) {
    const auto what = std::static_pointer_cast<bound>(a.portal);
    next_ = fsm_.described(
        {}, what->portal ? engine_.columns(*what->portal) : std::vector<protocol::column>{});
}

void serve_driver::begin(step::execute& a) {
    auto what = std::static_pointer_cast<bound>(a.portal);
    std::string tag;
    if (!what->portal || deallocate_ours(*what->what->plan->statement, tag)) {
        next_ = fsm_.executed(tag, status());
        return;
    }
    running_ = execution{};
    running_->portal = std::move(what);
    running_->rows_max = a.rows_max;
}

/// Runs on with the statement; says what it waits for, or nothing when it is over or runs on.
std::optional<serve_driver::need> serve_driver::step_execution() {
    execution& running = *running_;
    sqlite::portal& portal = *running.portal->portal;
    if (std::exchange(wait_cancelled_, false) && engine_.needs(portal) != sqlite::need::none) {
        engine_.fail();
        sqlite::progress gone;
        gone.at = sqlite::progress::state::failed;
        gone.error = cancelled();
        finish_execution(std::move(gone));
        return std::nullopt;
    }
    for (auto lacking = engine_.needs(portal); lacking != sqlite::need::none;
         lacking = engine_.needs(portal)) {
        sqlite::lease held = lacking == sqlite::need::writer ? store_.try_acquire_writer()
                                                             : store_.try_acquire_reader();
        if (!held)
            return lacking == sqlite::need::writer ? need::writer : need::reader;
        engine_.give(std::move(held));
    }
    const sql::statement& statement = *running.portal->what->plan->statement;
    if (recording_ && !recording_->running()) {
        shadow::exchange about;
        about.statement = running.portal->what->plan->statement;
        about.parameter_types = running.portal->what->plan->parameter_types;
        about.parameters = running.portal->parameters;
        about.result_formats = running.portal->formats;
        about.target = running.portal->what->facts.target;
        about.plain_relations = running.portal->what->facts.plain_relations;
        about.total_order = running.portal->what->facts.total_order;
        recording_->begin(std::move(about));
        if (statement.kind == statement_kind::commit)
            recording_->commit_sent();
    }
    rows_to_client rows{*this};
    sqlite::progress now = engine_.execute(portal, running.rows_max, batch_bytes, rows);
    switch (now.at) {
        case sqlite::progress::state::more:
            if (fsm_.output().size() > output_bytes_max)
                return need::flush;
            return std::nullopt;
        case sqlite::progress::state::suspended:
            if (recording_)
                recording_->suspended();
            ++statements_run_;
            running_.reset();
            next_ = fsm_.suspended();
            return std::nullopt;
        case sqlite::progress::state::copy_in:
            next_ = fsm_.copy_in_started(now.copy.overall, now.copy.columns);
            copying_ = std::move(running_);
            running_.reset();
            suspended_query_ = std::move(query_);
            query_.reset();
            return std::nullopt;
        case sqlite::progress::state::copy_out:
            running.copying_out = true;
            fsm_.copy_out_started(now.copy.overall, now.copy.columns);
            return std::nullopt;
        case sqlite::progress::state::done:
            rows.describe();
            [[fallthrough]];
        case sqlite::progress::state::failed:
            finish_execution(std::move(now));
    }
    return std::nullopt;
}

void serve_driver::finish_execution(sqlite::progress done) {
    execution running = std::move(*running_);
    running_.reset();
    ++statements_run_;
    const sql::statement& statement = *running.portal->what->plan->statement;
    for (const sql_error& notice : done.notices)
        fsm_.notice(notice);
    if (recording_) {
        recording_->end(done, engine_.columns(*running.portal->portal));
        record_end_of(statement, done);
    }
    if (!done.error) {
        note(statement, done.tag);
        report_settings();
        if (running.simple)
            fsm_.complete(done.tag, status());
        else
            next_ = fsm_.executed(done.tag, status());
        return;
    }
    implicit_failed_ = true;
    if (running.simple) {
        fsm_.fail(*done.error, status());
        query_.reset();
        next_ = fsm_.query_done();
    } else {
        next_ = fsm_.failed(*done.error, status());
    }
}

/// Tells the recording where explicit transactions begin and end.
void serve_driver::record_end_of(const sql::statement& statement, const sqlite::progress& done) {
    switch (statement.kind) {
        case statement_kind::begin:
            if (!done.error)
                recording_->begin_block(statement.transaction.isolation.value_or(""));
            break;
        case statement_kind::commit:
        case statement_kind::rollback:
            if (engine_.status() == 'I' || statement.transaction.chain)
                end_unit(!done.error && done.tag == "COMMIT" ? shadow::unit_end::committed
                                                             : shadow::unit_end::rolled_back);
            recording_->settings_now(engine_.changed_settings());
            break;
        case statement_kind::set:
        case statement_kind::discard:
            recording_->settings_now(engine_.changed_settings());
            break;
        default:
            break;
    }
}

void serve_driver::end_unit(shadow::unit_end how) {
    implicit_failed_ = false;
    const std::uint64_t position = engine_.last_commit();
    if (recording_)
        recording_->ended(
            how, position != last_position_ ? position : 0, engine_.transaction_now());
    last_position_ = position;
}

void serve_driver::begin(step::copy_in_data& a) {
    auto error = engine_.copy_data(*copying_->portal->portal, a.data);
    if (recording_)
        recording_->copy_data(a.data);
    if (!error) {
        next_ = fsm_.copy_taken();
        return;
    }
    sqlite::progress failed;
    failed.at = sqlite::progress::state::failed;
    failed.error = std::move(error);
    end_copy_in(std::move(failed));
}

void serve_driver::begin(step::copy_in_done&) {
    end_copy_in(engine_.copy_done(*copying_->portal->portal));
}

void serve_driver::begin(step::copy_in_failed& a) {
    sqlite::progress ended = engine_.copy_fail(*copying_->portal->portal, a.reason);
    if (a.error)
        ended.error = a.error;
    end_copy_in(std::move(ended));
}

void serve_driver::end_copy_in(sqlite::progress ended) {
    running_ = std::move(copying_);
    copying_.reset();
    query_ = std::move(suspended_query_);
    suspended_query_.reset();
    finish_execution(std::move(ended));
}

void serve_driver::begin(step::abort&) {
    engine_.fail();
    implicit_failed_ = true;
    next_ = fsm_.aborted(status());
}

void serve_driver::begin(step::sync&) {
    const bool implicit = engine_.status() == 'I';
    if (implicit && recording_)
        recording_->commit_sent();
    const bool failed_before = implicit_failed_;
    const auto error = engine_.sync();
    if (implicit)
        end_unit(error || failed_before ? shadow::unit_end::rolled_back
                                        : shadow::unit_end::committed);
    report_settings();
    next_ = fsm_.synced(error, status());
}

/// DEALLOCATE of a statement that Parse has made: its name is the machine's, not the engine's.
bool serve_driver::deallocate_ours(const sql::statement& statement, std::string& tag) {
    if (statement.kind != statement_kind::deallocate || statement.prepared_name.empty() ||
        engine_.status() == 'E' || !fsm_.deallocate(statement.prepared_name))
        return false;
    tag = "DEALLOCATE";
    if (recording_)
        recording_->skip("session");
    return true;
}

/// What outlives the transaction in this session only.
void serve_driver::note(const sql::statement& statement, const std::string& tag) {
    if (tag == "DEALLOCATE ALL" || tag == "DISCARD ALL")
        fsm_.deallocate_all();
    if (tag == "DISCARD ALL")
        pinned_.clear();
    if (statement.temporary)
        pinned_ = "it has a temporary table";
    else if (statement.kind == statement_kind::prepare)
        pinned_ = "it has a statement of SQL's PREPARE";
    else if (statement.kind == statement_kind::notify && tag == "LISTEN")
        pinned_ = "it listens";
    else if (takes_lock(statement))
        pinned_ = "it may hold an advisory lock";
}

void serve_driver::report_settings() {
    for (auto& [name, value] : engine_.take_reported_settings())
        fsm_.parameter_changed(name, value);
}

std::vector<std::string> serve_driver::named_statements() const {
    std::vector<std::string> out;
    for (const auto& [name, statement] : fsm_.statements()) {
        if (name.empty())
            continue;
        std::string bytes;
        protocol::byte_writer writer{bytes};
        protocol::encode(writer,
                         protocol::frontend_message{
                             protocol::parse{name, statement.text, statement.given_types}});
        out.push_back(std::move(bytes));
    }
    return out;
}

std::vector<std::pair<std::string, std::string>> serve_driver::settings() const {
    return engine_.changed_settings();
}

}  // namespace pgduet::proxy
