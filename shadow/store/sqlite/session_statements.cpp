#include "shadow/store/sqlite/session_statements.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string_view>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/sql/lexer.hpp"

namespace pgduet::store::sqlite {

using protocol::make_error;
using protocol::sql_error;
using protocol::sql_result;
using sql::token;

namespace {

sql_error unsupported(const std::string& what) {
    return make_error(protocol::sqlstate::feature_not_supported,
                      what + " is not supported on a SQLite store");
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

/// Walks over the tokens of one statement.
class walker {
public:
    explicit walker(const std::string& text) : text_(text), tokens_(sql::tokens_of(text)) {}

    bool at_end() const { return here().what == token::kind::end; }
    bool is(std::string_view upper) const { return sql::is_word(text_, here(), upper); }
    bool is_symbol(char c) const { return sql::is_symbol(text_, here(), c); }
    bool take(std::string_view upper) { return is(upper) && step(); }
    bool take_symbol(char c) { return is_symbol(c) && step(); }
    void skip() { step(); }

    /// A name, folded as PostgreSQL folds it.
    std::string name() {
        const std::string_view spelled = sql::spelled(text_, here());
        std::string out =
            here().what == token::kind::identifier ? unquoted(spelled, '"') : lower(spelled);
        step();
        return out;
    }
    /// A string constant's value (plain or E''), or the word as written.
    std::string value() {
        const std::string_view spelled = sql::spelled(text_, here());
        std::string out;
        if (here().what == token::kind::string)
            out = string_value(spelled);
        else if (here().what == token::kind::identifier)
            out = unquoted(spelled, '"');
        else
            out = lower(spelled);
        step();
        return out;
    }
    std::optional<std::int64_t> number() {
        const bool minus = is_symbol('-');
        const std::size_t next = at_ + (minus || is_symbol('+') ? 1 : 0);
        if (next >= tokens_.size() || tokens_[next].what != token::kind::number)
            return std::nullopt;
        const std::string digits(sql::spelled(text_, tokens_[next]));
        at_ = next + 1;
        const std::int64_t out = std::strtoll(digits.c_str(), nullptr, 10);
        return minus ? -out : out;
    }
    std::string word() const { return lower(sql::spelled(text_, here())); }
    /// Everything from here on.
    std::string rest() const { return text_.substr(std::min(here().begin, text_.size())); }
    /// The text between this `(` and its `)`, and past it.
    std::string in_parentheses() {
        const std::size_t begin = here().end;
        int depth = 0;
        while (!at_end()) {
            if (is_symbol('('))
                ++depth;
            if (is_symbol(')') && --depth == 0)
                break;
            step();
        }
        const std::string out = text_.substr(begin, here().begin - begin);
        step();
        return out;
    }
    /// `(a, b, c)` at this place, cut at the commas outside of inner brackets.
    std::vector<std::string> list_in_parentheses() {
        const std::string inner = in_parentheses();
        std::vector<std::string> out;
        std::size_t begin = 0;
        int depth = 0;
        for (const token& one : sql::tokens_of(inner)) {
            if (sql::is_symbol(inner, one, '(') || sql::is_symbol(inner, one, '['))
                ++depth;
            else if (sql::is_symbol(inner, one, ')') || sql::is_symbol(inner, one, ']'))
                --depth;
            else if (depth == 0 && sql::is_symbol(inner, one, ',')) {
                out.push_back(inner.substr(begin, one.begin - begin));
                begin = one.end;
            }
        }
        if (inner.find_first_not_of(" \t\r\n") != std::string::npos)
            out.push_back(inner.substr(begin));
        return out;
    }

private:
    const token& here() const { return tokens_[at_]; }
    bool step() {
        if (!at_end())
            ++at_;
        return true;
    }
    static std::string unquoted(std::string_view spelled, char quote) {
        std::string out;
        const std::size_t first = spelled.find(quote);
        if (first == std::string_view::npos)
            return std::string(spelled);
        for (std::size_t i = first + 1; i + 1 < spelled.size(); ++i) {
            out.push_back(spelled[i]);
            if (spelled[i] == quote)
                ++i;
        }
        return out;
    }
    static std::string string_value(std::string_view spelled) {
        const bool escapes = !spelled.empty() && (spelled[0] == 'e' || spelled[0] == 'E');
        const std::string raw = unquoted(spelled, '\'');
        if (!escapes)
            return raw;
        std::string out;
        for (std::size_t i = 0; i < raw.size(); ++i) {
            if (raw[i] != '\\' || i + 1 == raw.size()) {
                out.push_back(raw[i]);
                continue;
            }
            switch (raw[++i]) {
                case 'n':
                    out.push_back('\n');
                    break;
                case 't':
                    out.push_back('\t');
                    break;
                case 'r':
                    out.push_back('\r');
                    break;
                case 'b':
                    out.push_back('\b');
                    break;
                case 'f':
                    out.push_back('\f');
                    break;
                case 'x': {
                    char* end = nullptr;
                    const std::string digits = raw.substr(i + 1, 2);
                    out.push_back(static_cast<char>(std::strtol(digits.c_str(), &end, 16)));
                    i += static_cast<std::size_t>(end - digits.c_str());
                    break;
                }
                default:
                    out.push_back(raw[i]);
            }
        }
        return out;
    }

    const std::string& text_;
    std::vector<token> tokens_;
    std::size_t at_ = 0;
};

bool read_switch(walker& in) {
    if (in.at_end())
        return true;
    const std::string word = in.value();
    return word != "off" && word != "false" && word != "0";
}

std::vector<std::string> names_in(const std::string& list) {
    std::vector<std::string> out;
    walker in(list);
    while (!in.at_end()) {
        if (!in.take_symbol(',') && !in.take_symbol('(') && !in.take_symbol(')'))
            out.push_back(in.name());
    }
    return out;
}

/// The options behind COPY's source or target, in the parenthesised and the old notation.
class copy_options {
public:
    explicit copy_options(copy_request& out) : out_(out) {}

    std::optional<sql_error> read_list(walker& in) {
        for (const std::string& option : in.list_in_parentheses()) {
            walker one(option);
            const std::string name = one.name();
            if (auto failed = read_one(name, one))
                return failed;
        }
        return finish();
    }
    std::optional<sql_error> read_old(walker& in) {
        while (!in.at_end()) {
            const std::string name = in.name();
            in.take("AS");
            if (name == "csv" || name == "binary" || name == "text") {
                set_format(name);
            } else if (name == "header" || name == "freeze") {
                out_.header = out_.header || name == "header";
            } else if (name == "force") {
                return unsupported("COPY with FORCE in the old notation");
            } else if (auto failed = read_one(name, in)) {
                return failed;
            }
        }
        return finish();
    }

private:
    std::optional<sql_error> read_one(const std::string& name, walker& in) {
        if (name == "format") {
            if (!set_format(in.value()))
                return make_error(protocol::sqlstate::invalid_parameter_value,
                                  "COPY format not recognized");
        } else if (name == "freeze") {
            read_switch(in);
        } else if (name == "delimiter" || name == "delimiters") {
            out_.delimiter = in.value();
            has_delimiter_ = true;
        } else if (name == "null") {
            out_.null = in.value();
            has_null_ = true;
        } else if (name == "header") {
            out_.header_match = in.is("MATCH");
            out_.header = read_switch(in) || out_.header_match;
        } else if (name == "quote") {
            out_.quote = in.value();
        } else if (name == "escape") {
            out_.escape = in.value();
            has_escape_ = true;
        } else if (name == "encoding") {
            std::string encoding = lower(in.value());
            std::erase(encoding, '-');
            if (encoding != "utf8")
                return unsupported("COPY with ENCODING " + encoding);
        } else if (name == "force_quote") {
            if (in.take_symbol('*'))
                out_.force_quote_all = true;
            else
                out_.force_quote = names_in(in.rest());
        } else if (name == "force_not_null") {
            out_.force_not_null = names_in(in.rest());
        } else if (name == "force_null") {
            out_.force_null = names_in(in.rest());
        } else {
            return make_error(protocol::sqlstate::syntax_error,
                              "option \"" + name + "\" not recognized");
        }
        return std::nullopt;
    }
    bool set_format(const std::string& name) {
        if (name == "csv")
            out_.how = copy_request::format::csv;
        else if (name == "binary")
            out_.how = copy_request::format::binary;
        else if (name == "text")
            out_.how = copy_request::format::text;
        else
            return false;
        return true;
    }
    std::optional<sql_error> finish() {
        if (out_.how == copy_request::format::csv) {
            if (!has_delimiter_)
                out_.delimiter = ",";
            if (!has_null_)
                out_.null = "";
            if (!has_escape_)
                out_.escape = out_.quote;
        }
        if (out_.delimiter.size() != 1)
            return make_error(protocol::sqlstate::feature_not_supported,
                              "COPY delimiter must be a single one-byte character");
        if (out_.quote.size() != 1 || out_.escape.size() != 1)
            return make_error(protocol::sqlstate::feature_not_supported,
                              "COPY quote and escape must be a single one-byte character");
        return std::nullopt;
    }

    copy_request& out_;
    bool has_delimiter_ = false;
    bool has_null_ = false;
    bool has_escape_ = false;
};

}  // namespace

sql_result<fetch_request> read_fetch(const std::string& text) {
    using direction = fetch_request::direction;
    walker in(text);
    fetch_request out;
    out.move = in.is("MOVE");
    in.skip();
    const auto count_or_one = [&] {
        if (in.take("ALL"))
            return fetch_request::all;
        return in.number().value_or(1);
    };
    if (in.take("NEXT")) {
        out.count = 1;
    } else if (in.take("PRIOR")) {
        out.how = direction::backward;
    } else if (in.take("FIRST")) {
        out.how = direction::absolute;
    } else if (in.take("LAST")) {
        out.how = direction::absolute;
        out.count = -1;
    } else if (in.take("ABSOLUTE")) {
        out.how = direction::absolute;
        out.count = in.number().value_or(1);
    } else if (in.take("RELATIVE")) {
        out.how = direction::relative;
        out.count = in.number().value_or(1);
    } else if (in.take("FORWARD")) {
        out.count = count_or_one();
    } else if (in.take("BACKWARD")) {
        out.how = direction::backward;
        out.count = count_or_one();
    } else if (in.take("ALL")) {
        out.count = fetch_request::all;
    } else if (const auto count = in.number()) {
        out.count = *count;
    }
    if (!in.take("FROM"))
        in.take("IN");
    out.name = in.name();
    if (out.how == direction::forward && out.count < 0) {
        out.how = direction::backward;
        out.count = -out.count;
    }
    return out;
}

sql_result<declare_request> read_declare(const std::string& text) {
    walker in(text);
    declare_request out;
    in.skip();
    out.name = in.name();
    while (!in.at_end() && !in.is("CURSOR")) {
        const bool no = in.take("NO");
        if (in.is("BINARY"))
            out.binary = true;
        if (in.is("SCROLL"))
            out.scroll = !no;
        in.skip();
    }
    in.skip();
    while (!in.at_end() && !in.is("FOR")) {
        if (in.take("WITH"))
            out.hold = true;
        in.skip();
    }
    in.skip();
    out.query = in.rest();
    return out;
}

sql_result<prepare_request> read_prepare(const std::string& text) {
    walker in(text);
    prepare_request out;
    in.skip();
    out.name = in.name();
    if (in.is_symbol('(')) {
        for (const std::string& type : in.list_in_parentheses()) {
            std::string name = lower(type);
            const std::size_t first = name.find_first_not_of(" \t\r\n");
            const std::size_t last = name.find_last_not_of(" \t\r\n");
            name = first == std::string::npos ? "" : name.substr(first, last - first + 1);
            if (const std::size_t bracket = name.find('('); bracket != std::string::npos)
                name.erase(bracket);
            const bool array = name.ends_with("[]");
            if (array)
                name.erase(name.size() - 2);
            if (name.starts_with("pg_catalog."))
                name.erase(0, 11);
            static constexpr std::pair<std::string_view, std::string_view> short_names[] = {
                {"int", "int4"}, {"decimal", "numeric"}, {"float", "float8"}};
            for (const auto& [from, to] : short_names) {
                if (name == from)
                    name = to;
            }
            const protocol::type_info* info = protocol::find_type(name);
            if (info == nullptr || (array && info->array == 0))
                return make_error(protocol::sqlstate::undefined_object,
                                  "type \"" + name + "\" does not exist");
            out.types.push_back(array ? info->array : info->id);
        }
    }
    in.take("AS");
    out.query = in.rest();
    return out;
}

sql_result<execute_request> read_execute(const std::string& text) {
    walker in(text);
    execute_request out;
    in.skip();
    out.name = in.name();
    if (in.is_symbol('('))
        out.arguments = in.list_in_parentheses();
    return out;
}

sql_result<copy_request> read_copy(const std::string& text) {
    walker in(text);
    copy_request out;
    in.skip();
    if (in.take("BINARY"))
        out.how = copy_request::format::binary;
    if (in.is_symbol('(')) {
        out.query = in.in_parentheses();
    } else {
        out.table = in.name();
        if (in.take_symbol('.')) {
            out.schema = std::move(out.table);
            out.table = in.name();
        }
        if (in.is_symbol('('))
            out.columns = names_in(in.in_parentheses());
    }
    out.from = in.take("FROM");
    if (!out.from)
        in.take("TO");
    if (!in.take("STDIN") && !in.take("STDOUT"))
        return make_error(protocol::sqlstate::insufficient_privilege,
                          "COPY to or from a file or program is not supported");
    const bool with = in.take("WITH");
    copy_options options(out);
    const bool list = in.is_symbol('(');
    if (auto failed = list ? options.read_list(in) : options.read_old(in))
        return *failed;
    if (list && in.is("WHERE"))
        return unsupported("COPY FROM with WHERE");
    (void)with;
    return out;
}

sql_result<std::string> read_explain(const std::string& text) {
    walker in(text);
    in.skip();
    if (in.is_symbol('(')) {
        for (const std::string& option : in.list_in_parentheses()) {
            walker one(option);
            const std::string name = one.name();
            const std::string value = one.at_end() ? "on" : one.value();
            if (name == "analyze" && value != "off" && value != "false" && value != "0")
                return unsupported("EXPLAIN ANALYZE");
            if (name == "format" && value != "text")
                return unsupported("EXPLAIN (FORMAT " + value + ")");
        }
    } else {
        if (in.is("ANALYZE") || in.is("ANALYSE"))
            return unsupported("EXPLAIN ANALYZE");
        in.take("VERBOSE");
    }
    return in.rest();
}

std::string read_close(const std::string& text) {
    walker in(text);
    in.skip();
    return in.is("ALL") ? std::string() : in.name();
}

std::string ddl_tag(const std::string& text) {
    walker in(text);
    const auto upper = [](std::string word) {
        for (char& c : word)
            c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        return word;
    };
    const std::string verb = upper(in.word());
    in.skip();
    if (verb != "CREATE" && verb != "ALTER" && verb != "DROP")
        return verb == "TRUNCATE" ? "TRUNCATE TABLE" : verb;
    while (!in.at_end()) {
        const std::string word = upper(in.word());
        if (word == "MATERIALIZED")
            return verb + " MATERIALIZED VIEW";
        if (word == "FOREIGN")
            return verb + " FOREIGN TABLE";
        if (word == "OR" || word == "REPLACE" || word == "UNIQUE" || word == "TEMP" ||
            word == "TEMPORARY" || word == "UNLOGGED" || word == "GLOBAL" || word == "LOCAL" ||
            word == "RECURSIVE" || word == "TRUSTED") {
            in.skip();
            continue;
        }
        return verb + " " + (word == "USER" || word == "GROUP" ? "ROLE" : word);
    }
    return verb;
}

}  // namespace pgduet::store::sqlite
