#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/sql_types/oid.hpp"
#include "protocol/sql_types/sql_error.hpp"

/// Reads the statements a session answers itself, as far as the analysis does not pick them
/// apart. All texts have passed PostgreSQL's parser, so a reader only has to find the parts; what
/// it cannot place it refuses with 0A000.
namespace pgduet::store::sqlite {

struct fetch_request {
    enum class direction { forward, backward, absolute, relative };
    std::string name;
    direction how = direction::forward;
    std::int64_t count = 1;  ///< rows, or a position; `all` is the largest number
    bool move = false;
    static constexpr std::int64_t all = INT64_MAX;
};
protocol::sql_result<fetch_request> read_fetch(const std::string& text);

struct declare_request {
    std::string name;
    bool hold = false;
    bool binary = false;
    bool scroll = false;
    std::string query;
};
protocol::sql_result<declare_request> read_declare(const std::string& text);

struct prepare_request {
    std::string name;
    std::vector<protocol::oid> types;
    std::string query;
};
protocol::sql_result<prepare_request> read_prepare(const std::string& text);

struct execute_request {
    std::string name;
    std::vector<std::string> arguments;  ///< expressions, as written
};
protocol::sql_result<execute_request> read_execute(const std::string& text);

struct copy_request {
    enum class format { text, csv, binary };
    std::string schema;
    std::string table;  ///< empty: COPY (query) TO
    std::vector<std::string> columns;
    std::string query;
    bool from = false;
    format how = format::text;
    std::string delimiter = "\t";
    std::string null = "\\N";
    std::string quote = "\"";
    std::string escape = "\"";
    bool header = false;
    bool header_match = false;
    std::vector<std::string> force_quote;
    bool force_quote_all = false;
    std::vector<std::string> force_not_null;
    std::vector<std::string> force_null;
};
protocol::sql_result<copy_request> read_copy(const std::string& text);

/// EXPLAIN: the statement behind the options. ANALYZE and formats other than text are 0A000.
protocol::sql_result<std::string> read_explain(const std::string& text);

/// CLOSE x: the name; empty for ALL.
std::string read_close(const std::string& text);

/// First words of a DDL statement as its command tag: `CREATE TABLE`, `ALTER TABLE`, ...
std::string ddl_tag(const std::string& text);

}  // namespace pgduet::store::sqlite
