#include "proxy/serve/serve_recording.hpp"

namespace pgduet::proxy {

using std::chrono::steady_clock;

capture::statement_facts look_up_facts(store::sqlite::database& store,
                                       const sql::statement& statement) {
    return capture::facts_of(statement, [&store](const sql::relation_ref& which) {
        return store.find_relation(which.schema, which.name);
    });
}

serve_recording::serve_recording(capture::wire_capture::shared context,
                                 std::uint64_t session,
                                 std::vector<std::pair<std::string, std::string>> settings)
    : context_(context), recorder_(*context.duet, *context.order, session) {
    recorder_.start_settings(std::move(settings));
}

serve_recording::~serve_recording() = default;

void serve_recording::begin(shadow::exchange about_to_run) {
    current_ = std::move(about_to_run);
    since_ = recorder_.sent(*current_);
    started_ = steady_clock::now();
    copy_data_.clear();
    copy_data_lost_ = false;
}

void serve_recording::row(std::string_view body) {
    if (current_)
        current_->primary.rows.add(body);
}

void serve_recording::copy_data(std::string_view payload) {
    if (copy_data_.size() + payload.size() > context_.duet->options().queue_bytes_max / 2)
        copy_data_lost_ = true;
    if (copy_data_lost_)
        copy_data_.clear();
    else
        copy_data_ += payload;
}

void serve_recording::end(store::sqlite::progress& done,
                          const std::vector<protocol::column>& columns) {
    if (!current_)
        return;
    if (copy_data_lost_ && !done.error) {
        // Without its data the COPY cannot be repeated: named as lost, never compared without.
        std::vector<std::string> tables;
        for (const sql::relation_ref& which : current_->statement->relations)
            tables.push_back(which.name);
        context_.duet->lose(1, tables, "COPY data beyond the bound (queue_bytes_max / 2)");
        current_.reset();
        return;
    }
    current_->primary.error = done.error;
    current_->primary.tag = done.tag;
    current_->primary.columns = columns;
    current_->effects = std::move(done.effects);
    current_->has_effects = done.has_effects;
    current_->generated = std::move(done.generated);
    if (current_->statement->kind == sql::statement_kind::copy_from && !copy_data_lost_)
        current_->copy_data = std::make_shared<const std::string>(std::move(copy_data_));
    complete();
}

void serve_recording::suspended() {
    if (!current_)
        return;
    current_->primary.suspended = true;
    complete();
}

void serve_recording::failed_early(shadow::exchange tried, const protocol::sql_error& error) {
    begin(std::move(tried));
    current_->primary.error = error;
    complete();
}

void serve_recording::complete() {
    current_->primary_latency =
        std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - started_);
    recorder_.completed(std::move(*current_), since_);
    current_.reset();
}

}  // namespace pgduet::proxy
