#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "shadow/capture/primary_order.hpp"
#include "shadow/unit.hpp"

namespace pgduet::capture {

/// A RETURNING clause pgduet appended to an INSERT, to learn what the primary made up. Its rows
/// never reach the client.
struct hidden_returning {
    std::vector<std::string> columns;
    std::vector<protocol::oid> types;
    bool whole_rows = false;  ///< all columns: complete images, when values cannot be spliced in
    bool active() const { return !columns.empty(); }
};

/// A prepared statement of the client on its server connection.
struct prepared_statement {
    std::shared_ptr<const sql::statement> statement;  ///< null: empty text, or not parsable
    std::string text;                                 ///< as the client sent it
    std::string parse_message;                        ///< complete, for replay on another store
    std::vector<protocol::oid> parameter_types;
    std::vector<protocol::column> columns;  ///< from RowDescription, once described
    hidden_returning hidden;
    std::shared_ptr<const sql::relation_info> target;
    bool plain_relations = false;
    bool total_order = false;
};

/// A statement sent to the primary and not yet answered to the end.
struct running_statement {
    shadow::exchange exchange;
    std::shared_ptr<prepared_statement> of;  ///< extended protocol: may be described meanwhile
    primary_order::mark since;
    std::chrono::steady_clock::time_point sent;
    hidden_returning hidden;
    std::vector<std::vector<protocol::cell>> hidden_rows;  ///< in `hidden_format`
    protocol::format hidden_format = protocol::format::text;
    std::shared_ptr<std::string> copy_data;
    bool copy_overflow = false;
    bool parsable = true;
};

/// A portal of the client.
struct portal {
    std::shared_ptr<prepared_statement> of;
    std::vector<protocol::parameter> parameters;
    std::vector<protocol::format> result_formats;
    std::shared_ptr<running_statement> suspended;  ///< execution stopped by a row limit
};

/// A request whose answer has not come yet; the queue of these mirrors the server's input.
struct request {
    enum class kind {
        parse,
        bind,
        describe,
        execute,
        close,
        sync,
        query,
        function_call,
        copy_end,
    };
    /// Who asked: the client, or pgduet for itself (then the answers are hidden).
    enum class owner { client, token, relation, probe };

    request(kind k = kind::sync, owner o = owner::client) : what(k), by(o) {}

    kind what;
    owner by;
    std::shared_ptr<prepared_statement> statement;          ///< parse, describe
    std::string name;                                       ///< parse: statement name
    std::shared_ptr<running_statement> run;                 ///< execute
    std::string portal_name;                                ///< execute
    std::vector<std::shared_ptr<running_statement>> parts;  ///< query
    std::size_t at = 0;                                     ///< query: part being answered
    bool token_appended = false;                            ///< query
};

}  // namespace pgduet::capture
