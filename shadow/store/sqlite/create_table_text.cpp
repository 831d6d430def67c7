#include "shadow/store/sqlite/create_table_text.hpp"

#include <algorithm>
#include <cctype>

#include "shadow/sql/rules/types.hpp"

namespace pgduet::store::sqlite {
namespace {

/// A piece of SQLite's SQL: word, quoted name, string, one symbol; blanks and comments are none.
struct piece {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool empty() const { return begin == end; }
};

char closing(char open) {
    return open == '[' ? ']' : open;
}

piece next_piece(std::string_view text, std::size_t at) {
    while (at < text.size()) {
        if (std::isspace(static_cast<unsigned char>(text[at])) != 0) {
            ++at;
        } else if (text.substr(at, 2) == "--") {
            at = std::min(text.find('\n', at), text.size());
        } else if (text.substr(at, 2) == "/*") {
            const std::size_t end = text.find("*/", at + 2);
            at = end == std::string_view::npos ? text.size() : end + 2;
        } else {
            break;
        }
    }
    if (at >= text.size())
        return {text.size(), text.size()};
    const char first = text[at];
    std::size_t end = at + 1;
    if (first == '"' || first == '\'' || first == '`' || first == '[') {
        const char close = closing(first);
        while (end < text.size()) {
            if (text[end] == close) {
                if (close != ']' && end + 1 < text.size() && text[end + 1] == close) {
                    end += 2;
                    continue;
                }
                ++end;
                break;
            }
            ++end;
        }
    } else if (std::isalnum(static_cast<unsigned char>(first)) != 0 || first == '_' ||
               (first & 0x80) != 0) {
        while (end < text.size() &&
               (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_' ||
                text[end] == '$' || (text[end] & 0x80) != 0))
            ++end;
    }
    return {at, end};
}

std::string_view spelled(std::string_view text, piece p) {
    return text.substr(p.begin, p.end - p.begin);
}

bool is_word(std::string_view text, piece p, std::string_view upper) {
    const std::string_view word = spelled(text, p);
    return word.size() == upper.size() &&
           std::equal(word.begin(), word.end(), upper.begin(), [](char a, char b) {
               return std::toupper(static_cast<unsigned char>(a)) == b;
           });
}

std::string unquoted(std::string_view name) {
    if (name.size() < 2 || (name[0] != '"' && name[0] != '`' && name[0] != '[' && name[0] != '\''))
        return std::string(name);
    const char close = closing(name[0]);
    std::string out;
    for (std::size_t i = 1; i + 1 < name.size(); ++i) {
        out.push_back(name[i]);
        if (name[i] == close && close != ']')
            ++i;
    }
    return out;
}

bool same_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return std::tolower(static_cast<unsigned char>(x)) ==
               std::tolower(static_cast<unsigned char>(y));
    });
}

/// Skips `CONSTRAINT name`; the piece that says what the definition is.
piece after_name(std::string_view definition, std::string& name) {
    piece first = next_piece(definition, 0);
    if (!is_word(definition, first, "CONSTRAINT"))
        return first;
    const piece named = next_piece(definition, first.end);
    name = unquoted(spelled(definition, named));
    return next_piece(definition, named.end);
}

/// From the `(` at or behind `at` to its `)`.
std::string parentheses(std::string_view text, std::size_t at) {
    int depth = 0;
    std::size_t begin = std::string_view::npos;
    for (piece p = next_piece(text, at); !p.empty(); p = next_piece(text, p.end)) {
        const std::string_view word = spelled(text, p);
        if (word == "(" && depth++ == 0)
            begin = p.begin;
        if (word == ")" && --depth == 0)
            return std::string(text.substr(begin, p.end - begin));
    }
    return {};
}

}  // namespace

create_table_text::create_table_text(std::string_view text) {
    int depth = 0;
    std::size_t begin = 0;
    for (piece p = next_piece(text, 0); !p.empty(); p = next_piece(text, p.end)) {
        const std::string_view word = spelled(text, p);
        if (word == "(" && depth++ == 0) {
            head_ = text.substr(0, p.end);
            begin = p.end;
        } else if (word == "," && depth == 1) {
            definitions_.emplace_back(text.substr(begin, p.begin - begin));
            begin = p.end;
        } else if (word == ")" && --depth == 0) {
            definitions_.emplace_back(text.substr(begin, p.begin - begin));
            tail_ = text.substr(p.begin);
            return;
        }
    }
}

std::string create_table_text::text() const {
    std::string out = head_;
    for (std::size_t i = 0; i < definitions_.size(); ++i)
        out += (i == 0 ? "" : ",") + definitions_[i];
    return out + tail_;
}

std::string create_table_text::renamed(std::string_view name) const {
    create_table_text out = *this;
    out.head_ = "CREATE TABLE " + sql::quote_name(name) + "(";
    return out.text();
}

bool create_table_text::set_not_null(const std::string& column, bool on) {
    for (std::string& definition : definitions_) {
        const piece first = next_piece(definition, 0);
        if (!same_name(unquoted(spelled(definition, first)), column))
            continue;
        int depth = 0;
        for (piece p = next_piece(definition, first.end); !p.empty();
             p = next_piece(definition, p.end)) {
            const std::string_view word = spelled(definition, p);
            depth += word == "(" ? 1 : word == ")" ? -1 : 0;
            if (depth != 0 || !is_word(definition, p, "NOT"))
                continue;
            const piece null = next_piece(definition, p.end);
            if (!is_word(definition, null, "NULL"))
                continue;
            if (on)
                return true;
            definition.erase(p.begin, null.end - p.begin);
            return true;
        }
        if (on)
            definition += " NOT NULL";
        return true;
    }
    return false;
}

void create_table_text::drop_constraint(const std::string& definition) {
    const auto found = std::find(definitions_.begin(), definitions_.end(), definition);
    if (found != definitions_.end())
        definitions_.erase(found);
}

std::vector<create_table_text::named> create_table_text::named_constraints() const {
    std::vector<named> out;
    for (const std::string& definition : definitions_) {
        const piece first = next_piece(definition, 0);
        const bool table_level = is_word(definition, first, "CONSTRAINT");
        const std::string column = table_level ? "" : unquoted(spelled(definition, first));
        int depth = 0;
        for (piece p = table_level ? first : next_piece(definition, first.end); !p.empty();
             p = next_piece(definition, p.end)) {
            const std::string_view word = spelled(definition, p);
            depth += word == "(" ? 1 : word == ")" ? -1 : 0;
            if (depth != 0 || !is_word(definition, p, "CONSTRAINT"))
                continue;
            const piece name = next_piece(definition, p.end);
            const piece kind = next_piece(definition, name.end);
            named one;
            one.name = unquoted(spelled(definition, name));
            for (const char c : spelled(definition, kind))
                one.kind.push_back(static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
            if (one.kind == "REFERENCES")
                one.kind = "FOREIGN";
            if (table_level) {
                const std::string list = parentheses(definition, kind.end);
                for (piece q = next_piece(list, 1); !q.empty(); q = next_piece(list, q.end)) {
                    const std::string_view part = spelled(list, q);
                    if (part == "," || part == ")")
                        continue;
                    one.columns.push_back(unquoted(part));
                }
            } else {
                one.columns.push_back(column);
            }
            out.push_back(std::move(one));
        }
    }
    return out;
}

bool create_table_text::is_key(std::string_view definition) {
    std::string name;
    const piece what = after_name(definition, name);
    return is_word(definition, what, "PRIMARY") || is_word(definition, what, "UNIQUE");
}

bool create_table_text::is_primary_key(std::string_view definition) {
    std::string name;
    return is_word(definition, after_name(definition, name), "PRIMARY");
}

std::string create_table_text::constraint_name(std::string_view definition) {
    std::string name;
    after_name(definition, name);
    return name;
}

std::string create_table_text::key_columns(std::string_view definition) {
    std::string name;
    return parentheses(definition, after_name(definition, name).end);
}

}  // namespace pgduet::store::sqlite
