#pragma once

// Inside of wire_capture: one class, its two directions in client_side.cpp and server_side.cpp.

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shadow/capture/frame_walker.hpp"
#include "shadow/capture/in_flight.hpp"
#include "shadow/capture/own_messages.hpp"
#include "shadow/capture/relation_cache.hpp"
#include "shadow/capture/wire_capture.hpp"

namespace pgduet::capture {

class wire_capture::implementation {
public:
    implementation(shared context,
                   std::uint64_t session,
                   std::vector<std::pair<std::string, std::string>> startup);

    void on_client(std::string_view bytes, std::string& to_server);
    void on_server(std::string_view bytes, std::string& to_client, std::string& to_server);
    bool wants_client() const { return !holding_; }
    bool at_rest() const;
    void abandon();

    char status_ = 'I';
    bool terminated_ = false;
    bool pinned_ = false;
    frame_walker client_;
    frame_walker server_;
    std::map<std::string, std::shared_ptr<prepared_statement>, std::less<>> statements_;
    std::map<std::string, std::string> settings_;

private:
    using running = std::shared_ptr<running_statement>;

    // client_side.cpp: each returns false to hold the message until the server answered more.
    bool handle_client(const frame_walker::piece& message, std::string& out);
    bool on_query(const frame_walker::piece& message, std::string& out);
    bool on_parse(const frame_walker::piece& message, std::string& out);
    bool on_bind(const frame_walker::piece& message, std::string& out);
    bool on_describe(const frame_walker::piece& message, std::string& out);
    bool on_execute(const frame_walker::piece& message, std::string& out);
    bool on_close(const frame_walker::piece& message, std::string& out);
    bool on_sync(const frame_walker::piece& message, std::string& out);
    void on_copy(const frame_walker::piece& message, std::string& out);
    void follow_only(const frame_walker::piece& message);

    /// True when every relation of the statement is known; else asks the primary (if that is
    /// possible now) and returns false: hold.
    bool relations_known(const sql::statement& statement, std::string& out);
    std::shared_ptr<const sql::relation_info> relation(const sql::relation_ref& which) const;
    relation_cache::key key_of(const sql::relation_ref& which) const;
    void resolve(const sql::statement& statement, prepared_statement& out) const;
    hidden_returning plan_returning(const sql::statement& insert,
                                    const sql::relation_info* target) const;
    void probe_token(std::string& out);
    void ask_token(std::string& out);  ///< Bind and Execute of the token statement
    running start(std::shared_ptr<const sql::statement> statement, const prepared_statement* of);
    void start_copy(const running& run);

    bool drained() const { return requests_.empty(); }
    /// The transaction status the server will have when it gets to what is sent next.
    bool status_certain() const;
    bool outstanding_sync() const;

    // server_side.cpp
    void handle_server(const frame_walker::piece& message, std::string& out);
    /// Answers to pgduet's own requests. True when the message was one.
    bool on_own(const frame_walker::piece& message);
    bool on_row(std::string_view body);  ///< true: hide it
    void on_error(const frame_walker::piece& message, std::string& out);
    bool on_complete(std::string_view tag);  ///< true: hide or hold it
    void on_description(const frame_walker::piece& message, std::string& out);
    void on_ready(char status);
    void on_copy_in();
    void finish(running run);
    void take_generated(running_statement& run);
    void take_description(running_statement& run);
    void take_hidden(running_statement& run);
    void take_returned(running_statement& run);
    void end_of_transaction();
    void apply_session_effects(const shadow::exchange& done);
    running current() const;

    shared context_;
    std::unique_ptr<recorder> recorder_;

    std::deque<request> requests_;
    std::map<std::string, portal, std::less<>> portals_;
    std::map<relation_cache::key, std::shared_ptr<const sql::relation_info>> local_relations_;

    std::string held_;  ///< client bytes behind the message that waits
    bool holding_ = false;

    bool extended_open_ = false;  ///< messages since the last Sync
    bool copy_in_ = false;        ///< the server takes CopyData
    running copy_;                ///< COPY FROM STDIN whose data comes
    bool batch_writes_ = false;   ///< since the last Sync: a statement that may write
    bool batch_control_ = false;  ///< since the last Sync: BEGIN, COMMIT, ...
    bool batch_copy_ = false;     ///< since the last Sync: COPY FROM without its end
    bool uncertain_ = false;      ///< an unanswered batch may change the status
    bool block_sent_ = false;     ///< BEGIN sent in this batch

    bool failed_ = false;          ///< the implicit transaction of this batch failed
    bool schema_changed_ = false;  ///< DDL in the open transaction
    std::string held_complete_;    ///< CommandComplete held until the commit is proven

    enum class capability { unknown, probing, present, absent };
    capability token_ = capability::unknown;
    bool relation_prepared_ = false;
    relation_cache::key looked_up_;
    std::vector<std::vector<protocol::cell>> lookup_rows_;
    own::position position_;
};

}  // namespace pgduet::capture
