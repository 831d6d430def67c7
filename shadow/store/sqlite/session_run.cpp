#include <algorithm>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/generated_columns.hpp"
#include "shadow/store/sqlite/error_map.hpp"
#include "shadow/store/sqlite/foreign_keys.hpp"
#include "shadow/store/sqlite/rebuild.hpp"
#include "shadow/store/sqlite/session_core.hpp"

namespace pgduet::store::sqlite {

using protocol::make_error;
using protocol::sql_error;
using sql::statement_kind;
namespace sqlstate = protocol::sqlstate;

namespace {

constexpr const char* statement_savepoint = "pgduet_statement";

bool runs_on_sqlite(statement_kind kind) {
    switch (kind) {
        case statement_kind::select:
        case statement_kind::insert:
        case statement_kind::update:
        case statement_kind::delete_:
        case statement_kind::merge:
        case statement_kind::truncate:
        case statement_kind::ddl:
        case statement_kind::explain:
        case statement_kind::declare_cursor:
        case statement_kind::copy_from:
        case statement_kind::copy_to:
        case statement_kind::lock:
            return true;
        default:
            return false;
    }
}

bool changes_rows(statement_kind kind) {
    return kind == statement_kind::insert || kind == statement_kind::update ||
           kind == statement_kind::delete_ || kind == statement_kind::merge ||
           kind == statement_kind::truncate;
}

std::vector<protocol::cell> texts_of(const portal& bound) {
    static const protocol::value_settings utc;
    std::vector<protocol::cell> out;
    for (std::size_t i = 0; i < bound.raw.size(); ++i) {
        const protocol::parameter& one = bound.raw[i];
        if (!one.value || one.encoding == protocol::format::text) {
            out.push_back(one.value);
            continue;
        }
        auto text = protocol::binary_to_text(bound.what->parameter_types[i], *one.value, utc);
        out.push_back(text ? protocol::cell(std::move(*text)) : protocol::cell());
    }
    return out;
}

void put_count(std::string& out, std::size_t count) {
    out.push_back(static_cast<char>((count >> 8) & 0xff));
    out.push_back(static_cast<char>(count & 0xff));
}

/// Names the column whose stored value could not be shown.
sql_error located(sql_error error, const portal& bound, sqlite3_stmt* statement, int column) {
    const char* const table = sqlite3_column_table_name(statement, column);
    const char* const name = sqlite3_column_origin_name(statement, column);
    error.table = table != nullptr ? table : "";
    error.column = name != nullptr ? name : bound.columns[static_cast<std::size_t>(column)].name;
    error.message += " in column \"" + error.column + "\"" +
                     (error.table.empty() ? "" : " of relation \"" + error.table + "\"");
    return error;
}

}  // namespace

need serve_session::core::needs(const portal& bound) const {
    if (bound.at != portal::stage::fresh || block_ == block::failed || writer_ ||
        bound.what->inside->system)
        return need::none;
    const sql::statement& statement = *bound.what->statement;
    const plan::detail& inside = *bound.what->inside;
    const bool runs = runs_on_sqlite(statement.kind);
    if (statement.kind == statement_kind::fetch) {
        const auto request = read_fetch(statement.text);
        const auto cursor = request ? cursors_.find(request->name) : cursors_.end();
        return cursor == cursors_.end() || cursor->second.loaded ? need::none
                                                                 : needs(*cursor->second.bound);
    }
    if (statement.kind == statement_kind::execute && inside.inner == nullptr)
        return need::none;
    if (!runs && statement.kind != statement_kind::execute && !inside.writes)
        return need::none;
    if (inside.writes && !read_only_)
        return need::writer;
    const bool snapshot =
        block_ == block::open && isolation_ != "read committed" && isolation_ != "read uncommitted";
    if (snapshot && !read_only_)
        return need::writer;
    return reader_ ? need::none : need::reader;
}

progress serve_session::core::execute(portal& bound,
                                      std::uint64_t rows_max,
                                      std::size_t bytes_max,
                                      row_sink& rows) {
    const statement_kind kind = bound.what->statement->kind;
    if (bound.at == portal::stage::dead)
        return failed(&bound,
                      make_error(sqlstate::invalid_cursor_name, "portal does not exist any more"));
    if (bound.at == portal::stage::finished) {
        if (bound.columns.empty())
            return failed(&bound, make_error("55000", "portal cannot be run any more"));
        return done(bound.what->inside->tag + " 0");
    }
    if (block_ == block::failed && kind != statement_kind::commit &&
        kind != statement_kind::rollback && kind != statement_kind::rollback_to &&
        kind != statement_kind::empty)
        return failed(nullptr,
                      make_error(sqlstate::in_failed_sql_transaction,
                                 "current transaction is aborted, commands ignored until end of "
                                 "transaction block"));
    if (bound.at == portal::stage::running)
        return pump(bound, rows_max, bytes_max, rows);
    if (bound.at == portal::stage::copying)
        return bound.copying_out
                   ? run_copy_out(bound, bytes_max, rows)
                   : failed(&bound,
                            make_error(sqlstate::protocol_violation, "COPY is waiting for data"));
    if (kind == statement_kind::empty) {
        bound.at = portal::stage::finished;
        return done("");
    }
    if (block_ == block::none && kind != statement_kind::commit && kind != statement_kind::rollback)
        begin_implicit();
    switch (kind) {
        case statement_kind::begin:
        case statement_kind::commit:
        case statement_kind::rollback:
        case statement_kind::savepoint:
        case statement_kind::release:
        case statement_kind::rollback_to:
            return run_transaction_statement(bound);
        case statement_kind::set:
            return run_set(bound);
        case statement_kind::show: {
            progress out = run_show(bound);
            return out.error ? std::move(out) : pump(bound, rows_max, bytes_max, rows);
        }
        case statement_kind::discard:
            return run_discard(bound);
        case statement_kind::prepare:
            return run_prepare(bound);
        case statement_kind::execute:
            return run_execute(bound, rows_max, bytes_max, rows);
        case statement_kind::deallocate:
            return run_deallocate(bound);
        case statement_kind::declare_cursor:
            return run_declare(bound);
        case statement_kind::fetch:
            return run_fetch(bound, rows_max, bytes_max, rows);
        case statement_kind::close_cursor:
            return run_close(bound);
        case statement_kind::explain:
            return run_explain(bound, rows_max, bytes_max, rows);
        case statement_kind::lock:
            return run_lock(bound);
        case statement_kind::maintenance:
            return run_maintenance(bound);
        case statement_kind::copy_from:
            return run_copy_in(bound);
        case statement_kind::copy_to:
            return run_copy_out(bound, bytes_max, rows);
        case statement_kind::notify:
            bound.at = portal::stage::finished;
            return done("UNLISTEN");
        default:
            if (bound.what->inside->system) {
                progress out = run_system_call(bound);
                return out.error ? std::move(out) : pump(bound, rows_max, bytes_max, rows);
            }
            return run_sql(bound, rows_max, bytes_max, rows);
    }
}

progress serve_session::core::done(std::string tag) {
    progress out;
    out.tag = std::move(tag);
    return out;
}

progress serve_session::core::failed(portal* bound, sql_error error) {
    if (bound != nullptr) {
        connection* on = bound->on ? &**bound->on : nullptr;
        bound->statement.reset();
        bound->copying_in.reset();
        if (on != nullptr) {
            on->changes().stop();
            if (bound->in_savepoint && on->in_transaction()) {
                on->run(std::string("ROLLBACK TO ") + statement_savepoint);
                on->run(std::string("RELEASE ") + statement_savepoint);
            }
        }
        bound->in_savepoint = false;
        bound->release();
        bound->at = portal::stage::dead;
    }
    own_schema_.reset();
    abort();
    progress out;
    out.at = progress::state::failed;
    out.error = std::move(error);
    out.notices = std::move(pending_notices_);
    pending_notices_.clear();
    return out;
}

progress serve_session::core::run_sql(portal& bound,
                                      std::uint64_t rows_max,
                                      std::size_t bytes_max,
                                      row_sink& rows) {
    const auto picture = schema();
    if (bound.what->inside->schema_version != 0 &&
        bound.what->inside->schema_version != picture->version()) {
        auto fresh = prepare(bound.what->statement, bound.what->given_types);
        if (!fresh)
            return failed(&bound, fresh.error());
        std::vector<protocol::format> formats;
        for (const protocol::column& column : bound.columns)
            formats.push_back(column.encoding);
        const auto same_shape = [](const protocol::column& a, const protocol::column& b) {
            return a.name == b.name && a.type == b.type;
        };
        if (!std::equal((*fresh)->columns.begin(),
                        (*fresh)->columns.end(),
                        bound.what->columns.begin(),
                        bound.what->columns.end(),
                        same_shape) ||
            (*fresh)->parameter_types != bound.what->parameter_types)
            return failed(&bound,
                          make_error(sqlstate::feature_not_supported,
                                     "cached plan must not change result type"));
        bound.what = *fresh;
    }
    const plan::detail& inside = *bound.what->inside;
    const sql::translation& translation = inside.translation;
    bound.notices = translation.notices;
    auto on = connection_for(inside.writes);
    if (!on)
        return failed(&bound, on.error());
    bound.on = *on;
    statements_ran_ = true;
    connection& here = **bound.on;
    here.use_context(&context_);
    context_.values.zone = settings_.zone();
    const sql::statement& statement = *bound.what->statement;
    if (inside.writes) {
        if (auto error = take_ahead_on(here, &bound))
            return failed(&bound, *error);
    }
    if (translation.if_exists_miss) {
        bound.at = portal::stage::finished;
        progress out = done(statement.kind == statement_kind::ddl ? inside.tag : inside.tag + " 0");
        out.notices = std::move(bound.notices);
        bound.on.reset();
        return out;
    }
    bound.capturing = inside.writes && store_.options().capture_effects &&
                      (changes_rows(statement.kind) || statement.kind == statement_kind::select);
    if (bound.capturing && statement.kind != statement_kind::select)
        here.changes().start(*picture, store_.options().effects_bytes_max);
    if (translation.steps.size() > 1 ||
        (translation.steps.size() == 1 &&
         std::holds_alternative<sql::sqlite_rebuild>(translation.steps.front()))) {
        if (auto error = here.run(std::string("SAVEPOINT ") + statement_savepoint))
            return failed(&bound, *error);
        bound.in_savepoint = true;
    }
    std::int64_t changed = 0;
    for (std::size_t i = 0; i < translation.steps.size(); ++i) {
        if (const auto* rebuild = std::get_if<sql::sqlite_rebuild>(&translation.steps[i])) {
            if (auto error = rebuild_table(here, *rebuild, *schema()))
                return failed(&bound, *error);
            continue;
        }
        const std::string& text = std::get<sql::sqlite_sql>(translation.steps[i]).text;
        auto prepared = here.prepare(text);
        if (!prepared)
            return failed(&bound, prepared.error());
        const int places = sqlite3_bind_parameter_count(prepared->get());
        for (int n = 0; n < places && n < static_cast<int>(bound.values.size()); ++n)
            bind_stored(prepared->get(), n + 1, bound.values[static_cast<std::size_t>(n)]);
        const bool last = i + 1 == translation.steps.size();
        if (last && !bound.columns.empty()) {
            bound.statement = std::move(*prepared);
            bound.at = portal::stage::running;
            if (inside.writes && changes_rows(statement.kind)) {
                // The whole change happens in the first step; its rows and effects are kept, so
                // that a suspended portal holds up nothing.
                if (auto error = take_ahead(bound))
                    return failed(&bound, std::move(*error));
                here.changes().stop();
                bound.effects_complete = bound.capturing && here.changes().complete();
                bound.effects = here.changes().take();
            }
            return pump(bound, rows_max, bytes_max, rows);
        }
        int rc = SQLITE_ROW;
        while (rc == SQLITE_ROW)
            rc = prepared->step();
        if (rc != SQLITE_DONE) {
            sql_error error = step_error(bound, rc);
            prepared->reset();
            return failed(&bound, std::move(error));
        }
        changed = sqlite3_changes64(here.raw());
    }
    here.changes().stop();
    if (bound.in_savepoint) {
        bound.in_savepoint = false;
        if (auto error = here.run(std::string("RELEASE ") + statement_savepoint))
            return failed(&bound, *error);
    }
    if (translation.changes_schema) {
        wrote_schema_ = true;
        own_schema_.reset();
    }
    progress out;
    out.notices = std::move(bound.notices);
    out.tag = inside.tag;
    if (changes_rows(statement.kind) && statement.kind != statement_kind::truncate)
        out.tag += " " + std::to_string(changed);
    else if (statement.kind == statement_kind::select)
        out.tag += " 0";
    if (bound.capturing) {
        out.has_effects = here.changes().complete() && statement.kind != statement_kind::ddl;
        out.effects = here.changes().take();
    }
    if (statement.kind == statement_kind::insert)
        note_insert(bound, *picture, changed, out);
    bound.at = portal::stage::finished;
    bound.release();
    return out;
}

void serve_session::core::note_insert(const portal& bound,
                                      const schema_picture& picture,
                                      std::int64_t changed,
                                      progress& out) {
    const sql::statement& statement = *bound.what->statement;
    const schema_picture::entry* target = nullptr;
    for (const sql::relation_ref& relation : statement.relations) {
        if (relation.written && target == nullptr)
            target = picture.find_entry(relation.name);
    }
    if (target == nullptr)
        return;
    const auto columns = shadow::generated_columns(statement, *target->relation);
    if (changed > 0 && !target->rowid_column.empty()) {
        for (const sql::column_info* column : columns) {
            if (column->name != target->rowid_column)
                continue;
            context_.lastval = sqlite3_last_insert_rowid((*bound.on)->raw());
            context_.currval[target->relation->name + "_" + column->name + "_seq"] =
                *context_.lastval;
        }
    }
    if (!out.has_effects || columns.empty())
        return;
    for (const sql::column_info* column : columns) {
        out.generated.columns.push_back(column->name);
        out.generated.types.push_back(column->type);
    }
    for (const shadow::row_change& change : out.effects) {
        if (change.what != shadow::row_change::kind::insert ||
            change.relation->name != target->relation->name)
            continue;
        std::vector<protocol::cell> row;
        for (const sql::column_info* column : columns) {
            const auto index = static_cast<std::size_t>(column - target->relation->columns.data());
            row.push_back(index < change.after.size() ? change.after[index] : protocol::cell());
        }
        out.generated.rows.push_back(std::move(row));
    }
}

progress serve_session::core::pump(portal& bound,
                                   std::uint64_t rows_max,
                                   std::size_t bytes_max,
                                   row_sink& rows) {
    std::size_t bytes = 0;
    const sql::statement& statement = *bound.what->statement;
    connection* const here = bound.on ? &**bound.on : nullptr;
    if (here != nullptr) {
        here->use_context(&context_);
        context_.values.zone = settings_.zone();
    }
    const auto settings = context_.values;
    while (true) {
        if (rows_max != 0 && bound.rows_in_turn >= rows_max) {
            bound.rows_in_turn = 0;
            progress out;
            out.at = progress::state::suspended;
            return out;
        }
        if (bytes_max != 0 && bytes >= bytes_max) {
            progress out;
            out.at = progress::state::more;
            return out;
        }
        if (!bound.ready.empty()) {
            rows.row(bound.ready.front());
            bytes += bound.ready.front().size();
            bound.ready.pop_front();
        } else if (bound.only_ready || !bound.statement) {
            break;
        } else {
            const int rc = bound.statement.step();
            if (rc == SQLITE_DONE)
                break;
            if (rc != SQLITE_ROW) {
                return failed(&bound, step_error(bound, rc));
            }
            if (auto error = encode_row(bound, settings))
                return failed(&bound, std::move(*error));
            rows.row(scratch_);
            bytes += scratch_.size();
        }
        ++bound.rows;
        ++bound.rows_in_turn;
    }
    progress out;
    out.notices = std::move(bound.notices);
    const plan::detail& inside = *bound.what->inside;
    if (!bound.end_tag.empty())
        out.tag = bound.end_tag;
    else  // a RETURNING gives a row for each row it changed
        out.tag = inside.tag + " " + std::to_string(bound.rows);
    bound.statement.reset();
    if (here != nullptr && bound.in_savepoint) {
        bound.in_savepoint = false;
        if (auto error = here->run(std::string("RELEASE ") + statement_savepoint))
            return failed(&bound, *error);
    }
    out.has_effects = bound.effects_complete;
    out.effects = std::move(bound.effects);
    if (statement.kind == statement_kind::insert && here != nullptr)
        note_insert(bound, *schema(), static_cast<std::int64_t>(bound.rows), out);
    if (inside.translation.changes_schema) {
        wrote_schema_ = true;
        own_schema_.reset();
    }
    bound.at = portal::stage::finished;
    bound.release();
    return out;
}

serve_session::core::failure serve_session::core::encode_row(
    const portal& bound, const protocol::value_settings& settings) {
    sqlite3_stmt* const statement = bound.statement.get();
    const int count = sqlite3_column_count(statement);
    if (static_cast<std::size_t>(count) != bound.outputs.size())
        return make_error(sqlstate::internal_error,
                          "the translation gave " + std::to_string(count) + " columns, not " +
                              std::to_string(bound.outputs.size()));
    scratch_.clear();
    put_count(scratch_, bound.outputs.size());
    for (int i = 0; i < count; ++i) {
        if (auto error = append_field(scratch_,
                                      sqlite3_column_value(statement, i),
                                      bound.outputs[static_cast<std::size_t>(i)],
                                      settings))
            return located(std::move(*error), bound, statement, i);
    }
    return std::nullopt;
}

sql_error serve_session::core::step_error(portal& bound, int code) {
    const auto texts = texts_of(bound);
    const auto picture = schema();
    const error_surroundings around{picture.get(), bound.what->statement.get(), &texts};
    sql_error error = map_error((*bound.on)->raw(), code, around);
    if (error.sqlstate == sqlstate::foreign_key_violation) {
        if (auto named = foreign_key_error(bound))
            error = std::move(*named);
    }
    return error;
}

serve_session::core::failure serve_session::core::take_ahead(portal& bound) {
    std::size_t bytes = 0;
    while (!bound.only_ready && bound.statement) {
        const int rc = bound.statement.step();
        if (rc == SQLITE_DONE)
            break;
        if (rc != SQLITE_ROW)
            return step_error(bound, rc);
        if (auto error = encode_row(bound, context_.values))
            return error;
        bytes += scratch_.size();
        if (bytes > store_.options().materialise_bytes_max)
            return make_error(sqlstate::program_limit_exceeded,
                              "the rows left in an open portal do not fit into its memory limit");
        bound.ready.push_back(scratch_);
    }
    bound.only_ready = true;
    bound.statement.reset();
    return std::nullopt;
}

serve_session::core::failure serve_session::core::take_ahead_on(const connection& on,
                                                                const portal* but) {
    for (portal* const one : portals_) {
        if (one == but || one->at != portal::stage::running || !one->on || &**one->on != &on)
            continue;
        if (auto error = take_ahead(*one))
            return error;
    }
    return std::nullopt;
}

serve_session::core::failure serve_session::core::foreign_key_error(portal& bound) {
    if (!bound.on || !(*bound.on)->in_transaction() || bound.in_savepoint)
        return std::nullopt;
    const auto& steps = bound.what->inside->translation.steps;
    if (steps.size() != 1 || !std::holds_alternative<sql::sqlite_sql>(steps.front()))
        return std::nullopt;
    bound.statement.reset();
    return find_foreign_key_violation(
        **bound.on, std::get<sql::sqlite_sql>(steps.front()).text, bound.values, *schema());
}

}  // namespace pgduet::store::sqlite
