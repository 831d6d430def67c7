#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "shadow/sql/translate.hpp"
#include "shadow/store/sqlite/connection.hpp"
#include "shadow/store/sqlite/copy_in.hpp"
#include "shadow/store/sqlite/copy_out.hpp"
#include "shadow/store/sqlite/serve_session.hpp"
#include "shadow/store/sqlite/session_statements.hpp"
#include "shadow/store/sqlite/stored_value.hpp"
#include "shadow/store/sqlite/system_call.hpp"

namespace pgduet::store::sqlite {

/// What a plan holds beside its face.
struct plan::detail {
    sql::translation translation;
    std::uint64_t schema_version = 0;   ///< 0: does not depend on the schema
    bool writes = false;                ///< needs the writer
    std::string tag;                    ///< whole tag, or its word before the row count
    std::shared_ptr<const plan> inner;  ///< of EXPLAIN and COPY TO
    copy_request copy;
    std::optional<system_call> system;  ///< the session answers it itself
};

/// A lease that several portals and the transaction may share; the last one gives it back.
struct held_connection {
    lease held;
    connection& operator*() const { return *held; }
    connection* operator->() const { return &*held; }
};
using shared_connection = std::shared_ptr<held_connection>;

/// A bound statement and how far it has run. Known to its session, which kills it (takes its
/// statement away) when its transaction ends.
class portal {
public:
    enum class stage { fresh, running, copying, finished, dead };

    std::shared_ptr<const plan> what;
    std::vector<protocol::parameter> raw;
    std::vector<stored_value> values;
    std::vector<protocol::column> columns;
    std::vector<output_column> outputs;

    stage at = stage::fresh;
    shared_connection on;
    cached_statement statement;
    bool in_savepoint = false;  ///< the statement's own savepoint is open
    bool capturing = false;
    std::deque<std::string> ready;   ///< rows taken ahead, or made up by the session
    bool only_ready = false;         ///< nothing comes after `ready`
    std::uint64_t rows = 0;          ///< sent in all
    std::uint64_t rows_in_turn = 0;  ///< sent since the last suspension
    std::string end_tag;             ///< when `rows` does not say it
    std::vector<protocol::sql_error> notices;
    std::vector<shadow::row_change> effects;
    bool effects_complete = false;
    std::unique_ptr<copy_in> copying_in;
    std::unique_ptr<copy_out> copying_out;
    portal_ptr copied;  ///< the query of COPY TO

    std::shared_ptr<bool> session_alive;
    serve_session::core* owner = nullptr;

    void release() {
        statement.reset();
        on.reset();
        ready.clear();
    }
    ~portal();
};

/// A cursor of DECLARE: its portal, and for SCROLL all of its rows (text format).
struct sql_cursor {
    portal_ptr bound;
    bool hold = false;
    bool scroll = false;
    bool loaded = false;
    std::vector<std::string> rows;
    std::int64_t position = 0;  ///< 0 before the first row, n on row n, size + 1 behind the last
};

}  // namespace pgduet::store::sqlite
