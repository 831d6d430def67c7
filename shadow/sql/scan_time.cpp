#include "shadow/sql/scan_time.hpp"

#include <algorithm>
#include <iterator>

namespace pgduet::sql {

namespace json = boost::json;

namespace {

/// Words of date/time input that stand for the current time (manual 8.5.1.4).
constexpr std::string_view clock_words[] = {"now", "today", "tomorrow", "yesterday"};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Calls `use` with each run of letters, in lower case, of `text`.
template <class Use>
void each_word(std::string_view text, Use use) {
    std::string word;
    for (const char c : text) {
        if (is_letter(c)) {
            word += static_cast<char>(c | 0x20);
        } else if (!word.empty()) {
            use(word);
            word.clear();
        }
    }
    if (!word.empty())
        use(word);
}

bool is_clock_word(std::string_view word) {
    return std::find(std::begin(clock_words), std::end(clock_words), word) != std::end(clock_words);
}

std::string_view constant_text(const json::object& constant) {
    const json::object* text = fields_of(constant, "sval");
    return text ? text_of(*text, "sval") : std::string_view();
}

std::string type_name(const json::object& type_cast) {
    const json::object* type = fields_of(type_cast, "typeName");
    const auto names = type ? names_of(*type, "names") : std::vector<std::string>();
    return names.empty() ? std::string() : names.back();
}

}  // namespace

std::optional<time_value> time_value_of(const json::object& sql_value_function) {
    struct rule {
        std::string_view operation;
        std::string_view keyword;
        std::string_view type;
    };
    static constexpr rule rules[] = {
        {"SVFOP_CURRENT_DATE", "CURRENT_DATE", "date"},
        {"SVFOP_CURRENT_TIME", "CURRENT_TIME", "timetz"},
        {"SVFOP_CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP", "timestamptz"},
        {"SVFOP_LOCALTIME", "LOCALTIME", "time"},
        {"SVFOP_LOCALTIMESTAMP", "LOCALTIMESTAMP", "timestamp"},
    };
    std::string_view operation = text_of(sql_value_function, "op");
    const bool has_precision = operation.ends_with("_N");
    if (has_precision)
        operation.remove_suffix(2);
    for (const rule& candidate : rules) {
        if (candidate.operation != operation)
            continue;
        time_value out{candidate.keyword.size(), has_precision, std::string(candidate.type)};
        if (has_precision)
            out.cast += "(" + std::to_string(integer_of(sql_value_function, "typmod")) + ")";
        return out;
    }
    return std::nullopt;
}

bool names_current_time(std::string_view tag, const json::object& fields) {
    if (tag == "A_Const") {
        // Alone it may become a date where it is used: WHERE day = 'today'.
        const std::string_view text = constant_text(fields);
        std::size_t words = 0;
        std::size_t clock = 0;
        each_word(text, [&](std::string_view word) {
            ++words;
            clock += is_clock_word(word) ? 1 : 0;
        });
        return words == 1 && clock == 1 && std::all_of(text.begin(), text.end(), [](char c) {
                   return is_letter(c) || c == ' ';
               });
    }
    const tagged_node constant = node_of(fields, "arg");
    if (constant.tag != "A_Const")
        return false;
    const std::string type = type_name(fields);
    if (type != "date" && !type.starts_with("time"))
        return false;
    bool found = false;
    each_word(constant_text(*constant.fields),
              [&](std::string_view word) { found = found || is_clock_word(word); });
    return found;
}

bool casts_to_catalog_type(const json::object& type_cast) {
    static constexpr std::string_view types[] = {"regclass",
                                                 "regcollation",
                                                 "regconfig",
                                                 "regdictionary",
                                                 "regnamespace",
                                                 "regoper",
                                                 "regoperator",
                                                 "regproc",
                                                 "regprocedure",
                                                 "regrole",
                                                 "regtype"};
    const std::string type = type_name(type_cast);
    return std::find(std::begin(types), std::end(types), type) != std::end(types);
}

}  // namespace pgduet::sql
