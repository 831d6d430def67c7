#include "shadow/store/sqlite/system_call.hpp"

#include <algorithm>
#include <cstdlib>

#include "shadow/sql/lexer.hpp"

namespace pgduet::store::sqlite {

using sql::token;

std::optional<system_call> read_system_call(const sql::statement& statement) {
    if (statement.kind != sql::statement_kind::select || statement.functions.size() != 1 ||
        !statement.relations.empty())
        return std::nullopt;
    system_call out;
    out.function = statement.functions.front();
    if (out.function != "set_config" && out.function != "pg_is_in_recovery" &&
        !out.function.starts_with("pg_advisory_") && !out.function.starts_with("pg_try_advisory_"))
        return std::nullopt;
    out.alias = out.function;
    const std::string& text = statement.text;
    const std::vector<token> all = sql::tokens_of(text);
    std::size_t at = 0;
    const auto symbol = [&](char c) { return sql::is_symbol(text, all[at], c); };
    if (!sql::is_word(text, all[at++], "SELECT"))
        return std::nullopt;
    while (all[at].what != token::kind::end && !symbol('('))
        ++at;  // the name, possibly with pg_catalog. before it
    if (at > 4 || !symbol('('))
        return std::nullopt;
    ++at;
    while (!symbol(')')) {
        system_call::argument one;
        const bool minus = symbol('-');
        at += minus ? 1 : 0;
        const std::string_view spelled = sql::spelled(text, all[at]);
        switch (all[at].what) {
            case token::kind::parameter:
                one.parameter = std::atoi(std::string(spelled.substr(1)).c_str());
                break;
            case token::kind::string:
                if (spelled.front() != '\'' || spelled.find('\'', 1) != spelled.size() - 1)
                    return std::nullopt;
                one.text = spelled.substr(1, spelled.size() - 2);
                break;
            case token::kind::number:
            case token::kind::word:
                one.text = (minus ? "-" : "") + std::string(spelled);
                break;
            default:
                return std::nullopt;
        }
        ++at;
        // A cast of the argument changes nothing here: integers and texts are read by use.
        while (symbol(':'))
            at += sql::is_symbol(text, all[at + 1], ':') ? 3 : 1;
        out.arguments.push_back(std::move(one));
        if (symbol(','))
            ++at;
        else if (!symbol(')'))
            return std::nullopt;
    }
    ++at;
    if (sql::is_word(text, all[at], "AS") && all[at + 1].what == token::kind::word) {
        out.alias = sql::spelled(text, all[at + 1]);
        at += 2;
    }
    if (all[at].what != token::kind::end)
        return std::nullopt;
    return out;
}

}  // namespace pgduet::store::sqlite
