#include <algorithm>

#include "protocol/backend/error_response.hpp"
#include "protocol/backend/row_description.hpp"
#include "protocol/byte_reader.hpp"
#include "protocol/sql_types/value_codec.hpp"
#include "shadow/capture/wire_capture_implementation.hpp"
#include "shadow/generated_columns.hpp"
#include "shadow/store/postgres/relation_query.hpp"

namespace pgduet::capture {

using sql::statement_kind;

namespace {

/// Larger rows and all COPY data pass through in pieces.
constexpr std::uint32_t row_bytes_max = 256u << 10;

bool stream_from_server(char tag, std::uint32_t length) {
    return tag == 'd' || (tag == 'D' && length > row_bytes_max);
}
bool stream_when_following(char tag, std::uint32_t) {
    return tag != 'Z';
}

protocol::cell as_text(protocol::cell value, protocol::oid type, protocol::format encoding) {
    if (!value || encoding == protocol::format::text)
        return value;
    if (auto text = protocol::binary_to_text(type, *value, {}))
        return std::move(*text);
    return value;
}

bool is_always(const sql::column_info& column) {
    return column.default_source == sql::column_info::source::identity_always;
}

bool ends_batch(const request& one) {
    return one.what == request::kind::sync || one.what == request::kind::query ||
           one.what == request::kind::function_call;
}

}  // namespace

void wire_capture::implementation::on_server(std::string_view bytes,
                                             std::string& to_client,
                                             std::string& to_server) {
    if (!recorder_) {
        to_client += bytes;
        while (const auto piece = server_.next(bytes, stream_when_following)) {
            if (piece->first && piece->tag == 'G')
                on_copy_in();
            if (piece->tag == 'Z')
                on_ready(piece->body()[0]);
        }
        return;
    }
    while (const auto piece = server_.next(bytes, stream_from_server))
        handle_server(*piece, to_client);
    if (holding_) {
        holding_ = false;
        const std::string again = std::exchange(held_, {});
        on_client(again, to_server);
    }
}

void wire_capture::implementation::handle_server(const frame_walker::piece& message,
                                                 std::string& out) {
    const bool whole = message.first && message.last;
    const bool asynchronous = message.tag == 'A' || message.tag == 'N' || message.tag == 'S';
    if (asynchronous || requests_.empty()) {
        out += message.bytes;
        return;
    }
    if (requests_.front().by != request::owner::client) {
        if (whole && on_own(message))
            return;
        out += message.bytes;
        return;
    }
    bool hide = false;
    switch (message.tag) {
        case '1':
        case '2':
        case '3':
            requests_.pop_front();
            break;
        case 't':
        case 'T':
        case 'n':
            on_description(message, out);
            return;
        case 'D':
            if (whole)
                hide = on_row(message.body());
            else if (const running run = current(); run && message.first)
                run->exchange.primary.rows.add_unseen();
            break;
        case 'C':
            hide = on_complete(message.body().substr(0, message.body().find('\0')));
            if (hide && held_complete_.empty() && !requests_.empty() &&
                requests_.front().token_appended &&
                requests_.front().at == requests_.front().parts.size())
                held_complete_.assign(message.bytes);
            break;
        case 'I':
            if (requests_.front().what == request::kind::execute)
                requests_.pop_front();
            break;
        case 's':
            if (requests_.front().run) {
                const running run = requests_.front().run;
                if (const auto found = portals_.find(requests_.front().portal_name);
                    found != portals_.end())
                    found->second.suspended = run;
            }
            requests_.pop_front();
            break;
        case 'G':
            on_copy_in();
            break;
        case 'E':
            on_error(message, out);
            return;
        case 'Z':
            if (!held_complete_.empty())
                out += std::exchange(held_complete_, {});
            on_ready(message.body()[0]);
            break;
        default:
            break;
    }
    if (!hide)
        out += message.bytes;
}

wire_capture::implementation::running wire_capture::implementation::current() const {
    if (requests_.empty())
        return nullptr;
    const request& front = requests_.front();
    if (front.what == request::kind::execute)
        return front.run;
    if (front.what == request::kind::query && front.at < front.parts.size())
        return front.parts[front.at];
    return nullptr;
}

bool wire_capture::implementation::on_own(const frame_walker::piece& message) {
    const request front = requests_.front();
    switch (message.tag) {
        case '1':
        case '2':
        case '3':
            requests_.pop_front();
            return true;
        case 'D':
            if (front.by == request::owner::relation) {
                lookup_rows_.push_back(protocol::row_buffer::fields(message.body()));
            } else {
                position_ = own::read_position(message.body());
            }
            return true;
        case 'C':
            requests_.pop_front();
            return true;
        case 'E':
            // Everything up to our own Sync is skipped by the server. Without a Sync of ours the
            // client's transaction failed with it, and the client must see why.
            while (!requests_.empty() && requests_.front().by == front.by &&
                   requests_.front().what != request::kind::sync)
                requests_.pop_front();
            if (front.by == request::owner::probe)
                token_ = capability::absent;
            if (front.by == request::owner::relation && front.what == request::kind::parse)
                relation_prepared_ = false;
            failed_ = failed_ || front.by == request::owner::token;
            return !requests_.empty() && requests_.front().by == front.by;
        case 'Z':
            status_ = message.body()[0];
            requests_.pop_front();
            if (front.by == request::owner::probe && token_ == capability::probing)
                token_ = capability::present;
            if (front.by == request::owner::relation) {
                std::shared_ptr<const sql::relation_info> found;
                if (!lookup_rows_.empty()) {
                    if (auto decoded = store::postgres::decode_relation(lookup_rows_))
                        found = std::make_shared<const sql::relation_info>(std::move(*decoded));
                }
                // What only this transaction can see, or nobody can, is not for the others.
                if (found && !schema_changed_)
                    context_.relations->put(looked_up_, found);
                else
                    local_relations_[looked_up_] = found;
            }
            return true;
        default:
            return message.tag == 'T' || message.tag == 'n' || message.tag == 't';
    }
}

void wire_capture::implementation::on_description(const frame_walker::piece& message,
                                                  std::string& out) {
    const request& front = requests_.front();
    if (front.what == request::kind::describe) {
        prepared_statement* of = front.statement.get();
        if (message.tag == 't') {
            protocol::byte_reader in(message.body());
            const int count = in.int16();
            std::vector<protocol::oid> types;
            for (int i = 0; i < count && !in.error(); ++i)
                types.push_back(static_cast<protocol::oid>(in.int32()));
            if (of != nullptr)
                of->parameter_types = std::move(types);
            out += message.bytes;
            return;
        }
        const bool hidden = of != nullptr && of->hidden.active();
        if (message.tag == 'T' && of != nullptr && !hidden) {
            if (const auto decoded =
                    protocol::row_description::decode(protocol::byte_reader(message.body())))
                of->columns = decoded->columns;
        }
        requests_.pop_front();
        if (message.tag == 'T' && hidden)
            own::no_data(out);
        else
            out += message.bytes;
        return;
    }
    // The rows of a simple query.
    const running run = current();
    if (message.tag == 'T' && run) {
        if (run->hidden.active())
            return;
        if (const auto decoded =
                protocol::row_description::decode(protocol::byte_reader(message.body())))
            run->exchange.primary.columns = decoded->columns;
    }
    if (!run && front.token_appended)
        return;  // the appended token statement
    out += message.bytes;
}

bool wire_capture::implementation::on_row(std::string_view body) {
    const running run = current();
    if (!run) {
        if (requests_.front().token_appended) {
            position_ = own::read_position(body);
            return true;
        }
        return false;
    }
    if (run->hidden.active()) {
        run->hidden_rows.push_back(protocol::row_buffer::fields(body));
        return true;
    }
    run->exchange.primary.rows.add(body);
    return false;
}

bool wire_capture::implementation::on_complete(std::string_view tag) {
    request& front = requests_.front();
    if (front.what == request::kind::query) {
        if (front.at >= front.parts.size())
            return front.token_appended;
        const running run = front.parts[front.at++];
        const bool hold = front.token_appended && front.at == front.parts.size();
        run->exchange.primary.tag = tag;
        finish(run);
        return hold;
    }
    const running run = front.run;
    if (const auto found = portals_.find(front.portal_name); found != portals_.end())
        found->second.suspended.reset();
    requests_.pop_front();
    while (!requests_.empty() && requests_.front().what == request::kind::copy_end)
        requests_.pop_front();
    if (run) {
        run->exchange.primary.tag = tag;
        finish(run);
    }
    return false;
}

void wire_capture::implementation::on_error(const frame_walker::piece& message, std::string& out) {
    held_complete_.clear();
    failed_ = true;
    copy_in_ = false;
    copy_.reset();
    batch_copy_ = false;
    out += message.bytes;
    if (requests_.empty())
        return;
    request& front = requests_.front();
    running run = current();
    if (!run && front.what == request::kind::parse && front.statement->statement) {
        // Refused before it ran: for the comparison that is the statement's outcome.
        run = start(front.statement->statement, front.statement.get());
        run->since = recorder_->sent(run->exchange);
        run->sent = std::chrono::steady_clock::now();
    }
    if (front.what == request::kind::parse) {
        const auto found = statements_.find(front.name);
        if (found != statements_.end() && found->second == front.statement)
            statements_.erase(found);
    }
    if (!run && front.what == request::kind::bind) {
        // Bind failed (a value its type does not take): the Execute behind it says what was meant.
        const auto execute = std::find_if(requests_.begin(), requests_.end(), [](const request& r) {
            return r.what == request::kind::execute && r.by == request::owner::client;
        });
        if (execute != requests_.end())
            run = execute->run;
    }
    if (!run)
        return;
    if (const auto decoded =
            protocol::error_response::decode(protocol::byte_reader(message.body())))
        run->exchange.primary.error = decoded->error;
    else
        run->exchange.primary.error = protocol::make_error("XX000", "unreadable error");
    run->exchange.primary.rows = {};
    run->exchange.parameters.resize(
        run->parsable ? static_cast<std::size_t>(run->exchange.statement->parameter_count) : 0);
    if (front.what == request::kind::query)
        front.at = front.parts.size();
    finish(run);
}

void wire_capture::implementation::on_copy_in() {
    copy_in_ = true;
    // A Sync sent behind the Execute of a COPY is ignored by the server while it takes data
    // (manual 55.2.6), so no ReadyForQuery will answer it.
    std::erase_if(requests_, [seen_end = false](const request& r) mutable {
        seen_end = seen_end || r.what == request::kind::copy_end;
        return !seen_end && r.what == request::kind::sync;
    });
    if (std::any_of(requests_.begin(), requests_.end(), [](const request& r) {
            return r.what == request::kind::copy_end;
        }))
        copy_in_ = false;  // the client sent data and its end without waiting
}

void wire_capture::implementation::on_ready(char status) {
    while (!requests_.empty()) {
        const bool last = ends_batch(requests_.front());
        requests_.pop_front();
        if (last)
            break;
    }
    // The end of a COPY that a simple Query started stands behind that Query.
    while (!requests_.empty() && requests_.front().what == request::kind::copy_end)
        requests_.pop_front();
    status_ = status;
    if (requests_.empty())
        uncertain_ = false;
    if (!recorder_)
        return;
    if (status == 'I') {
        recorder_->ended(failed_ ? shadow::unit_end::rolled_back : shadow::unit_end::committed,
                         position_.token,
                         position_.now);
        end_of_transaction();
        if (requests_.empty() && !extended_open_) {
            for (auto& [name, one] : portals_) {
                if (one.suspended)
                    context_.duet->skip("session");
            }
            portals_.clear();
        }
    }
    failed_ = false;
}

void wire_capture::implementation::finish(running run) {
    shadow::exchange& e = run->exchange;
    if (!run->parsable) {
        const bool changes = e.primary.succeeded() && !e.primary.tag.starts_with("SELECT");
        if (changes)
            context_.duet->lose(1, {"(unknown)"}, "a statement of unknown syntax succeeded");
        else
            context_.duet->skip("unsupported");
        return;
    }
    e.primary_latency = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - run->sent);
    if (run->copy_overflow) {
        std::vector<std::string> tables;
        for (const sql::relation_ref& which : e.statement->relations)
            tables.push_back(which.name);
        context_.duet->lose(1, tables, "COPY data beyond the bound (queue_bytes_max / 2)");
        return;
    }
    e.copy_data = run->copy_data;
    if (run->of)
        take_description(*run);
    take_generated(*run);
    apply_session_effects(e);
    const statement_kind kind = e.statement->kind;
    const bool ends = (kind == statement_kind::commit || kind == statement_kind::rollback) &&
                      e.primary.succeeded();
    const bool committed = e.primary.tag == "COMMIT";
    recorder_->completed(std::move(e), run->since);
    if (ends) {
        recorder_->ended(committed ? shadow::unit_end::committed : shadow::unit_end::rolled_back,
                         position_.token,
                         position_.now);
        end_of_transaction();
        failed_ = false;
    }
}

void wire_capture::implementation::end_of_transaction() {
    if (schema_changed_)
        context_.relations->clear();  // others may have looked between the DDL and its commit
    position_ = {};
    schema_changed_ = false;
    local_relations_.clear();
}

/// A statement of the extended protocol may have been described after it was sent.
void wire_capture::implementation::take_description(running_statement& run) {
    shadow::exchange& e = run.exchange;
    e.parameter_types = run.of->parameter_types;
    if (run.hidden.active() || e.primary.error)
        return;
    e.primary.columns = run.of->columns;
    for (std::size_t i = 0; i < e.primary.columns.size(); ++i) {
        const auto& asked = e.result_formats;
        e.primary.columns[i].encoding = asked.empty()       ? protocol::format::text
                                        : asked.size() == 1 ? asked.front()
                                        : i < asked.size()  ? asked[i]
                                                            : protocol::format::text;
    }
}

/// Values of generated columns: from the hidden RETURNING, or from the client's own if it names
/// them all.
void wire_capture::implementation::take_generated(running_statement& run) {
    const shadow::exchange& e = run.exchange;
    if (e.statement->kind != statement_kind::insert || !e.target || e.primary.error)
        return;
    if (run.hidden.active())
        take_hidden(run);
    else if (e.statement->returning && e.primary.rows.complete())
        take_returned(run);
}

void wire_capture::implementation::take_hidden(running_statement& run) {
    shadow::exchange& e = run.exchange;
    for (auto& row : run.hidden_rows) {
        for (std::size_t i = 0; i < row.size() && i < run.hidden.types.size(); ++i)
            row[i] = as_text(std::move(row[i]), run.hidden.types[i], run.hidden_format);
    }
    if (!run.hidden.whole_rows) {
        e.generated.columns = run.hidden.columns;
        e.generated.types = run.hidden.types;
        for (const std::string& name : run.hidden.columns)
            e.generated.overriding = e.generated.overriding || is_always(*e.target->find(name));
        e.generated.rows = std::move(run.hidden_rows);
        return;
    }
    e.has_effects = !e.statement->insert.on_conflict;
    for (auto& row : run.hidden_rows) {
        shadow::row_change change;
        change.relation = e.target;
        change.after = std::move(row);
        e.effects.push_back(std::move(change));
    }
}

void wire_capture::implementation::take_returned(running_statement& run) {
    shadow::exchange& e = run.exchange;
    std::vector<std::size_t> where;
    sql::generated_values taken;
    for (const sql::column_info* made_up : shadow::generated_columns(*e.statement, *e.target)) {
        const auto& columns = e.primary.columns;
        const auto found = std::find_if(
            columns.begin(), columns.end(), [&](const auto& c) { return c.name == made_up->name; });
        if (found == columns.end() && shadow::takes_the_units_now(*made_up))
            continue;  // the unit's own time is its value
        if (found == columns.end())
            return;  // not all of them are there: the unit goes on as inexact
        where.push_back(static_cast<std::size_t>(found - columns.begin()));
        taken.columns.push_back(made_up->name);
        taken.types.push_back(made_up->type);
        taken.overriding = taken.overriding || is_always(*made_up);
    }
    if (where.empty())
        return;
    for (const std::string_view body : e.primary.rows.rows()) {
        const auto fields = protocol::row_buffer::fields(body);
        std::vector<protocol::cell> row;
        for (std::size_t i = 0; i < where.size(); ++i) {
            row.push_back(
                as_text(fields.at(where[i]), taken.types[i], e.primary.columns[where[i]].encoding));
        }
        taken.rows.push_back(std::move(row));
    }
    e.generated = std::move(taken);
}

/// What a finished statement changes in the session itself.
void wire_capture::implementation::apply_session_effects(const shadow::exchange& done) {
    if (!done.primary.succeeded())
        return;
    const sql::statement& statement = *done.statement;
    switch (statement.kind) {
        case statement_kind::begin:
            recorder_->begin_block(statement.transaction.isolation.value_or(""));
            break;
        case statement_kind::set:
            if (statement.setting.local || statement.setting.all || statement.setting.name.empty())
                break;
            if (statement.setting.value)
                settings_[statement.setting.name] = *statement.setting.value;
            else
                settings_.erase(statement.setting.name);
            recorder_->setting(statement.setting.name,
                               statement.setting.value ? &*statement.setting.value : nullptr);
            break;
        case statement_kind::notify:
        case statement_kind::declare_cursor:
            pinned_ = pinned_ || statement.kind == statement_kind::notify;
            break;
        case statement_kind::ddl:
        case statement_kind::ddl_outside_transaction:
            pinned_ = pinned_ || statement.temporary;
            schema_changed_ = true;
            local_relations_.clear();
            context_.relations->clear();
            break;
        default:
            break;
    }
    // Recognised by the tag, whichever way they were sent.
    if (done.primary.tag == "DISCARD ALL" || done.primary.tag == "DEALLOCATE ALL") {
        statements_.clear();
        token_ = capability::unknown;
        relation_prepared_ = false;
    }
}

void wire_capture::implementation::abandon() {
    if (recorder_)
        recorder_->abandon();
    requests_.clear();
}

}  // namespace pgduet::capture
