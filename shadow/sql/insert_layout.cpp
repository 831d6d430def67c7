#include "shadow/sql/insert_layout.hpp"

#include "shadow/sql/lexer.hpp"

namespace pgduet::sql {

namespace {

/// Reads the tokens of an INSERT from left to right.
class insert_reader {
public:
    explicit insert_reader(std::string_view text) : text_(text), tokens_(tokens_of(text)) {}

    std::optional<insert_layout> read(bool has_column_list) {
        if (!skip_to_insert() || !skip_target())
            return std::nullopt;
        layout_.after_target = tokens_[at_ - 1].end;
        if (has_column_list) {
            if (!is('('))
                return std::nullopt;
            layout_.columns_close = skip_parentheses();
        }
        read_overriding();
        while (is('('))
            ++at_;  // INSERT INTO t (VALUES (1))
        layout_.source = now().begin;
        layout_.default_values = take("DEFAULT");
        layout_.source_end = now().end;
        if (!take("VALUES"))
            return std::nullopt;
        if (!layout_.default_values && !read_rows())
            return std::nullopt;
        return std::move(layout_);
    }

private:
    const token& now() const { return tokens_[at_]; }
    bool is(char symbol) const { return is_symbol(text_, now(), symbol); }
    bool at_end() const { return now().what == token::kind::end; }
    bool take(std::string_view word) {
        const bool found = is_word(text_, now(), word);
        at_ += found ? 1 : 0;
        return found;
    }

    /// Steps over "( ... )"; returns where the closing one is.
    std::size_t skip_parentheses() {
        int depth = 0;
        for (; !at_end(); ++at_) {
            if (is('('))
                ++depth;
            else if (is(')') && --depth == 0)
                return tokens_[at_++].begin;
        }
        return now().begin;
    }

    /// The INSERT itself: those of WITH queries stand in parentheses.
    bool skip_to_insert() {
        while (!at_end()) {
            if (is('('))
                skip_parentheses();
            else if (take("INSERT"))
                return take("INTO");
            else
                ++at_;
        }
        return false;
    }

    bool skip_name() {
        const bool name = now().what == token::kind::word || now().what == token::kind::identifier;
        at_ += name ? 1 : 0;
        return name;
    }

    bool skip_target() {
        do {
            if (!skip_name())
                return false;
        } while (is('.') && ++at_);
        return !take("AS") || skip_name();
    }

    void read_overriding() {
        if (!take("OVERRIDING"))
            return;
        layout_.overriding =
            take("USER") ? insert_layout::override::user : insert_layout::override::system;
        take("SYSTEM");
        take("VALUE");
    }

    bool read_rows() {
        do {
            if (!is('(') || !read_row())
                return false;
        } while (is(',') && ++at_);
        return true;
    }

    bool read_row() {
        insert_layout::row row;
        std::size_t first = ++at_;
        for (int depth = 0; !at_end(); ++at_) {
            if (depth == 0 && (is(',') || is(')'))) {
                if (first == at_)
                    return false;
                row.items.push_back(
                    {tokens_[first].begin,
                     tokens_[at_ - 1].end,
                     at_ - first == 1 && is_word(text_, tokens_[first], "DEFAULT")});
                first = at_ + 1;
                if (is(')')) {
                    row.close = tokens_[at_++].begin;
                    layout_.rows.push_back(std::move(row));
                    return true;
                }
            } else if (is('(') || is('[')) {
                ++depth;
            } else if (is(')') || is(']')) {
                --depth;
            }
        }
        return false;
    }

    std::string_view text_;
    std::vector<token> tokens_;
    std::size_t at_ = 0;
    insert_layout layout_;
};

}  // namespace

std::optional<insert_layout> locate_insert(std::string_view text, bool has_column_list) {
    return insert_reader(text).read(has_column_list);
}

}  // namespace pgduet::sql
