#include "shadow/generated_columns.hpp"

#include <algorithm>

namespace pgduet::shadow {

namespace {

bool is_made_up(sql::column_info::source source) {
    using from = sql::column_info::source;
    switch (source) {
        case from::sequence:
        case from::identity:
        case from::identity_always:
        case from::now:
        case from::volatile_:
            return true;
        case from::none:
        case from::constant:
        case from::stored:
            return false;
    }
    return false;
}

}  // namespace

std::vector<const sql::column_info*> generated_columns(const sql::statement& insert,
                                                       const sql::relation_info& target) {
    std::vector<const sql::column_info*> out;
    const auto& listed = insert.insert.columns;
    for (const sql::column_info& column : target.columns) {
        if (!is_made_up(column.default_source))
            continue;
        const bool given = insert.insert.has_column_list &&
                           std::find(listed.begin(), listed.end(), column.name) != listed.end();
        // Without a column list the VALUES may stop short of this column; which ones they reach is
        // known to determinise(), which ignores values for columns the client gave itself.
        if (!given || insert.insert.has_default_marker)
            out.push_back(&column);
    }
    return out;
}

bool takes_the_units_now(const sql::column_info& column) {
    return column.default_source == sql::column_info::source::now &&
           column.type == protocol::type_oid::timestamptz && column.type_modifier < 0 &&
           (column.default_expression == "now()" ||
            column.default_expression == "CURRENT_TIMESTAMP" ||
            column.default_expression == "transaction_timestamp()");
}

}  // namespace pgduet::shadow
