#include "shadow/compare/compare.hpp"

#include <algorithm>
#include <array>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/compare/canonical.hpp"
#include "shadow/compare/rows.hpp"

namespace pgduet::compare {

using protocol::column;
using protocol::outcome;
using protocol::sql_error;

namespace {

using what = result::what;

/// Errors that depend on who else is at work, not on the statement: only their class is compared.
bool depends_on_state(std::string_view sqlstate) {
    static constexpr std::array codes = {
        std::string_view("40001"),
        std::string_view("40P01"),
        std::string_view("57014"),
        std::string_view("55P03"),
    };
    return sqlstate.starts_with("53") || std::ranges::find(codes, sqlstate) != codes.end();
}

bool same_error(const sql_error& a, const sql_error& b) {
    if (a.sqlstate == b.sqlstate)
        return true;
    return depends_on_state(a.sqlstate) && depends_on_state(b.sqlstate) &&
           a.sqlstate.substr(0, 2) == b.sqlstate.substr(0, 2);
}

std::string describe(const outcome& of) {
    if (of.error)
        return of.error->sqlstate + " \"" + of.error->message + "\"";
    return "success (" + (of.tag.empty() ? std::string("no statement") : of.tag) + ")";
}

/// The tag without its counts: `INSERT 0 1` is INSERT.
std::string_view command(std::string_view tag) {
    const std::size_t end = tag.find_first_of("0123456789");
    tag = tag.substr(0, end);
    while (tag.ends_with(' '))
        tag.remove_suffix(1);
    return tag;
}

std::string type_name(protocol::oid type) {
    const protocol::type_info* info = protocol::find_type(type);
    return info ? std::string(info->sql_name) : "type " + std::to_string(type);
}

std::string differing_columns(const std::vector<column>& a,
                              const std::vector<column>& b,
                              bool names) {
    if (a.size() != b.size())
        return "primary " + std::to_string(a.size()) + " columns, shadow " +
               std::to_string(b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        const std::string which = "column " + std::to_string(i + 1);
        if (names && a[i].name != b[i].name)
            return which + " is named \"" + a[i].name + "\" on the primary, \"" + b[i].name +
                   "\" on the shadow";
        if (!alike(a[i].type, b[i].type))
            return which + " (\"" + a[i].name + "\") is " + type_name(a[i].type) +
                   " on the primary, " + type_name(b[i].type) + " on the shadow";
    }
    return {};
}

result tags_differ(const outcome& primary, const outcome& shadow) {
    const auto shown = [](const outcome& of) {
        return of.suspended ? std::string("more rows to come") : "\"" + of.tag + "\"";
    };
    return {what::tag_differs, "primary " + shown(primary) + ", shadow " + shown(shadow)};
}

}  // namespace

std::string_view to_string(what verdict) {
    switch (verdict) {
        case what::equal:
            return "equal";
        case what::error_differs:
            return "error_differs";
        case what::tag_differs:
            return "tag_differs";
        case what::columns_differ:
            return "columns_differ";
        case what::rows_differ:
            return "rows_differ";
        case what::order_differs:
            return "order_differs";
        case what::too_large:
            return "too_large";
    }
    return "unknown";
}

result compare(const outcome& primary,
               const outcome& shadow,
               const options& how,
               const protocol::value_settings& settings) {
    if (primary.error || shadow.error) {
        if (primary.error && shadow.error && same_error(*primary.error, *shadow.error))
            return {};
        return {what::error_differs,
                "primary " + describe(primary) + ", shadow " + describe(shadow)};
    }
    if (command(primary.tag) != command(shadow.tag))
        return tags_differ(primary, shadow);
    if (std::string text = differing_columns(primary.columns, shadow.columns, how.compare_names);
        !text.empty())
        return {what::columns_differ, std::move(text)};
    // Before the tags' counts: which row differs says more than how many there are.
    if (result rows = compare_rows(primary, shadow, how.total_order, settings);
        rows.verdict != what::equal)
        return rows;
    if (primary.tag != shadow.tag || primary.suspended != shadow.suspended)
        return tags_differ(primary, shadow);
    return {};
}

}  // namespace pgduet::compare
