#include <algorithm>
#include <list>
#include <regex>

#include "protocol/sql_types/sqlstate.hpp"
#include "protocol/sql_types/utf8.hpp"
#include "shadow/store/sqlite/function_tools.hpp"
#include "shadow/store/sqlite/unicode_case.hpp"

/// LIKE and regular expressions.
namespace pgduet::store::sqlite::functions {
namespace {

namespace sqlstate = protocol::sqlstate;
using protocol::codec::utf8_length;

enum class match { yes, no, bad_escape };

/// PostgreSQL's MatchText(): % any run, _ one character, the escape makes the next one literal.
match like(std::string_view text, std::string_view pattern, std::string_view escape) {
    std::size_t t = 0;
    std::size_t p = 0;
    std::size_t star_p = std::string_view::npos;
    std::size_t star_t = 0;
    while (true) {
        bool ok = false;
        if (p < pattern.size()) {
            const std::size_t size = std::min(utf8_length(pattern[p]), pattern.size() - p);
            const std::string_view one = pattern.substr(p, size);
            if (!escape.empty() && one == escape) {
                const std::size_t next = p + size;
                if (next >= pattern.size())
                    return match::bad_escape;
                const std::size_t literal =
                    std::min(utf8_length(pattern[next]), pattern.size() - next);
                ok = t < text.size() && text.substr(t, literal) == pattern.substr(next, literal);
                if (ok) {
                    t += literal;
                    p = next + literal;
                }
            } else if (one == "%") {
                star_p = ++p;
                star_t = t;
                continue;
            } else if (one == "_") {
                ok = t < text.size();
                if (ok) {
                    t += std::min(utf8_length(text[t]), text.size() - t);
                    ++p;
                }
            } else {
                ok = t < text.size() && text.substr(t, size) == one;
                if (ok) {
                    t += size;
                    p += size;
                }
            }
        } else if (t == text.size()) {
            return match::yes;
        }
        if (ok)
            continue;
        if (star_p == std::string_view::npos || star_t >= text.size())
            return match::no;
        star_t += std::min(utf8_length(text[star_t]), text.size() - star_t);
        t = star_t;
        p = star_p;
    }
}

void answer_like(const call& c, std::string_view text, std::string_view pattern) {
    const std::string_view escape = c.count() == 3 ? c.text(2) : std::string_view("\\");
    if (!escape.empty() && utf8_length(escape[0]) != escape.size()) {
        c.raise("22025", "invalid escape string");
        return;
    }
    const match result = like(text, pattern, escape);
    if (result == match::bad_escape)
        c.raise("22025", "LIKE pattern must not end with escape character");
    else
        c.answer(result == match::yes);
}

void pg_like(const call& c) {
    answer_like(c, c.text(0), c.text(1));
}
void pg_ilike(const call& c) {
    answer_like(c, lower_case(c.text(0)), lower_case(c.text(1)));
}

/// POSIX advanced syntax as far as ECMAScript's grammar reads it the same: escapes of PostgreSQL's
/// own (\m \M \y \A \Z, embedded options) are refused rather than misread.
const std::regex* compiled(const call& c, std::string_view pattern, bool fold) {
    struct entry {
        std::string key;
        std::regex expression;
    };
    thread_local std::list<entry> cache;
    constexpr std::size_t cache_max = 32;
    const std::string key = (fold ? "i" : "c") + std::string(pattern);
    for (auto it = cache.begin(); it != cache.end(); ++it) {
        if (it->key == key) {
            cache.splice(cache.begin(), cache, it);
            return &cache.front().expression;
        }
    }
    for (const std::string_view own :
         {"\\m", "\\M", "\\y", "\\Y", "\\A", "\\Z", "***", "(?i", "(?n"}) {
        if (pattern.find(own) != std::string_view::npos) {
            c.raise(sqlstate::feature_not_supported,
                    "regular expression feature " + std::string(own) +
                        " is not supported on a SQLite store");
            return nullptr;
        }
    }
    try {
        auto flags = std::regex::ECMAScript;
        if (fold)
            flags |= std::regex::icase;
        cache.push_front({key, std::regex(pattern.begin(), pattern.end(), flags)});
    } catch (const std::regex_error&) {
        c.raise("2201B", "invalid regular expression: " + std::string(pattern));
        return nullptr;
    }
    if (cache.size() > cache_max)
        cache.pop_back();
    return &cache.front().expression;
}

void pg_regex(const call& c) {
    const bool fold = c.text(2).find('i') != std::string_view::npos;
    const std::regex* const expression = compiled(c, c.text(1), fold);
    if (expression != nullptr)
        c.answer(std::regex_search(c.text(0).begin(), c.text(0).end(), *expression));
}

void pg_regexp_replace(const call& c) {
    const std::string_view flags = c.count() == 4 ? c.text(3) : std::string_view();
    for (const char flag : flags) {
        if (flag != 'g' && flag != 'i' && flag != 'c') {
            c.raise(sqlstate::invalid_parameter_value,
                    "invalid regular expression option: \"" + std::string(1, flag) + "\"");
            return;
        }
    }
    const bool fold = flags.find('i') != std::string_view::npos;
    const bool all = flags.find('g') != std::string_view::npos;
    const std::regex* const expression = compiled(c, c.text(1), fold);
    if (expression == nullptr)
        return;
    // \1 and \& of PostgreSQL, $ literal.
    std::string replacement;
    const std::string_view given = c.text(2);
    for (std::size_t i = 0; i < given.size(); ++i) {
        if (given[i] == '$') {
            replacement += "$$";
        } else if (given[i] == '\\' && i + 1 < given.size()) {
            const char next = given[++i];
            if (next >= '1' && next <= '9')
                replacement += std::string("$") + next;
            else if (next == '&')
                replacement += "$&";
            else
                replacement.push_back(next);
        } else {
            replacement.push_back(given[i]);
        }
    }
    std::string out;
    std::regex_replace(
        std::back_inserter(out),
        c.text(0).begin(),
        c.text(0).end(),
        *expression,
        replacement,
        all ? std::regex_constants::format_default : std::regex_constants::format_first_only);
    c.answer(out);
}

constexpr definition list[] = {
    {"pg_like", 2, pg_like},
    {"pg_like", 3, pg_like},
    {"pg_ilike", 2, pg_ilike},
    {"pg_ilike", 3, pg_ilike},
    {"pg_regex", 3, pg_regex},
    {"pg_regexp_replace", 3, pg_regexp_replace},
    {"pg_regexp_replace", 4, pg_regexp_replace},
};

}  // namespace

void register_patterns(connection& target) {
    define(target, list);
}

}  // namespace pgduet::store::sqlite::functions
