#include "shadow/replay/judge.hpp"

#include <algorithm>
#include <cstdio>

#include "protocol/sql_types/sqlstate.hpp"

namespace pgduet::replay {

namespace {

using what = compare::result::what;
namespace sqlstate = protocol::sqlstate;

constexpr std::size_t printed_bytes_max = 4096;

bool was_cancelled(const protocol::outcome& one) {
    return one.error && (one.error->sqlstate == sqlstate::query_canceled ||
                         one.error->sqlstate.starts_with("57P"));
}

bool lost_a_race(const protocol::outcome& one) {
    return one.error && (one.error->sqlstate.starts_with("40") ||
                         one.error->sqlstate == sqlstate::lock_not_available);
}

std::string state_of(const protocol::outcome& one) {
    return one.error ? one.error->sqlstate : std::string("ok");
}

std::string joined(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names)
        all += (all.empty() ? "" : ",") + name;
    return all;
}

/// Rows that differ are a matter of state when the statement shows stored rows as they are, or
/// when the table's rows are known to differ; else the same rows gave another answer.
bool is_state(const shadow::exchange& done, what compared, const surroundings& around) {
    if (compared == what::tag_differs)
        return around.plain_tables;
    if (compared != what::rows_differ && compared != what::order_differs)
        return false;
    if (!around.plain_tables)
        return false;
    return done.statement->plain_columns || done.statement->may_write || around.state_differs;
}

std::string json_text(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            char code[8];
            std::snprintf(code, sizeof code, "\\u%04x", c);
            out += code;
        } else {
            out += c;
        }
    }
    return out + "\"";
}

std::string print_parameters(const shadow::exchange& done) {
    std::string out = "[";
    for (std::size_t i = 0; i < done.parameters.size(); ++i) {
        const protocol::parameter& one = done.parameters[i];
        if (i != 0)
            out += ", ";
        if (!one.value) {
            out += "null";
            continue;
        }
        std::string text = *one.value;
        if (one.encoding == protocol::format::binary) {
            const protocol::oid type =
                i < done.parameter_types.size() ? done.parameter_types[i] : 0;
            const auto printed = protocol::binary_to_text(type, text, {});
            if (printed && type != 0) {
                text = *printed;
            } else {
                text = "\\x";
                for (const char c : *one.value) {
                    char code[4];
                    std::snprintf(code, sizeof code, "%02x", static_cast<unsigned char>(c));
                    text += code;
                }
            }
        }
        out += json_text(text);
    }
    return out + "]";
}

}  // namespace

std::vector<std::string> tables_of(const sql::statement& statement) {
    std::vector<std::string> names;
    for (const sql::relation_ref& relation : statement.relations)
        names.push_back(relation.name);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

verdict judge(const shadow::exchange& done,
              const protocol::outcome& on_shadow,
              const compare::result& compared,
              const surroundings& around) {
    const auto not_compared = [](const char* reason) {
        return verdict{verdict::fate::not_compared, reason, {}, {}};
    };
    if (compared.verdict == what::equal)
        return {};
    if (was_cancelled(done.primary) || was_cancelled(on_shadow))
        return not_compared("cancelled");
    if (done.overlapped || lost_a_race(done.primary) || lost_a_race(on_shadow))
        return not_compared("position");
    if (around.table_dirty)
        return not_compared("dirty");
    if (compared.verdict == what::too_large)
        return not_compared("too_large");
    const bool rows = compared.verdict == what::rows_differ;
    if (rows && done.statement->limited && !done.total_order)
        return not_compared("order");
    if (rows && (done.statement->nondeterministic))
        return not_compared("nondeterministic");

    verdict out;
    out.what = verdict::fate::differs;
    if (is_state(done, compared.verdict, around)) {
        out.finding_class = "state";
        out.cause = joined(tables_of(*done.statement));
    } else {
        out.finding_class = "semantic";
        out.cause = std::to_string(done.statement->fingerprint()) + ":" +
                    std::string(compare::to_string(compared.verdict)) + ":" +
                    state_of(done.primary) + ":" + state_of(on_shadow);
    }
    return out;
}

ledger::difference describe(const shadow::exchange& done,
                            const protocol::outcome& on_shadow,
                            const compare::result& compared,
                            const verdict& judged) {
    ledger::difference out;
    out.finding_class = judged.finding_class;
    out.cause = judged.cause;
    out.fingerprint = done.statement->fingerprint();
    out.statement = done.statement->normalised();
    out.tables = tables_of(*done.statement);
    out.sql = done.statement->text;
    out.parameters = print_parameters(done);
    out.primary = compare::print(done.primary, printed_bytes_max, {});
    out.shadow = compare::print(on_shadow, printed_bytes_max, {});
    if (!compared.explanation.empty())
        out.shadow += "\n(" + compared.explanation + ")";
    return out;
}

}  // namespace pgduet::replay
