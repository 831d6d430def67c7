#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shadow/capture/recorder.hpp"
#include "shadow/capture/statement_facts.hpp"
#include "shadow/capture/wire_capture.hpp"
#include "shadow/store/sqlite/database.hpp"
#include "shadow/store/sqlite/serve_session.hpp"

namespace pgduet::proxy {

capture::statement_facts look_up_facts(store::sqlite::database& store,
                                       const sql::statement& statement);

/// Turns what a serving session executes into exchanges for the recorder: one statement at a time,
/// then the ends of transactions. Calls come in the order of the conversation.
class serve_recording {
public:
    serve_recording(capture::wire_capture::shared context,
                    std::uint64_t session,
                    std::vector<std::pair<std::string, std::string>> settings);
    ~serve_recording();

    /// A statement goes to the engine.
    void begin(shadow::exchange about_to_run);
    bool running() const { return current_.has_value(); }
    void row(std::string_view body);
    void copy_data(std::string_view payload);
    /// It ended; `columns` as the client saw them.
    void end(store::sqlite::progress& done, const std::vector<protocol::column>& columns);
    void suspended();
    /// It failed before it ran.
    void failed_early(shadow::exchange tried, const protocol::sql_error& error);

    /// A statement that nobody runs.
    void skip(const ledger::reason& why) { context_.duet->skip(why); }

    /// COMMIT or the end of an implicit transaction is about to reach the engine.
    void commit_sent() { recorder_.commit_sent(); }
    void ended(shadow::unit_end how, std::uint64_t position, const std::string& now) {
        recorder_.ended(how, position, now);
    }
    void begin_block(const std::string& isolation) { recorder_.begin_block(isolation); }
    void settings_now(std::vector<std::pair<std::string, std::string>> settings) {
        recorder_.start_settings(std::move(settings));
    }

private:
    void complete();

    capture::wire_capture::shared context_;
    capture::recorder recorder_;
    std::optional<shadow::exchange> current_;
    capture::primary_order::mark since_;
    std::chrono::steady_clock::time_point started_;
    std::string copy_data_;
    bool copy_data_lost_ = false;  ///< beyond the queue's own bound
};

}  // namespace pgduet::proxy
