#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shadow/capture/recorder.hpp"
#include "shadow/duet.hpp"
#include "shadow/sql/parse_cache.hpp"

namespace pgduet::capture {

/// The relay's brain, without sockets: sees every byte of both directions of one client session
/// on a PostgreSQL primary, decides what goes on, and, while shadowing, records exchanges, asks
/// for positions (token statement) and hides its own messages from the client.
///
///     client ──on_client──▶ machine ──▶ server         (bytes to send are appended to `to_server`)
///     client ◀── machine ◀──on_server── server         (`to_client`; may also release held bytes
///                                                       into `to_server`)
///
/// Without a duet (stage solo) it only follows message boundaries, ReadyForQuery and named
/// statements, and everything passes unchanged. Bytes may arrive cut anywhere. Not thread-safe:
/// belongs to one session. Starts after authentication: the server connection is idle.
class wire_capture {
public:
    struct shared {
        shadow::duet* duet = nullptr;  ///< null: relay only
        primary_order* order = nullptr;
        class relation_cache* relations = nullptr;  ///< of the primary, shared by all sessions
        sql::parse_cache* parser = nullptr;         ///< shared by all sessions; needed with a duet
    };

    wire_capture(shared context,
                 std::uint64_t session,
                 std::vector<std::pair<std::string, std::string>> startup_settings);
    ~wire_capture();
    wire_capture(wire_capture&&) noexcept;
    wire_capture& operator=(wire_capture&&) noexcept;

    void on_client(std::string_view bytes, std::string& to_server);
    void on_server(std::string_view bytes, std::string& to_client, std::string& to_server);

    /// False while an answer is needed before more of the client's messages may go on; then stop
    /// reading the client until `on_server` was called again.
    bool wants_client() const;
    /// No transaction open, nothing in flight, no message cut in two: the server connection may be
    /// exchanged or the stage changed here.
    bool at_rest() const;
    /// ReadyForQuery's last status: 'I', 'T' or 'E'.
    char transaction_status() const;
    /// The client said Terminate.
    bool terminated() const;
    /// The client broke the framing (length < 4 or over the limit): close with 08P01.
    bool broken() const;

    /// The client's named prepared statements: complete Parse messages, to be replayed on another
    /// store after a switch.
    std::vector<std::string> named_statements() const;
    /// Session settings in force (startup and SET), for the same purpose.
    std::vector<std::pair<std::string, std::string>> settings() const;
    /// Something that cannot move to another store exists: LISTEN, temporary table, held cursor,
    /// advisory lock. Such a session is closed with 57P01 at a switch.
    bool pinned() const;

    /// The connection broke or the client left: what is open is recorded as not comparable.
    void abandon();

private:
    class implementation;
    std::unique_ptr<implementation> self_;
};

}  // namespace pgduet::capture
