#include "shadow/sql/determinise.hpp"

#include <algorithm>
#include <optional>

#include "shadow/sql/insert_layout.hpp"
#include "shadow/sql/lexer.hpp"

namespace pgduet::sql {

namespace {

/// Bind's parameter count is an Int16.
constexpr int parameters_max = 65535;
/// Identifiers below are the same on every PostgreSQL server (FirstNormalObjectId).
constexpr protocol::oid first_user_oid = 16384;

protocol::sql_error cannot(std::string what) {
    return protocol::make_error("0A000", "cannot put generated values into " + std::move(what));
}

std::string quoted(const std::string& name) {
    std::string out = "\"";
    for (const char c : name) {
        out += c;
        if (c == '"')
            out += c;
    }
    return out + "\"";
}

std::string lower(std::string text) {
    for (char& c : text)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

/// Replacements in a text, kept until all are known.
class splicer {
public:
    void replace(std::size_t begin, std::size_t end, std::string by) {
        edits_.push_back({begin, end, std::move(by)});
    }
    void insert(std::size_t at, std::string what) { replace(at, at, std::move(what)); }

    std::string apply(const std::string& text) {
        std::stable_sort(edits_.begin(), edits_.end(), [](const edit& a, const edit& b) {
            return a.begin < b.begin;
        });
        std::string out;
        std::size_t done = 0;
        for (const edit& one : edits_) {
            out.append(text, done, one.begin - done);
            out += one.by;
            done = one.end;
        }
        return out.append(text, done);
    }

private:
    struct edit {
        std::size_t begin;
        std::size_t end;
        std::string by;
    };
    std::vector<edit> edits_;
};

class determiniser {
public:
    determiniser(const statement& input,
                 const generated_values& generated,
                 const std::vector<std::string>& all_columns)
        : input_(input),
          generated_(generated),
          all_columns_(all_columns),
          last_parameter_(input.parameter_count) {}

    protocol::sql_result<determinised> run(const std::string& now) {
        if (!now.empty() && !input_.now_calls.empty())
            splice_now(now);
        if (!generated_.empty()) {
            if (auto error = splice_generated())
                return std::move(*error);
        }
        if (last_parameter_ > parameters_max)
            return cannot("a statement with that many parameters");
        out_.text = edits_.apply(input_.text);
        return std::move(out_);
    }

private:
    using failure = std::optional<protocol::sql_error>;

    std::string add_parameter(protocol::oid type, protocol::cell value) {
        out_.extra_types.push_back(type);
        out_.extra_values.push_back({protocol::format::text, std::move(value)});
        return "$" + std::to_string(++last_parameter_);
    }

    void splice_now(const std::string& now) {
        const std::string parameter =
            "(" + add_parameter(protocol::type_oid::timestamptz, now) + "::pg_catalog.timestamptz)";
        for (const now_call& call : input_.now_calls) {
            const std::string cast = call.cast == "timestamptz" ? "" : "::" + call.cast;
            edits_.replace(call.offset, call.offset + call.length, parameter + cast);
        }
        if (input_.returning)
            keep_names();
    }

    /// RETURNING now() is a column "now"; a cast in its place would be one of its type's name.
    void keep_names() {
        const std::vector<token> tokens = tokens_of(input_.text);
        int depth = 0;
        bool returning = false;
        for (std::size_t i = 1; i < tokens.size(); ++i) {
            const token& before = tokens[i - 1];
            if (symbol(before, '(') || symbol(before, '['))
                ++depth;
            else if (symbol(before, ')') || symbol(before, ']'))
                --depth;
            const bool starts_list = depth == 0 && is_word(input_.text, before, "RETURNING");
            returning = returning || starts_list;
            if (depth == 0 && returning && (starts_list || symbol(before, ',')))
                keep_name(tokens, i);
        }
    }

    /// Adds the name if the item that starts at token `first` is a now() call, alone or with one
    /// cast behind it.
    void keep_name(const std::vector<token>& tokens, std::size_t first) {
        for (const now_call& call : input_.now_calls) {
            if (call.offset != tokens[first].begin)
                continue;
            std::size_t next = first;
            std::string name;
            for (; tokens[next].end <= call.offset + call.length &&
                   tokens[next].what != token::kind::end;
                 ++next) {
                if (tokens[next].what == token::kind::word)
                    name = spelled(input_.text, tokens[next]);
            }
            if (symbol(tokens[next], ':') && tokens.size() > next + 3)
                next += 3;
            if (symbol(tokens[next], ',') || tokens[next].what == token::kind::end)
                edits_.insert(tokens[next - 1].end, " AS " + quoted(lower(std::move(name))));
        }
    }

    bool symbol(const token& t, char c) const { return is_symbol(input_.text, t, c); }

    failure splice_generated() {
        const insert_shape& shape = input_.insert;
        if (input_.kind != statement_kind::insert)
            return cannot("a statement that is not an INSERT");
        if (!shape.values)
            return cannot("INSERT ... SELECT");
        if (generated_.rows.size() != shape.row_count)
            return cannot("an INSERT that returned fewer rows than it has values for");
        for (const auto& row : generated_.rows)
            if (row.size() != generated_.columns.size())
                return cannot("a row with another number of columns");
        auto layout = locate_insert(input_.text, shape.has_column_list);
        if (!layout || layout->rows.size() != (shape.default_values ? 0 : shape.row_count))
            return cannot("an INSERT of this form");
        return place(*layout);
    }

    /// Sorts the generated columns into those that the rows name already, which are replaced where
    /// DEFAULT stands, and those to append.
    failure place(const insert_layout& layout) {
        const std::size_t width = layout.rows.empty() ? 0 : layout.rows[0].items.size();
        std::vector<std::string> listed = input_.insert.columns;
        if (!input_.insert.has_column_list) {
            if (width > all_columns_.size())
                return cannot("an INSERT with more values than the table has columns");
            listed.assign(all_columns_.begin(),
                          all_columns_.begin() + static_cast<std::ptrdiff_t>(width));
        }
        std::vector<std::pair<std::size_t, std::size_t>> replaced;  ///< generated, listed
        std::vector<std::size_t> appended;
        for (std::size_t i = 0; i < generated_.columns.size(); ++i) {
            const auto found = std::find(listed.begin(), listed.end(), generated_.columns[i]);
            if (found == listed.end())
                appended.push_back(i);
            else
                replaced.emplace_back(i, static_cast<std::size_t>(found - listed.begin()));
        }
        if (auto error = fill_rows(layout, replaced, appended))
            return error;
        if (!placed_)
            return std::nullopt;
        if (layout.overriding == insert_layout::override::user)
            return cannot("INSERT ... OVERRIDING USER VALUE");
        write_columns(layout, listed, appended);
        if (generated_.overriding && layout.overriding == insert_layout::override::none)
            edits_.insert(layout.source, "OVERRIDING SYSTEM VALUE ");
        if (layout.default_values)
            edits_.replace(layout.source, layout.source_end, "VALUES (" + default_row_ + ")");
        return std::nullopt;
    }

    failure fill_rows(const insert_layout& layout,
                      const std::vector<std::pair<std::size_t, std::size_t>>& replaced,
                      const std::vector<std::size_t>& appended) {
        for (std::size_t r = 0; r < generated_.rows.size(); ++r) {
            if (!layout.default_values) {
                for (const auto& [column, place] : replaced) {
                    if (place >= layout.rows[r].items.size())
                        return cannot("rows of different length");
                    const insert_layout::item& item = layout.rows[r].items[place];
                    if (item.is_default)
                        edits_.replace(item.begin, item.end, value(r, column));
                }
            }
            std::string added;
            for (const std::size_t column : appended)
                added += (added.empty() && layout.default_values ? "" : ", ") + value(r, column);
            if (layout.default_values)
                default_row_ = added;
            else if (!added.empty())
                edits_.insert(layout.rows[r].close, added);
        }
        if (untyped_ && generated_.rows.size() > 1)
            return cannot("several rows of a user-defined type");
        return std::nullopt;
    }

    std::string value(std::size_t row, std::size_t column) {
        placed_ = true;
        protocol::oid type = column < generated_.types.size() ? generated_.types[column] : 0;
        // A user-defined type has another identifier on the other server. Left open, PostgreSQL
        // takes the column's type, but only in an INSERT of one row.
        if (type >= first_user_oid)
            type = 0;
        untyped_ = untyped_ || type == 0;
        return add_parameter(type, generated_.rows[row][column]);
    }

    void write_columns(const insert_layout& layout,
                       const std::vector<std::string>& listed,
                       const std::vector<std::size_t>& appended) {
        std::string added;
        for (const std::size_t column : appended)
            added += ", " + quoted(generated_.columns[column]);
        if (added.empty())
            return;
        if (layout.columns_close) {
            edits_.insert(*layout.columns_close, added);
            return;
        }
        std::string all;
        for (const std::string& column : listed)
            all += ", " + quoted(column);
        all += added;
        edits_.insert(layout.after_target, " (" + all.substr(2) + ")");
    }

    const statement& input_;
    const generated_values& generated_;
    const std::vector<std::string>& all_columns_;
    int last_parameter_;
    bool placed_ = false;   ///< a generated value stands in the text
    bool untyped_ = false;  ///< one of them without a type
    std::string default_row_;
    splicer edits_;
    determinised out_;
};

}  // namespace

protocol::sql_result<determinised> determinise(const statement& input,
                                               const std::string& now,
                                               const generated_values& generated,
                                               const std::vector<std::string>& all_columns) {
    return determiniser(input, generated, all_columns).run(now);
}

}  // namespace pgduet::sql
