#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace pgduet::sql {

/// One token of SQL text, as far as splicing needs to know it.
struct token {
    enum class kind {
        word,        ///< key word or identifier without quotes
        identifier,  ///< "quoted", U&"quoted"
        string,      ///< '...', E'...', B'', X'', N'', U&'', $tag$...$tag$
        number,
        parameter,  ///< $1
        symbol,     ///< one character of punctuation or of an operator
        end,
    };
    kind what = kind::end;
    std::size_t begin = 0;  ///< byte offsets in the text
    std::size_t end = 0;
};

/// Cuts PostgreSQL's SQL into tokens by its lexical rules (manual 4.1), with
/// standard_conforming_strings on. White space and comments (nested too) are passed over. Never
/// fails: what is not terminated reaches to the end. For text that PostgreSQL's own parser has
/// already accepted.
class lexer {
public:
    explicit lexer(std::string_view text, std::size_t from = 0) : text_(text), at_(from) {}

    token next();

private:
    void skip_blank();
    void skip_block_comment();
    std::size_t quoted_end(std::size_t open, char quote, bool escapes) const;
    std::size_t dollar_end(std::size_t open) const;
    std::size_t number_end(std::size_t from) const;
    char at(std::size_t index) const { return index < text_.size() ? text_[index] : '\0'; }
    token make(token::kind what, std::size_t end);

    std::string_view text_;
    std::size_t at_;
};

/// All tokens from `from` on; the last is `end`.
std::vector<token> tokens_of(std::string_view text, std::size_t from = 0);

std::string_view spelled(std::string_view text, const token& t);
/// True for that key word, in any case.
bool is_word(std::string_view text, const token& t, std::string_view upper);
bool is_symbol(std::string_view text, const token& t, char symbol);

/// End of a call that starts at `from`: `name ( ... )`, the name possibly qualified. `from` when
/// there is no call.
std::size_t call_end(std::string_view text, std::size_t from);

}  // namespace pgduet::sql
