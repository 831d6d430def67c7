#include "shadow/store/sqlite/copy_in.hpp"

#include <algorithm>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/sql/rules/types.hpp"
#include "shadow/store/sqlite/error_map.hpp"
#include "shadow/store/sqlite/stored_value.hpp"

namespace pgduet::store::sqlite {

using protocol::make_error;
using protocol::sql_error;
using protocol::sql_result;
namespace sqlstate = protocol::sqlstate;

namespace {

bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

sql_error bad_format(std::string message) {
    return make_error(sqlstate::bad_copy_file_format, std::move(message));
}

int digit_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 99;
}

/// Undoes the text format's backslashes.
std::string unescape(std::string_view raw) {
    std::string out;
    out.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] != '\\' || i + 1 == raw.size()) {
            out.push_back(raw[i]);
            continue;
        }
        const char c = raw[++i];
        switch (c) {
            case 'b':
                out.push_back('\b');
                break;
            case 'f':
                out.push_back('\f');
                break;
            case 'n':
                out.push_back('\n');
                break;
            case 'r':
                out.push_back('\r');
                break;
            case 't':
                out.push_back('\t');
                break;
            case 'v':
                out.push_back('\v');
                break;
            case 'x': {
                int value = 0;
                std::size_t digits = 0;
                while (digits < 2 && i + 1 < raw.size() && digit_value(raw[i + 1]) < 16) {
                    value = value * 16 + digit_value(raw[++i]);
                    ++digits;
                }
                out.push_back(digits == 0 ? 'x' : static_cast<char>(value));
                break;
            }
            default:
                if (c >= '0' && c <= '7') {
                    int value = c - '0';
                    for (int n = 0; n < 2 && i + 1 < raw.size() && digit_value(raw[i + 1]) < 8; ++n)
                        value = value * 8 + digit_value(raw[++i]);
                    out.push_back(static_cast<char>(value));
                } else {
                    out.push_back(c);
                }
        }
    }
    return out;
}

}  // namespace

sql_result<std::unique_ptr<copy_in>> copy_in::start(
    connection& on,
    const copy_request& request,
    std::shared_ptr<const sql::relation_info> target,
    const protocol::value_settings& settings) {
    auto out = std::unique_ptr<copy_in>(new copy_in);
    out->on_ = &on;
    out->request_ = request;
    out->target_ = std::move(target);
    out->settings_ = settings;
    out->header_pending_ = request.header;
    std::vector<std::string> names = request.columns;
    if (names.empty()) {
        for (const sql::column_info& column : out->target_->columns) {
            if (column.default_source != sql::column_info::source::stored)
                names.push_back(column.name);
        }
    }
    std::string text = "INSERT INTO " + sql::quote_name(out->target_->name) + "(";
    std::string places;
    for (const std::string& name : names) {
        const sql::column_info* column = out->target_->find(name);
        if (column == nullptr)
            return make_error(sqlstate::undefined_column,
                              "column \"" + name + "\" of relation \"" + out->target_->name +
                                  "\" does not exist");
        out->columns_.push_back(
            {column, has(request.force_not_null, name), has(request.force_null, name)});
        text += (places.empty() ? "" : ", ") + sql::quote_name(name);
        places += (places.empty() ? "?" : ", ?") + std::to_string(out->columns_.size());
    }
    auto insert = on.prepare(text + ") VALUES (" + places + ")");
    if (!insert)
        return insert.error();
    out->insert_ = std::move(*insert);
    return out;
}

std::optional<sql_error> copy_in::data(std::string_view payload) {
    if (ended_)
        return std::nullopt;  // PostgreSQL reads on and ignores what follows the end mark
    pending_.append(payload);
    switch (request_.how) {
        case copy_request::format::text:
            return text_lines(false);
        case copy_request::format::csv:
            return csv_rows(false);
        case copy_request::format::binary:
            return binary_rows();
    }
    return std::nullopt;
}

std::optional<sql_error> copy_in::finish() {
    if (ended_)
        return std::nullopt;
    switch (request_.how) {
        case copy_request::format::text:
            return text_lines(true);
        case copy_request::format::csv:
            return csv_rows(true);
        case copy_request::format::binary:
            return pending_.empty() && !binary_header_pending_
                       ? std::nullopt
                       : std::optional(bad_format("unexpected EOF in COPY data"));
    }
    return std::nullopt;
}

std::optional<sql_error> copy_in::text_lines(bool end) {
    std::size_t begin = 0;
    std::optional<sql_error> failed;
    while (!failed && !ended_) {
        const std::size_t newline = pending_.find('\n', begin);
        if (newline == std::string::npos)
            break;
        std::string_view line(pending_.data() + begin, newline - begin);
        // A backslash before the newline makes it data.
        std::size_t slashes = 0;
        while (slashes < line.size() && line[line.size() - 1 - slashes] == '\\')
            ++slashes;
        if (slashes % 2 == 1) {
            pending_.replace(newline - 1, 2, "\\n");
            continue;
        }
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        failed = text_line(line);
        begin = newline + 1;
    }
    pending_.erase(0, begin);
    if (!failed && end && !ended_ && !pending_.empty()) {
        failed = text_line(pending_);
        pending_.clear();
    }
    return failed;
}

std::optional<sql_error> copy_in::text_line(std::string_view line) {
    ++lines_;
    if (line == "\\.") {
        ended_ = true;
        return std::nullopt;
    }
    const char delimiter = request_.delimiter[0];
    std::vector<field> fields;
    if (!(columns_.empty() && line.empty())) {
        std::size_t begin = 0;
        for (std::size_t i = 0; i <= line.size(); ++i) {
            if (i < line.size() && line[i] == '\\') {
                ++i;
                continue;
            }
            if (i < line.size() && line[i] != delimiter)
                continue;
            const std::string_view raw = line.substr(begin, std::min(i, line.size()) - begin);
            field one;
            one.null = raw == request_.null;
            if (!one.null)
                one.text = unescape(raw);
            fields.push_back(std::move(one));
            begin = i + 1;
        }
        if (begin <= line.size() && !line.empty() && line.back() == '\\' &&
            fields.size() < columns_.size())
            fields.push_back({unescape(line.substr(begin)), false, false});
    }
    if (header_pending_) {
        header_pending_ = false;
        return check_header(fields);
    }
    return insert(fields, false);
}

std::optional<sql_error> copy_in::csv_rows(bool end) {
    const char quote = request_.quote[0];
    const char escape = request_.escape[0];
    std::size_t begin = 0;
    std::optional<sql_error> failed;
    bool quoted = false;
    for (std::size_t i = 0; i < pending_.size() && !failed && !ended_; ++i) {
        const char c = pending_[i];
        if (quoted && c == escape && escape != quote) {
            ++i;
        } else if (c == quote) {
            quoted = !quoted;
        } else if (c == '\n' && !quoted) {
            std::string_view row(pending_.data() + begin, i - begin);
            if (row.ends_with('\r'))
                row.remove_suffix(1);
            failed = csv_row(row);
            begin = i + 1;
        }
    }
    pending_.erase(0, begin);
    if (!failed && end && !ended_ && !pending_.empty()) {
        if (quoted)
            return bad_format("unterminated CSV quoted field");
        failed = csv_row(pending_);
        pending_.clear();
    }
    return failed;
}

std::optional<sql_error> copy_in::csv_row(std::string_view row) {
    ++lines_;
    if (row == "\\.") {
        ended_ = true;
        return std::nullopt;
    }
    const char quote = request_.quote[0];
    const char escape = request_.escape[0];
    const char delimiter = request_.delimiter[0];
    std::vector<field> fields(1);
    bool quoted = false;
    for (std::size_t i = 0; i < row.size(); ++i) {
        const char c = row[i];
        field& one = fields.back();
        if (quoted && c == escape && i + 1 < row.size() &&
            (row[i + 1] == quote || row[i + 1] == escape)) {
            one.text.push_back(row[++i]);
        } else if (c == quote) {
            quoted = !quoted;
            one.quoted = true;
        } else if (c == delimiter && !quoted) {
            fields.emplace_back();
        } else {
            one.text.push_back(c);
        }
    }
    if (header_pending_) {
        header_pending_ = false;
        return check_header(fields);
    }
    for (std::size_t i = 0; i < fields.size() && i < columns_.size(); ++i) {
        field& one = fields[i];
        const bool looks_null = one.text == request_.null;
        one.null = looks_null && ((!one.quoted && !columns_[i].force_not_null) ||
                                  (one.quoted && columns_[i].force_null));
    }
    return insert(fields, false);
}

std::optional<sql_error> copy_in::check_header(const std::vector<field>& fields) {
    if (!request_.header_match)
        return std::nullopt;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (i >= fields.size() || fields[i].text != columns_[i].info->name)
            return bad_format("column name mismatch in header line field " + std::to_string(i + 1));
    }
    return std::nullopt;
}

//   file  := "PGCOPY\n\377\r\n\0", flags : int32, extension : int32 size + bytes, tuple*, -1 :
//   int16 tuple := fields : int16, { size : int32 (-1 for NULL), bytes }*
std::optional<sql_error> copy_in::binary_rows() {
    constexpr std::size_t signature_size = 11;
    const auto int_at = [this](std::size_t at, std::size_t size) {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < size; ++i)
            value = value << 8 | static_cast<unsigned char>(pending_[at + i]);
        return size == 2 ? static_cast<std::int32_t>(static_cast<std::int16_t>(value))
                         : static_cast<std::int32_t>(value);
    };
    std::size_t at = 0;
    if (binary_header_pending_) {
        if (pending_.size() < signature_size + 8)
            return std::nullopt;
        if (pending_.compare(0, signature_size, std::string("PGCOPY\n\377\r\n\0", 11)) != 0)
            return bad_format("COPY file signature not recognized");
        const std::int32_t extension = int_at(signature_size + 4, 4);
        if (extension < 0)
            return bad_format("invalid COPY file header (wrong length)");
        at = signature_size + 8 + static_cast<std::size_t>(extension);
        if (pending_.size() < at)
            return std::nullopt;
        binary_header_pending_ = false;
    }
    std::optional<sql_error> failed;
    std::size_t done = at;
    std::vector<field> fields;
    while (!failed && pending_.size() - at >= 2) {
        const std::int32_t count = int_at(at, 2);
        at += 2;
        if (count == -1) {
            ended_ = true;
            done = at;
            break;
        }
        if (static_cast<std::size_t>(count) != columns_.size())
            return bad_format("row field count is " + std::to_string(count) + ", expected " +
                              std::to_string(columns_.size()));
        fields.clear();
        bool whole = true;
        for (std::int32_t i = 0; i < count && whole; ++i) {
            whole = pending_.size() - at >= 4;
            if (!whole)
                break;
            const std::int32_t size = int_at(at, 4);
            at += 4;
            if (size < -1)
                return bad_format("invalid field size");
            field one;
            one.null = size == -1;
            if (!one.null) {
                whole = pending_.size() - at >= static_cast<std::size_t>(size);
                if (!whole)
                    break;
                one.text = pending_.substr(at, static_cast<std::size_t>(size));
                at += static_cast<std::size_t>(size);
            }
            fields.push_back(std::move(one));
        }
        if (!whole)
            break;
        ++lines_;
        failed = insert(fields, true);
        done = at;
    }
    pending_.erase(0, done);
    return failed;
}

sql_error copy_in::located(sql_error error, std::size_t column) const {
    error.where = "COPY " + target_->name + ", line " + std::to_string(lines_);
    if (column < columns_.size())
        error.where += ", column " + columns_[column].info->name;
    return error;
}

std::optional<sql_error> copy_in::insert(const std::vector<field>& fields, bool binary) {
    const std::size_t none = columns_.size();
    if (fields.size() < columns_.size())
        return located(
            bad_format("missing data for column \"" + columns_[fields.size()].info->name + "\""),
            none);
    if (fields.size() > columns_.size())
        return located(bad_format("extra data after last expected column"), none);
    std::vector<stored_value> values;
    values.reserve(fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
        protocol::parameter value;
        value.encoding = binary ? protocol::format::binary : protocol::format::text;
        if (!fields[i].null)
            value.value = fields[i].text;
        auto stored =
            to_stored(value, columns_[i].info->type, columns_[i].info->type_modifier, settings_);
        if (!stored)
            return located(stored.error(), i);
        values.push_back(std::move(*stored));
    }
    for (std::size_t i = 0; i < values.size(); ++i)
        bind_stored(insert_.get(), static_cast<int>(i + 1), values[i]);
    const int rc = insert_.step();
    if (rc != SQLITE_DONE) {
        sql_error error = map_error(on_->raw(), rc);
        sqlite3_reset(insert_.get());
        return located(std::move(error), none);
    }
    sqlite3_reset(insert_.get());
    ++rows_;
    return std::nullopt;
}

}  // namespace pgduet::store::sqlite
