#include "shadow/sql/lexer.hpp"

namespace pgduet::sql {

namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool starts_identifier(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}
bool continues_identifier(char c) {
    return starts_identifier(c) || is_digit(c) || c == '$';
}
char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

token lexer::make(token::kind what, std::size_t end) {
    const token made{what, at_, end};
    at_ = end;
    return made;
}

void lexer::skip_block_comment() {
    int depth = 0;
    while (at_ < text_.size()) {
        if (text_[at_] == '/' && at(at_ + 1) == '*') {
            ++depth;
            at_ += 2;
        } else if (text_[at_] == '*' && at(at_ + 1) == '/') {
            at_ += 2;
            if (--depth == 0)
                return;
        } else {
            ++at_;
        }
    }
}

void lexer::skip_blank() {
    while (at_ < text_.size()) {
        if (is_blank(text_[at_])) {
            ++at_;
        } else if (text_[at_] == '-' && at(at_ + 1) == '-') {
            while (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\r')
                ++at_;
        } else if (text_[at_] == '/' && at(at_ + 1) == '*') {
            skip_block_comment();
        } else {
            return;
        }
    }
}

/// `open` is the index of the opening quote. A doubled quote stands for itself.
std::size_t lexer::quoted_end(std::size_t open, char quote, bool escapes) const {
    for (std::size_t i = open + 1; i < text_.size(); ++i) {
        if (escapes && text_[i] == '\\') {
            ++i;
        } else if (text_[i] == quote) {
            if (at(i + 1) != quote)
                return i + 1;
            ++i;
        }
    }
    return text_.size();
}

/// End of $tag$...$tag$, or `open` when no such string starts here.
std::size_t lexer::dollar_end(std::size_t open) const {
    std::size_t i = open + 1;
    if (starts_identifier(at(i))) {
        while (i < text_.size() && continues_identifier(text_[i]) && text_[i] != '$')
            ++i;
    }
    if (at(i) != '$')
        return open;
    const std::string_view tag = text_.substr(open, i + 1 - open);
    const std::size_t close = text_.find(tag, i + 1);
    return close == std::string_view::npos ? text_.size() : close + tag.size();
}

std::size_t lexer::number_end(std::size_t from) const {
    std::size_t i = from;
    while (is_digit(at(i)))
        ++i;
    // "1..2" of PL/pgSQL ranges is not a fraction.
    if (at(i) == '.' && at(i + 1) != '.') {
        ++i;
        while (is_digit(at(i)))
            ++i;
    }
    if (upper(at(i)) == 'E') {
        const std::size_t digits = at(i + 1) == '+' || at(i + 1) == '-' ? i + 2 : i + 1;
        if (is_digit(at(digits))) {
            i = digits;
            while (is_digit(at(i)))
                ++i;
        }
    }
    return i;
}

token lexer::next() {
    skip_blank();
    if (at_ >= text_.size())
        return make(token::kind::end, text_.size());
    const char c = text_[at_];
    if (c == '\'')
        return make(token::kind::string, quoted_end(at_, '\'', false));
    if (c == '"')
        return make(token::kind::identifier, quoted_end(at_, '"', false));
    if (at(at_ + 1) == '\'' &&
        (upper(c) == 'E' || upper(c) == 'B' || upper(c) == 'X' || upper(c) == 'N'))
        return make(token::kind::string, quoted_end(at_ + 1, '\'', upper(c) == 'E'));
    if (upper(c) == 'U' && at(at_ + 1) == '&' && at(at_ + 2) == '\'')
        return make(token::kind::string, quoted_end(at_ + 2, '\'', false));
    if (upper(c) == 'U' && at(at_ + 1) == '&' && at(at_ + 2) == '"')
        return make(token::kind::identifier, quoted_end(at_ + 2, '"', false));
    if (starts_identifier(c)) {
        std::size_t end = at_ + 1;
        while (end < text_.size() && continues_identifier(text_[end]))
            ++end;
        return make(token::kind::word, end);
    }
    if (is_digit(c) || (c == '.' && is_digit(at(at_ + 1))))
        return make(token::kind::number, number_end(at_));
    if (c == '$') {
        if (is_digit(at(at_ + 1))) {
            std::size_t end = at_ + 1;
            while (is_digit(at(end)))
                ++end;
            return make(token::kind::parameter, end);
        }
        if (const std::size_t end = dollar_end(at_); end != at_)
            return make(token::kind::string, end);
    }
    return make(token::kind::symbol, at_ + 1);
}

std::vector<token> tokens_of(std::string_view text, std::size_t from) {
    lexer source(text, from);
    std::vector<token> out;
    do {
        out.push_back(source.next());
    } while (out.back().what != token::kind::end);
    return out;
}

std::string_view spelled(std::string_view text, const token& t) {
    return text.substr(t.begin, t.end - t.begin);
}

bool is_word(std::string_view text, const token& t, std::string_view word) {
    if (t.what != token::kind::word || t.end - t.begin != word.size())
        return false;
    for (std::size_t i = 0; i < word.size(); ++i)
        if (upper(text[t.begin + i]) != word[i])
            return false;
    return true;
}

bool is_symbol(std::string_view text, const token& t, char symbol) {
    return t.what == token::kind::symbol && text[t.begin] == symbol;
}

std::size_t call_end(std::string_view text, std::size_t from) {
    lexer source(text, from);
    int depth = 0;
    for (token t = source.next(); t.what != token::kind::end; t = source.next()) {
        const bool name = t.what == token::kind::word || t.what == token::kind::identifier;
        if (is_symbol(text, t, '('))
            ++depth;
        else if (is_symbol(text, t, ')') && --depth == 0)
            return t.end;
        else if (depth == 0 && !name && !is_symbol(text, t, '.'))
            return from;
    }
    return from;
}

}  // namespace pgduet::sql
