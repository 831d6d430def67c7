#include <algorithm>

#include "protocol/sql_types/utf8.hpp"
#include "shadow/compare/canonical.hpp"
#include "shadow/compare/compare.hpp"
#include "shadow/compare/excerpt.hpp"

namespace pgduet::compare {

using protocol::cell;
using protocol::column;
using protocol::outcome;
using protocol::value_settings;

namespace {

constexpr std::size_t rows_shown_max = 20;
constexpr std::size_t cell_bytes_max = 40;

using line = std::vector<std::string>;

line readable_row(std::string_view body,
                  const std::vector<column>& columns,
                  const value_settings& settings) {
    const std::vector<cell> fields = protocol::row_buffer::fields(body);
    line out;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const bool null = i >= fields.size() || !fields[i];
        out.push_back(
            null ? "NULL"
                 : excerpt(readable(columns[i].type, columns[i].encoding, *fields[i], settings),
                           cell_bytes_max));
    }
    return out;
}

/// Like psql: a header, a rule, and cells padded to the widest of their column.
std::string table(const std::vector<line>& lines) {
    std::vector<std::size_t> widths(lines.front().size(), 0);
    for (const line& cells : lines)
        for (std::size_t i = 0; i < cells.size(); ++i)
            widths[i] = std::max(widths[i], protocol::codec::utf8_count(cells[i]));
    std::string out;
    for (std::size_t l = 0; l < lines.size(); ++l) {
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const std::string& text = lines[l][i];
            out += (i ? "| " : " ") + text;
            if (i + 1 < widths.size())
                out.append(widths[i] - protocol::codec::utf8_count(text) + 1, ' ');
        }
        out += '\n';
        if (l > 0)
            continue;
        for (std::size_t i = 0; i < widths.size(); ++i)
            out.append(i ? "+" : "").append(widths[i] + 2, '-');
        out += '\n';
    }
    return out;
}

std::string print_rows(const outcome& of, const value_settings& settings) {
    std::vector<line> lines(1);
    for (const column& c : of.columns)
        lines[0].push_back(excerpt(c.name, cell_bytes_max));
    const std::vector<std::string_view> rows = of.rows.rows();
    const std::size_t shown = std::min(rows.size(), rows_shown_max);
    for (std::size_t i = 0; i < shown; ++i)
        lines.push_back(readable_row(rows[i], of.columns, settings));
    std::string out = table(lines);
    const std::uint64_t count = of.rows.count();
    out += "(" + std::to_string(count) + (count == 1 ? " row" : " rows");
    if (shown < count)
        out += ", the first " + std::to_string(shown) + " shown";
    return out + ")";
}

std::string print_error(const protocol::sql_error& error) {
    std::string out = error.severity + " " + error.sqlstate + ": " + error.message;
    if (!error.detail.empty())
        out += "\nDETAIL: " + error.detail;
    if (!error.constraint.empty())
        out += "\nCONSTRAINT: " + error.constraint;
    return out;
}

}  // namespace

std::string print(const outcome& of, std::size_t bytes_max, const value_settings& settings) {
    std::string out;
    if (of.error) {
        out = print_error(*of.error);
    } else {
        if (!of.columns.empty())
            out = print_rows(of, settings) + "\n";
        out += of.suspended ? "(more rows to come)" : of.tag.empty() ? "(no statement)" : of.tag;
    }
    if (out.size() <= bytes_max)
        return out;
    constexpr std::string_view mark = "...";
    if (bytes_max <= mark.size())
        return std::string(mark.substr(0, bytes_max));
    return std::string(protocol::codec::utf8_prefix(out, bytes_max - mark.size())).append(mark);
}

}  // namespace pgduet::compare
