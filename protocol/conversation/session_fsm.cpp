#include "protocol/conversation/session_fsm.hpp"

#include <cassert>

#include "protocol/backend/bind_complete.hpp"
#include "protocol/backend/close_complete.hpp"
#include "protocol/backend/command_complete.hpp"
#include "protocol/backend/copy_response.hpp"
#include "protocol/backend/empty_query_response.hpp"
#include "protocol/backend/error_response.hpp"
#include "protocol/backend/no_data.hpp"
#include "protocol/backend/parameter_description.hpp"
#include "protocol/backend/parameter_status.hpp"
#include "protocol/backend/parse_complete.hpp"
#include "protocol/backend/portal_suspended.hpp"
#include "protocol/backend/row_description.hpp"
#include "protocol/sql_types/sqlstate.hpp"

namespace pgduet::protocol {

namespace {

sql_error violation(std::string message) {
    return make_error(sqlstate::protocol_violation, std::move(message));
}

std::string in_quotes(std::string_view name) {
    return '"' + std::string(name) + '"';
}

sql_error no_such_statement(std::string_view name) {
    return make_error(sqlstate::invalid_sql_statement_name,
                      name.empty() ? "unnamed prepared statement does not exist"
                                   : "prepared statement " + in_quotes(name) + " does not exist");
}

sql_error no_such_portal(std::string_view name) {
    return make_error(sqlstate::invalid_cursor_name,
                      "portal " + in_quotes(name) + " does not exist");
}

/// Messages after whose failure PostgreSQL discards everything up to the next Sync. After the
/// others a ReadyForQuery follows at once.
bool is_extended(char tag) {
    return std::string_view("BCDEHP").find(tag) != std::string_view::npos;
}

/// What is wrong with the counts and codes of a Bind, in PostgreSQL's words and order.
std::optional<sql_error> check_bind(const bind& message, std::size_t parameter_count) {
    const std::size_t formats = message.parameter_formats.size();
    const std::size_t values = message.values.size();
    if (formats > 1 && formats != values)
        return violation("bind message has " + std::to_string(formats) + " parameter formats but " +
                         std::to_string(values) + " parameters");
    if (values != parameter_count)
        return violation("bind message supplies " + std::to_string(values) +
                         " parameters, but prepared statement " + in_quotes(message.statement) +
                         " requires " + std::to_string(parameter_count));
    for (const auto* list : {&message.parameter_formats, &message.result_formats})
        for (const format one : *list)
            if (one != format::text && one != format::binary)
                return make_error(
                    sqlstate::invalid_parameter_value,
                    "unsupported format code: " + std::to_string(static_cast<int>(one)));
    return std::nullopt;
}

std::vector<parameter> parameters_of(const bind& message) {
    std::vector<parameter> out;
    out.reserve(message.values.size());
    const auto& formats = message.parameter_formats;
    for (std::size_t i = 0; i < message.values.size(); ++i) {
        parameter one;
        if (!formats.empty())
            one.encoding = formats.size() == 1 ? formats[0] : formats[i];
        if (message.values[i])
            one.value = std::string(*message.values[i]);
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace

// Life: every path through the machine ends in one of the next few functions.

session_action session_fsm::start() {
    return read_next();
}

session_action session_fsm::read_next() {
    state_ = state::reading;
    return step::read{};
}

session_action session_fsm::flush_output() {
    state_ = state::flushing;
    return step::flush{};
}

session_action session_fsm::flushed() {
    assert(state_ == state::flushing);
    return read_next();
}

session_action session_fsm::end_transaction() {
    state_ = state::syncing;
    return step::sync{};
}

session_action session_fsm::refuse(const sql_error& error) {
    put(error);
    skipping_ = !ready_after_abort_;
    executing_ = false;
    state_ = state::aborting;
    return step::abort{};
}

session_action session_fsm::finish(sql_error error) {
    error.severity = "FATAL";
    held_tag_.reset();
    put(error);
    state_ = state::over;
    return step::finish{std::move(error)};
}

bool session_fsm::at_rest() const {
    return state_ == state::reading && ready_ && output_.empty() && portals_.empty() &&
           status_ == transaction::idle;
}

// Messages.

session_action session_fsm::on_fatal(const sql_error& error) {
    return finish(error);
}

session_action session_fsm::on_bad_frame(boost::system::error_code why, char tag) {
    if (why == errc::unknown_message)
        return finish(violation("invalid frontend message type " +
                                std::to_string(static_cast<unsigned char>(tag))));
    return finish(violation("invalid message length"));
}

session_action session_fsm::on_frame(const frame& message) {
    assert(state_ == state::reading);
    // A message that is skipped is not looked into, either.
    if (skipping_ && message.tag != protocol::sync::tag && message.tag != terminate::tag)
        return read_next();
    const auto decoded = decode_frontend(message.tag, message.body);
    if (decoded)
        return on_message(*decoded);
    if (decoded.error() == errc::unknown_message)
        return on_bad_frame(decoded.error(), message.tag);
    const sql_error error = violation("invalid message format: " + decoded.error().message());
    ready_ = false;
    if (copying_in_) {
        state_ = state::working;
        copying_in_ = false;
        return step::copy_in_failed{{}, error};
    }
    ready_after_abort_ = !is_extended(message.tag);
    return refuse(error);
}

session_action session_fsm::on_message(const frontend_message& message) {
    assert(state_ == state::reading);
    if (std::holds_alternative<terminate>(message)) {
        state_ = state::over;
        return step::finish{};
    }
    if (copying_in_)
        return on_copy_message(message);
    ready_after_abort_ = false;
    if (std::holds_alternative<protocol::sync>(message)) {
        skipping_ = false;
        ready_ = false;
        return end_transaction();
    }
    if (skipping_)
        return read_next();
    // A client may still be sending the data of a COPY whose failure it has not yet heard of.
    if (std::holds_alternative<copy_data>(message) || std::holds_alternative<copy_done>(message) ||
        std::holds_alternative<copy_fail>(message))
        return read_next();
    if (std::holds_alternative<password_data>(message))
        return on_bad_frame(errc::unknown_message, password_data::tag);
    if (std::holds_alternative<protocol::flush>(message))
        return flush_output();
    ready_ = false;
    if (const auto* one = std::get_if<query>(&message))
        return on_query(*one);
    if (const auto* one = std::get_if<parse>(&message))
        return on_parse(*one);
    if (const auto* one = std::get_if<bind>(&message))
        return on_bind(*one);
    if (const auto* one = std::get_if<describe>(&message))
        return on_describe(*one);
    if (const auto* one = std::get_if<execute>(&message))
        return on_execute(*one);
    if (const auto* one = std::get_if<close>(&message))
        return on_close(*one);
    assert(std::holds_alternative<function_call>(message));
    ready_after_abort_ = true;
    return refuse(
        make_error(sqlstate::feature_not_supported, "FunctionCall messages are not supported"));
}

session_action session_fsm::on_query(const query& message) {
    statements_.erase("");
    portals_.erase("");
    in_query_ = true;
    query_answered_ = false;
    state_ = state::working;
    return step::query{std::string(message.text)};
}

session_action session_fsm::on_parse(const parse& message) {
    if (message.name.empty())
        statements_.erase("");  // gone even if the new one turns out to be wrong
    pending_name_ = message.name;
    pending_statement_ = {nullptr, std::string(message.text), message.types, 0};
    state_ = state::working;
    return step::prepare{pending_name_, pending_statement_.text, message.types};
}

session_action session_fsm::prepared(session_handle statement, std::size_t parameter_count) {
    assert(state_ == state::working);
    if (!pending_name_.empty() && statements_.contains(pending_name_))
        return refuse(
            make_error(sqlstate::duplicate_prepared_statement,
                       "prepared statement " + in_quotes(pending_name_) + " already exists"));
    pending_statement_.handle = std::move(statement);
    pending_statement_.parameter_count = parameter_count;
    statements_[pending_name_] = std::move(pending_statement_);
    byte_writer out(output_);
    parse_complete{}.encode(out);
    return read_next();
}

session_action session_fsm::on_bind(const bind& message) {
    const auto found = statements_.find(std::string(message.statement));
    if (found == statements_.end())
        return refuse(no_such_statement(message.statement));
    if (const auto error = check_bind(message, found->second.parameter_count))
        return refuse(*error);
    pending_name_ = message.portal;
    if (pending_name_.empty())
        portals_.erase("");
    else if (portals_.contains(pending_name_))
        return refuse(make_error(sqlstate::duplicate_cursor,
                                 "cursor " + in_quotes(pending_name_) + " already exists"));
    state_ = state::working;
    return step::bind{
        found->second.handle, pending_name_, parameters_of(message), message.result_formats};
}

session_action session_fsm::bound(session_handle portal) {
    assert(state_ == state::working);
    portals_[pending_name_] = std::move(portal);
    byte_writer out(output_);
    bind_complete{}.encode(out);
    return read_next();
}

session_action session_fsm::on_describe(const describe& message) {
    describing_statement_ = message.kind == describe::target::statement;
    if (describing_statement_) {
        const auto found = statements_.find(std::string(message.name));
        if (found == statements_.end())
            return refuse(no_such_statement(message.name));
        state_ = state::working;
        return step::describe_statement{found->second.handle};
    }
    const auto found = portals_.find(std::string(message.name));
    if (found == portals_.end())
        return refuse(no_such_portal(message.name));
    state_ = state::working;
    return step::describe_portal{found->second};
}

session_action session_fsm::described(const std::vector<oid>& parameter_types,
                                      const std::vector<column>& columns) {
    assert(state_ == state::working);
    // PostgreSQL must look into the catalog to describe a result, and cannot in a failed
    // transaction; what returns no rows (COMMIT, ROLLBACK) it describes.
    if (status_ == transaction::failed && !columns.empty())
        return refuse(make_error(sqlstate::in_failed_sql_transaction,
                                 "current transaction is aborted, commands ignored until end of "
                                 "transaction block"));
    byte_writer out(output_);
    if (describing_statement_)
        parameter_description{parameter_types}.encode(out);
    if (columns.empty())
        no_data{}.encode(out);
    else
        encode_row_description(out, columns);
    return read_next();
}

session_action session_fsm::on_execute(const execute& message) {
    const auto found = portals_.find(std::string(message.portal));
    if (found == portals_.end())
        return refuse(no_such_portal(message.portal));
    pending_name_ = message.portal;
    executing_ = true;
    state_ = state::working;
    return step::execute{found->second, static_cast<std::uint64_t>(std::max(message.rows_max, 0))};
}

session_action session_fsm::executed(std::string_view tag, transaction now) {
    assert(state_ == state::working && executing_);
    put_completion(tag);
    set_status(now);
    executing_ = false;
    return read_next();
}

session_action session_fsm::suspended() {
    assert(state_ == state::working && executing_);
    byte_writer out(output_);
    portal_suspended{}.encode(out);
    executing_ = false;
    return read_next();
}

session_action session_fsm::failed(const sql_error& error, transaction now) {
    assert(state_ == state::working && !in_query_);
    executing_ = false;
    put(error);
    set_status(now);
    if (now == transaction::idle)
        portals_.clear();  // the implicit transaction is gone
    skipping_ = true;
    return read_next();
}

session_action session_fsm::on_close(const close& message) {
    // PostgreSQL leaves the portals made of a closed statement alive, whatever its manual says.
    if (message.kind == close::target::statement)
        statements_.erase(std::string(message.name));
    else
        portals_.erase(std::string(message.name));
    byte_writer out(output_);
    close_complete{}.encode(out);
    return read_next();
}

session_action session_fsm::aborted(transaction now) {
    assert(state_ == state::aborting);
    set_status(now);
    if (now == transaction::idle)
        portals_.clear();
    return ready_after_abort_ ? end_transaction() : read_next();
}

session_action session_fsm::synced(const std::optional<sql_error>& error, transaction now) {
    assert(state_ == state::syncing);
    if (error)
        held_tag_.reset();
    put_held_completion();
    if (error)
        put(*error);
    set_status(now);
    if (now == transaction::idle)
        portals_.clear();
    in_query_ = false;
    put_ready();
    return flush_output();
}

// Reports.

void session_fsm::row_description(const std::vector<column>& columns) {
    assert(state_ == state::working);
    put_held_completion();
    query_answered_ = true;
    byte_writer out(output_);
    encode_row_description(out, columns);
}

void session_fsm::row(std::string_view body) {
    assert(state_ == state::working);
    byte_writer out(output_);
    const auto mark = out.open('D');
    out.bytes(body);
    out.close(mark);
}

void session_fsm::notice(const sql_error& notice) {
    put_held_completion();
    byte_writer out(output_);
    notice_response{notice}.encode(out);
}

void session_fsm::parameter_changed(std::string name, std::string value) {
    changed_.emplace_back(std::move(name), std::move(value));
}

void session_fsm::complete(std::string_view tag, transaction now) {
    assert(state_ == state::working && in_query_);
    put_held_completion();
    query_answered_ = true;
    set_status(now);
    held_tag_ = std::string(tag);
}

void session_fsm::fail(const sql_error& error, transaction now) {
    assert(state_ == state::working && in_query_);
    put_held_completion();
    query_answered_ = true;
    put(error);
    set_status(now);
}

session_action session_fsm::query_done() {
    assert(state_ == state::working && in_query_);
    if (!query_answered_)
        held_tag_ = "";
    return end_transaction();
}

// COPY.

session_action session_fsm::copy_in_started(format overall, const std::vector<format>& columns) {
    assert(state_ == state::working);
    put_held_completion();
    query_answered_ = true;
    copying_in_ = true;
    byte_writer out(output_);
    copy_in_response{overall, columns}.encode(out);
    return flush_output();
}

session_action session_fsm::on_copy_message(const frontend_message& message) {
    if (std::holds_alternative<protocol::flush>(message) ||
        std::holds_alternative<protocol::sync>(message))
        return read_next();  // PostgreSQL, too, lets these pass for clients that always send them
    state_ = state::working;
    if (const auto* one = std::get_if<copy_data>(&message))
        return step::copy_in_data{std::string(one->data)};
    copying_in_ = false;
    if (std::holds_alternative<copy_done>(message))
        return step::copy_in_done{};
    if (const auto* one = std::get_if<copy_fail>(&message))
        return step::copy_in_failed{std::string(one->reason), std::nullopt};
    const char tag = std::visit([](const auto& one) { return one.tag; }, message);
    constexpr char digits[] = "0123456789ABCDEF";
    const auto code = static_cast<unsigned char>(tag);
    return step::copy_in_failed{
        {},
        violation(std::string("unexpected message type 0x") + digits[code >> 4] +
                  digits[code & 15] + " during COPY from stdin")};
}

session_action session_fsm::copy_taken() {
    assert(state_ == state::working && copying_in_);
    return read_next();
}

void session_fsm::copy_out_started(format overall, const std::vector<format>& columns) {
    assert(state_ == state::working);
    put_held_completion();
    query_answered_ = true;
    copying_out_ = true;
    byte_writer out(output_);
    copy_out_response{overall, columns}.encode(out);
}

void session_fsm::copy_out_row(std::string_view data) {
    assert(state_ == state::working && copying_out_);
    byte_writer out(output_);
    copy_data{data}.encode(out);
}

// Output.

void session_fsm::put(const sql_error& error) {
    copying_in_ = false;
    copying_out_ = false;
    byte_writer out(output_);
    error_response{error}.encode(out);
}

void session_fsm::put_completion(std::string_view tag) {
    byte_writer out(output_);
    if (std::exchange(copying_out_, false))
        copy_done{}.encode(out);
    if (tag.empty())
        empty_query_response{}.encode(out);
    else
        command_complete{tag}.encode(out);
}

void session_fsm::put_held_completion() {
    if (const auto tag = std::exchange(held_tag_, std::nullopt))
        put_completion(*tag);
}

void session_fsm::put_ready() {
    byte_writer out(output_);
    for (const auto& [name, value] : std::exchange(changed_, {}))
        parameter_status{name, value}.encode(out);
    ready_for_query{status_}.encode(out);
    ready_ = true;
}

void session_fsm::set_status(transaction now) {
    const bool ended = status_ != transaction::idle && now == transaction::idle;
    status_ = now;
    if (!ended)
        return;
    std::erase_if(portals_,
                  [this](const auto& one) { return !(executing_ && one.first == pending_name_); });
}

// Statements.

const session_fsm::prepared_statement* session_fsm::find_statement(const std::string& name) const {
    const auto found = statements_.find(name);
    return found == statements_.end() ? nullptr : &found->second;
}

void session_fsm::store_statement(const std::string& name, prepared_statement statement) {
    statements_[name] = std::move(statement);
}

bool session_fsm::deallocate(const std::string& name) {
    return statements_.erase(name) > 0;
}

void session_fsm::deallocate_all() {
    statements_.clear();
}

}  // namespace pgduet::protocol
