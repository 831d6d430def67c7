#include <algorithm>
#include <cstring>

#include "protocol/byte_reader.hpp"
#include "shadow/capture/statement_facts.hpp"
#include "shadow/capture/wire_capture_implementation.hpp"
#include "shadow/generated_columns.hpp"

namespace pgduet::capture {

using sql::statement_kind;

namespace {

/// Larger messages of the client are passed through in pieces and not captured.
constexpr std::uint32_t captured_bytes_max = 32u << 20;

bool stream_from_client(char, std::uint32_t length) {
    return length > captured_bytes_max;
}
bool stream_when_following(char tag, std::uint32_t length) {
    return tag != 'P' || length > captured_bytes_max;
}

/// Kinds behind whose text the token statement may be appended: they run alike in the implicit
/// transaction block this makes.
bool may_be_followed(statement_kind kind) {
    switch (kind) {
        case statement_kind::select:
        case statement_kind::insert:
        case statement_kind::update:
        case statement_kind::delete_:
        case statement_kind::merge:
        case statement_kind::copy_from:
        case statement_kind::truncate:
        case statement_kind::ddl:
            return true;
        default:
            return false;
    }
}

bool is_control(statement_kind kind) {
    switch (kind) {
        case statement_kind::begin:
        case statement_kind::commit:
        case statement_kind::rollback:
        case statement_kind::savepoint:
        case statement_kind::release:
        case statement_kind::rollback_to:
        case statement_kind::prepare_transaction:
            return true;
        default:
            return false;
    }
}

bool names_data(statement_kind kind) {
    switch (kind) {
        case statement_kind::select:
        case statement_kind::insert:
        case statement_kind::update:
        case statement_kind::delete_:
        case statement_kind::merge:
        case statement_kind::copy_from:
            return true;
        default:
            return false;
    }
}

std::vector<protocol::format> read_formats(protocol::byte_reader& in) {
    std::vector<protocol::format> formats;
    const int count = in.int16();
    for (int i = 0; i < count && !in.error(); ++i)
        formats.push_back(static_cast<protocol::format>(in.int16()));
    return formats;
}

}  // namespace

wire_capture::implementation::implementation(
    shared context, std::uint64_t session, std::vector<std::pair<std::string, std::string>> startup)
    : context_(context) {
    for (const auto& [name, value] : startup)
        settings_[name] = value;
    if (context_.duet != nullptr) {
        recorder_ = std::make_unique<recorder>(*context_.duet, *context_.order, session);
        recorder_->start_settings(std::move(startup));
    }
}

bool wire_capture::implementation::at_rest() const {
    return status_ == 'I' && requests_.empty() && !extended_open_ && !copy_in_ && !holding_ &&
           client_.at_boundary() && server_.at_boundary();
}

void wire_capture::implementation::on_client(std::string_view bytes, std::string& to_server) {
    if (holding_) {
        held_ += bytes;
        return;
    }
    if (!recorder_) {
        to_server += bytes;
        while (const auto piece = client_.next(bytes, stream_when_following))
            follow_only(*piece);
        return;
    }
    while (const auto piece = client_.next(bytes, stream_from_client)) {
        if (!handle_client(*piece, to_server)) {
            held_.assign(piece->bytes);
            held_ += bytes;
            holding_ = true;
            return;
        }
    }
}

/// Stage solo: only what at_rest() and a later switch need.
void wire_capture::implementation::follow_only(const frame_walker::piece& message) {
    if (!message.first)
        return;
    switch (message.tag) {
        case 'Q':
        case 'F':
            requests_.push_back({});
            requests_.back().what = request::kind::query;
            break;
        case 'S':
            if (!copy_in_) {
                requests_.push_back({});
                extended_open_ = false;
            }
            break;
        case 'P':
            extended_open_ = true;
            if (message.last) {
                protocol::byte_reader in(message.body());
                const std::string_view name = in.cstring();
                const std::string_view text = in.cstring();
                if (in.error() || name.empty())
                    break;
                auto one = std::make_shared<prepared_statement>();
                one->text = text;
                one->parse_message = message.bytes;
                statements_[std::string(name)] = std::move(one);
            }
            break;
        case 'B':
        case 'D':
        case 'E':
        case 'C':
        case 'H':
            extended_open_ = true;
            break;
        case 'c':
        case 'f':
            if (copy_in_ || extended_open_ || !requests_.empty())
                requests_.push_back({request::kind::copy_end});
            copy_in_ = false;
            break;
        case 'X':
            terminated_ = true;
            break;
        default:
            break;
    }
}

bool wire_capture::implementation::handle_client(const frame_walker::piece& message,
                                                 std::string& out) {
    if (!message.first || !message.last) {
        // Too large to be captured: what it is part of cannot be repeated on the shadow.
        if (message.first && message.tag == 'd' && copy_)
            copy_->copy_overflow = true;
        if (message.first && message.tag == 'Q') {
            requests_.push_back({});
            requests_.back().what = request::kind::query;
            context_.duet->lose(1, {"(unknown)"}, "a query text was too large to be captured");
        }
        out += message.bytes;
        return true;
    }
    probe_token(out);
    switch (message.tag) {
        case 'Q':
            return on_query(message, out);
        case 'P':
            return on_parse(message, out);
        case 'B':
            return on_bind(message, out);
        case 'D':
            return on_describe(message, out);
        case 'E':
            return on_execute(message, out);
        case 'C':
            return on_close(message, out);
        case 'S':
            return on_sync(message, out);
        case 'd':
        case 'c':
        case 'f':
            on_copy(message, out);
            return true;
        case 'F':
            requests_.push_back({});
            requests_.back().what = request::kind::function_call;
            context_.duet->skip("unsupported");
            break;
        case 'H':
            extended_open_ = true;
            break;
        case 'X':
            terminated_ = true;
            break;
        default:
            break;
    }
    out += message.bytes;
    return true;
}

bool wire_capture::implementation::outstanding_sync() const {
    return std::any_of(requests_.begin(), requests_.end(), [](const request& r) {
        return r.what == request::kind::sync || r.what == request::kind::query ||
               r.what == request::kind::function_call;
    });
}

bool wire_capture::implementation::status_certain() const {
    return !outstanding_sync() || (status_ == 'I' && !uncertain_);
}

// ---- what the primary's catalog says -------------------------------------------------------

relation_cache::key wire_capture::implementation::key_of(const sql::relation_ref& which) const {
    const auto path = settings_.find("search_path");
    return {path == settings_.end() ? std::string() : path->second, which.schema, which.name};
}

std::shared_ptr<const sql::relation_info> wire_capture::implementation::relation(
    const sql::relation_ref& which) const {
    const relation_cache::key key = key_of(which);
    if (const auto local = local_relations_.find(key); local != local_relations_.end())
        return local->second;
    if (schema_changed_)
        return nullptr;
    return context_.relations->find(key).value_or(nullptr);
}

bool wire_capture::implementation::relations_known(const sql::statement& statement,
                                                   std::string& out) {
    if (statement.catalog || !names_data(statement.kind))
        return true;
    for (const sql::relation_ref& which : statement.relations) {
        const relation_cache::key key = key_of(which);
        if (local_relations_.contains(key) ||
            (!schema_changed_ && context_.relations->find(key).has_value()))
            continue;
        if (extended_open_)
            continue;  // inside a pipeline a Sync of ours would end the client's transaction
        if (!drained())
            return false;
        if (status_ == 'E')
            continue;
        if (!relation_prepared_) {
            requests_.push_back({request::kind::parse, request::owner::relation});
            own::parse_relation(out);
            relation_prepared_ = true;
        }
        own::execute_relation(out, which.schema, which.name);
        own::sync(out);
        requests_.push_back({request::kind::bind, request::owner::relation});
        requests_.push_back({request::kind::execute, request::owner::relation});
        requests_.push_back({request::kind::close, request::owner::relation});
        requests_.push_back({request::kind::sync, request::owner::relation});
        looked_up_ = key;
        lookup_rows_.clear();
        return false;
    }
    return true;
}

void wire_capture::implementation::resolve(const sql::statement& statement,
                                           prepared_statement& out) const {
    statement_facts facts =
        facts_of(statement, [this](const sql::relation_ref& which) { return relation(which); });
    out.target = std::move(facts.target);
    out.plain_relations = facts.plain_relations;
    out.total_order = facts.total_order;
    out.hidden = plan_returning(statement, out.target.get());
}

hidden_returning wire_capture::implementation::plan_returning(
    const sql::statement& insert, const sql::relation_info* target) const {
    hidden_returning plan;
    if (insert.kind != statement_kind::insert || target == nullptr || insert.returning ||
        !target->returning_is_safe)
        return plan;
    const auto made_up = shadow::generated_columns(insert, *target);
    if (made_up.empty() && !insert.nondeterministic)
        return plan;
    // Values can be spliced into VALUES rows; from a query, or past ON CONFLICT with several rows,
    // only whole rows tell what was stored.
    plan.whole_rows = insert.nondeterministic ||
                      !(insert.insert.values || insert.insert.default_values) ||
                      (insert.insert.on_conflict && insert.insert.row_count > 1);
    if (plan.whole_rows) {
        for (const sql::column_info& column : target->columns) {
            plan.columns.push_back(column.name);
            plan.types.push_back(column.type);
        }
        return plan;
    }
    for (const sql::column_info* column : made_up) {
        plan.columns.push_back(column->name);
        plan.types.push_back(column->type);
    }
    return plan;
}

/// Once per session (and again after DISCARD ALL): prepares the token statement and runs it, to
/// know that it works here before a transaction depends on it (a standby fails only when it runs).
void wire_capture::implementation::probe_token(std::string& out) {
    if (token_ != capability::unknown || !drained() || extended_open_ || status_ == 'E')
        return;
    token_ = capability::probing;
    own::parse_token(out);
    own::execute_token(out);
    // Inside a transaction the portal would still be there when the commit asks again.
    own::close_token(out);
    own::sync(out);
    for (const auto kind : {request::kind::parse,
                            request::kind::bind,
                            request::kind::execute,
                            request::kind::close,
                            request::kind::sync})
        requests_.push_back({kind, request::owner::probe});
}

void wire_capture::implementation::ask_token(std::string& out) {
    own::execute_token(out);
    requests_.push_back({request::kind::bind, request::owner::token});
    requests_.push_back({request::kind::execute, request::owner::token});
}

// ---- statements ----------------------------------------------------------------------------

wire_capture::implementation::running wire_capture::implementation::start(
    std::shared_ptr<const sql::statement> statement, const prepared_statement* of) {
    auto run = std::make_shared<running_statement>();
    shadow::exchange& e = run->exchange;
    e.statement = std::move(statement);
    if (of != nullptr) {
        e.target = of->target;
        e.plain_relations = of->plain_relations;
        e.total_order = of->total_order;
        run->hidden = of->hidden;
    }
    return run;
}

void wire_capture::implementation::start_copy(const running& run) {
    copy_ = run;
    run->copy_data = std::make_shared<std::string>();
}

bool wire_capture::implementation::on_query(const frame_walker::piece& message, std::string& out) {
    protocol::byte_reader in(message.body());
    const std::string_view text = in.cstring();
    const auto parsed = context_.parser->parse(text);
    request asked;
    asked.what = request::kind::query;
    if (in.error() || !parsed) {
        // Whatever the server makes of it, it is seen by its answer alone.
        auto run = std::make_shared<running_statement>();
        run->parsable = false;
        asked.parts.push_back(std::move(run));
        requests_.push_back(std::move(asked));
        uncertain_ = true;
        out += message.bytes;
        return true;
    }
    const auto& statements = (*parsed)->statements;
    bool writes = false;
    bool control = false;
    bool commits = false;
    bool followable = !statements.empty();
    for (const auto& one : statements) {
        writes = writes || one->may_write;
        control = control || is_control(one->kind);
        commits = commits || one->kind == statement_kind::commit;
        followable = followable && may_be_followed(one->kind);
    }
    if ((writes || commits) && !status_certain())
        return false;
    for (const auto& one : statements) {
        if (!relations_known(*one, out))
            return false;
    }
    const bool autocommit = status_ == 'I';
    const bool wants_token =
        (autocommit && writes && followable) ||
        (status_ == 'T' && statements.size() == 1 && commits && recorder_->writing());
    if (wants_token && token_ == capability::probing)
        return false;

    position_ = autocommit ? own::position{} : position_;
    std::string changed;
    for (const auto& one : statements) {
        prepared_statement details;
        resolve(*one, details);
        running run = start(one, &details);
        if (run->hidden.active() && statements.size() == 1)
            changed = one->text + own::returning_clause(run->hidden.columns);
        else
            run->hidden = {};
        run->since = recorder_->sent(run->exchange);
        run->sent = std::chrono::steady_clock::now();
        if (one->kind == statement_kind::copy_from)
            start_copy(run);
        asked.parts.push_back(std::move(run));
    }
    if (autocommit || commits)
        recorder_->commit_sent();
    if (wants_token && token_ == capability::present && commits) {
        ask_token(out);
        own::sync(out);
        requests_.push_back({request::kind::sync, request::owner::token});
    } else if (wants_token && token_ == capability::present) {
        asked.token_appended = true;
        if (changed.empty())
            changed = text;
        changed += "\n;";
        changed += own::token_query;
    }
    uncertain_ = uncertain_ || control;
    requests_.push_back(std::move(asked));
    if (changed.empty())
        out += message.bytes;
    else
        own::query(out, changed);
    return true;
}

bool wire_capture::implementation::on_parse(const frame_walker::piece& message, std::string& out) {
    protocol::byte_reader in(message.body());
    const std::string_view name = in.cstring();
    const std::string_view text = in.cstring();
    auto one = std::make_shared<prepared_statement>();
    const int types = in.int16();
    for (int i = 0; i < types && !in.error(); ++i)
        one->parameter_types.push_back(static_cast<protocol::oid>(in.int32()));
    one->text = text;
    one->parse_message = message.bytes;
    const auto parsed = context_.parser->parse(text);
    if (parsed && (*parsed)->statements.size() == 1) {
        const auto& statement = (*parsed)->statements.front();
        if (!relations_known(*statement, out))
            return false;
        one->statement = statement;
        resolve(*statement, *one);
    }
    extended_open_ = true;
    request asked;
    asked.what = request::kind::parse;
    asked.statement = one;
    asked.name = name;
    requests_.push_back(std::move(asked));
    if (one->hidden.active())
        own::parse(out,
                   name,
                   one->statement->text + own::returning_clause(one->hidden.columns),
                   one->parameter_types);
    else
        out += message.bytes;
    statements_.insert_or_assign(std::string(name), std::move(one));
    return true;
}

bool wire_capture::implementation::on_bind(const frame_walker::piece& message, std::string& out) {
    protocol::byte_reader in(message.body());
    const std::string_view portal_name = in.cstring();
    const std::string_view statement_name = in.cstring();
    const auto formats = read_formats(in);
    portal bound;
    const int count = in.int16();
    for (int i = 0; i < count && !in.error(); ++i) {
        protocol::parameter one;
        if (!formats.empty())
            one.encoding = formats.size() == 1
                               ? formats.front()
                               : formats[std::min<std::size_t>(i, formats.size() - 1)];
        const std::int32_t size = in.int32();
        if (size >= 0)
            one.value = std::string(in.bytes(static_cast<std::size_t>(size)));
        bound.parameters.push_back(std::move(one));
    }
    bound.result_formats = read_formats(in);
    if (const auto found = statements_.find(statement_name); found != statements_.end())
        bound.of = found->second;
    extended_open_ = true;
    if (const auto old = portals_.find(portal_name); old != portals_.end() && old->second.suspended)
        context_.duet->skip("session");
    if (!in.error())
        portals_.insert_or_assign(std::string(portal_name), std::move(bound));
    requests_.push_back({request::kind::bind});
    out += message.bytes;
    return true;
}

bool wire_capture::implementation::on_describe(const frame_walker::piece& message,
                                               std::string& out) {
    protocol::byte_reader in(message.body());
    const char kind = in.byte();
    const std::string_view name = in.cstring();
    request asked;
    asked.what = request::kind::describe;
    if (kind == 'S') {
        if (const auto found = statements_.find(name); found != statements_.end())
            asked.statement = found->second;
    } else if (const auto found = portals_.find(name); found != portals_.end()) {
        asked.statement = found->second.of;
    }
    extended_open_ = true;
    requests_.push_back(std::move(asked));
    out += message.bytes;
    return true;
}

bool wire_capture::implementation::on_execute(const frame_walker::piece& message,
                                              std::string& out) {
    protocol::byte_reader in(message.body());
    const std::string_view name = in.cstring();
    request asked;
    asked.what = request::kind::execute;
    asked.portal_name = name;
    const auto found = portals_.find(name);
    const prepared_statement* of = found == portals_.end() ? nullptr : found->second.of.get();
    if (of == nullptr || !of->statement) {
        if (of != nullptr && !of->text.empty()) {
            asked.run = std::make_shared<running_statement>();
            asked.run->parsable = false;
        }
        uncertain_ = true;
        requests_.push_back(std::move(asked));
        out += message.bytes;
        return true;
    }
    const sql::statement& statement = *of->statement;
    if ((is_control(statement.kind) || statement.may_write) && !status_certain())
        return false;
    if (found->second.suspended) {
        asked.run = found->second.suspended;
        requests_.push_back(std::move(asked));
        out += message.bytes;
        return true;
    }
    const bool commits_block = statement.kind == statement_kind::commit &&
                               (status_ == 'T' || block_sent_) && recorder_->writing();
    if (commits_block && token_ == capability::probing)
        return false;
    running run = start(of->statement, of);
    run->of = found->second.of;
    run->exchange.parameter_types = of->parameter_types;
    run->exchange.parameters = found->second.parameters;
    run->exchange.result_formats = found->second.result_formats;
    if (run->hidden.active() && !found->second.result_formats.empty())
        run->hidden_format = found->second.result_formats.front();
    run->since = recorder_->sent(run->exchange);
    run->sent = std::chrono::steady_clock::now();
    if (statement.kind == statement_kind::copy_from) {
        start_copy(run);
        batch_copy_ = true;
    }
    batch_writes_ = batch_writes_ || (statement.may_write && may_be_followed(statement.kind));
    batch_control_ = batch_control_ || is_control(statement.kind);
    block_sent_ = block_sent_ || statement.kind == statement_kind::begin;
    uncertain_ = uncertain_ || is_control(statement.kind);
    if (commits_block) {
        recorder_->commit_sent();
        if (token_ == capability::present)
            ask_token(out);
    }
    asked.run = std::move(run);
    const bool hides = asked.run->hidden.active();
    requests_.push_back(std::move(asked));
    if (hides)
        own::execute(out, name, 0);  // a row limit was meant for rows the client does not get
    else
        out += message.bytes;
    return true;
}

bool wire_capture::implementation::on_close(const frame_walker::piece& message, std::string& out) {
    protocol::byte_reader in(message.body());
    const char kind = in.byte();
    const std::string_view name = in.cstring();
    if (kind == 'S') {
        if (const auto found = statements_.find(name); found != statements_.end())
            statements_.erase(found);
    } else if (const auto found = portals_.find(name); found != portals_.end()) {
        if (found->second.suspended)
            context_.duet->skip("session");
        portals_.erase(found);
    }
    extended_open_ = true;
    requests_.push_back({request::kind::close});
    out += message.bytes;
    return true;
}

bool wire_capture::implementation::on_sync(const frame_walker::piece& message, std::string& out) {
    const bool autocommit = status_ == 'I' && !batch_control_;
    if (autocommit && batch_writes_ && !batch_copy_) {
        if (token_ == capability::probing)
            return false;
        if (token_ == capability::present)
            ask_token(out);
    }
    if (autocommit)
        recorder_->commit_sent();
    if (!copy_in_)
        requests_.push_back({request::kind::sync});
    extended_open_ = false;
    if (!batch_copy_) {
        batch_writes_ = false;
        batch_control_ = false;
        block_sent_ = false;
    }
    out += message.bytes;
    return true;
}

void wire_capture::implementation::on_copy(const frame_walker::piece& message, std::string& out) {
    if (message.tag == 'd') {
        if (copy_ && copy_->copy_data) {
            if (copy_->copy_data->size() + message.bytes.size() >
                context_.duet->options().queue_bytes_max / 2) {
                copy_->copy_overflow = true;
                copy_->copy_data->clear();
            } else if (!copy_->copy_overflow) {
                copy_->copy_data->append(message.body());
            }
        }
    } else {
        if (copy_in_ || copy_)  // else the COPY failed already and the server ignores this
            requests_.push_back({request::kind::copy_end});
        copy_in_ = false;
        batch_copy_ = false;
        copy_.reset();
    }
    out += message.bytes;
}

}  // namespace pgduet::capture
