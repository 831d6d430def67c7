#include "shadow/replay/request_builder.hpp"

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

/// True when the store made values up that were not captured.
bool misses_generated(const shadow::exchange& done) {
    if (!changed_rows(done.primary) || !done.generated.empty() || !done.target)
        return false;
    const bool inserts = done.statement->kind == sql::statement_kind::insert;
    return inserts && !shadow::generated_columns(*done.statement, *done.target).empty();
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
    out.inexact = misses_generated(done) ||
                  (writes && done.statement->nondeterministic && changed_rows(done.primary));

    const bool splice_now = !own_now && !of.now.empty() && !done.statement->now_calls.empty();
    if (!splice_now && done.generated.empty())
        return out;
    const auto spliced = sql::determinise(
        *done.statement, splice_now ? of.now : std::string(), done.generated, column_names(done));
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
