#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/sql_types/sql_error.hpp"
#include "protocol/sql_types/value_codec.hpp"
#include "shadow/sql/relation.hpp"
#include "shadow/store/sqlite/connection.hpp"
#include "shadow/store/sqlite/session_statements.hpp"

namespace pgduet::store::sqlite {

/// COPY ... FROM STDIN: cuts the stream into rows and fields (text, csv or binary format) and
/// inserts them. Rows may be cut anywhere between two payloads.
class copy_in {
public:
    /// Errors: 42703 unknown column, 0A000. `target` is a table.
    static protocol::sql_result<std::unique_ptr<copy_in>> start(
        connection& on,
        const copy_request& request,
        std::shared_ptr<const sql::relation_info> target,
        const protocol::value_settings& settings);

    std::optional<protocol::sql_error> data(std::string_view payload);
    /// The stream's end: the last row may lack its newline.
    std::optional<protocol::sql_error> finish();

    std::uint64_t rows() const { return rows_; }
    std::size_t column_count() const { return columns_.size(); }

private:
    struct target_column {
        const sql::column_info* info;
        bool force_not_null = false;
        bool force_null = false;
    };
    struct field {
        std::string text;
        bool null = false;
        bool quoted = false;
    };

    copy_in() = default;
    std::optional<protocol::sql_error> text_lines(bool end);
    std::optional<protocol::sql_error> csv_rows(bool end);
    std::optional<protocol::sql_error> binary_rows();
    std::optional<protocol::sql_error> text_line(std::string_view line);
    std::optional<protocol::sql_error> csv_row(std::string_view row);
    std::optional<protocol::sql_error> check_header(const std::vector<field>& fields);
    std::optional<protocol::sql_error> insert(const std::vector<field>& fields, bool binary);
    protocol::sql_error located(protocol::sql_error error, std::size_t column) const;

    connection* on_ = nullptr;
    copy_request request_;
    std::shared_ptr<const sql::relation_info> target_;
    protocol::value_settings settings_;
    std::vector<target_column> columns_;
    cached_statement insert_;
    std::string pending_;
    std::uint64_t rows_ = 0;
    std::uint64_t lines_ = 0;
    bool header_pending_ = false;
    bool binary_header_pending_ = true;
    bool ended_ = false;  ///< `\.` or the binary trailer was seen
};

}  // namespace pgduet::store::sqlite
