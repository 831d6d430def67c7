#include "shadow/replay/request_builder.hpp"

#include <algorithm>

#include "shadow/generated_columns.hpp"

namespace pgduet::replay {

namespace {

bool changed_rows(const protocol::outcome& done) {
    return done.succeeded() && !done.tag.ends_with(" 0");
}

std::vector<std::string> column_names(const shadow::exchange& done) {
    std::vector<std::string> names;
    if (done.target) {
        for (const sql::column_info& column : done.target->columns)
            names.push_back(column.name);
    }
    return names;
}

bool has(const sql::generated_values& values, const sql::column_info& column) {
    return std::find(values.columns.begin(), values.columns.end(), column.name) !=
           values.columns.end();
}

/// What the primary made up: as captured, and the transaction's time where that is the default of
/// a column the client's own RETURNING left out. `missing` tells that a value is not known.
sql::generated_values made_up(const shadow::exchange& done, const std::string& now, bool& missing) {
    sql::generated_values values = done.generated;
    if (!changed_rows(done.primary) || !done.target ||
        done.statement->kind != sql::statement_kind::insert)
        return values;
    for (const sql::column_info* column :
         shadow::generated_columns(*done.statement, *done.target)) {
        if (has(values, *column))
            continue;
        if (now.empty() || !shadow::takes_the_units_now(*column)) {
            missing = true;
            continue;
        }
        if (values.empty())
            values.rows.resize(std::max<std::size_t>(done.statement->insert.row_count, 1));
        values.columns.push_back(column->name);
        values.types.push_back(column->type);
        for (auto& row : values.rows)
            row.push_back(now);
    }
    return values;
}

}  // namespace

prepared_request build_request(const shadow::exchange& done, const shadow::unit& of, bool own_now) {
    prepared_request out;
    store::request& request = out.request;
    request.statement = done.statement;
    request.text = done.statement->text;
    request.parameter_types = done.parameter_types;
    request.parameters = done.parameters;
    request.result_formats = done.result_formats;
    request.copy_data = done.copy_data;

    const bool writes = done.statement->may_write;
    bool missing = false;
    const sql::generated_values generated = made_up(done, of.now, missing);
    out.inexact =
        missing || (writes && done.statement->nondeterministic && changed_rows(done.primary));

    const bool splice_now = !own_now && !of.now.empty() && !done.statement->now_calls.empty();
    if (!splice_now && generated.empty())
        return out;
    const auto spliced = sql::determinise(
        *done.statement, splice_now ? of.now : std::string(), generated, column_names(done));
    if (!spliced) {
        out.inexact = out.inexact || changed_rows(done.primary);
        return out;
    }
    request.text = spliced->text;
    request.parameter_types.resize(static_cast<std::size_t>(done.statement->parameter_count));
    request.parameter_types.insert(
        request.parameter_types.end(), spliced->extra_types.begin(), spliced->extra_types.end());
    request.parameters.insert(
        request.parameters.end(), spliced->extra_values.begin(), spliced->extra_values.end());
    return out;
}

}  // namespace pgduet::replay
