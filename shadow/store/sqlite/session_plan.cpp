#include <algorithm>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/sql/rules/types.hpp"
#include "shadow/store/sqlite/plan_cache.hpp"
#include "shadow/store/sqlite/session_core.hpp"

namespace pgduet::store::sqlite {

using protocol::make_error;
using protocol::oid;
using protocol::sql_error;
using protocol::sql_result;
using sql::statement_kind;
namespace sqlstate = protocol::sqlstate;
namespace type_oid = protocol::type_oid;

namespace {

protocol::column text_column(std::string name) {
    protocol::column out;
    out.name = std::move(name);
    return out;
}

bool leaves_failed_block(statement_kind kind) {
    return kind == statement_kind::commit || kind == statement_kind::rollback ||
           kind == statement_kind::rollback_to || kind == statement_kind::empty;
}

bool is_translated(statement_kind kind) {
    switch (kind) {
        case statement_kind::select:
        case statement_kind::insert:
        case statement_kind::update:
        case statement_kind::delete_:
        case statement_kind::merge:
        case statement_kind::truncate:
        case statement_kind::ddl:
            return true;
        default:
            return false;
    }
}

std::string tag_of(const sql::statement& statement) {
    switch (statement.kind) {
        case statement_kind::select:
            return "SELECT";
        case statement_kind::insert:
            return "INSERT 0";
        case statement_kind::update:
            return "UPDATE";
        case statement_kind::delete_:
            return "DELETE";
        case statement_kind::merge:
            return "MERGE";
        case statement_kind::copy_from:
        case statement_kind::copy_to:
            return "COPY";
        default:
            return ddl_tag(statement.text);
    }
}

sql_result<std::shared_ptr<const sql::statement>> parse_one(const std::string& text) {
    auto parsed = sql::parse(text);
    if (!parsed)
        return parsed.error();
    if (parsed->statements.size() != 1)
        return make_error(sqlstate::syntax_error, "one statement expected");
    return parsed->statements.front();
}

std::vector<oid> filled_types(const sql::statement& statement, const std::vector<oid>& given) {
    std::vector<oid> out = given;
    if (out.size() < static_cast<std::size_t>(statement.parameter_count))
        out.resize(static_cast<std::size_t>(statement.parameter_count), type_oid::invalid);
    for (oid& type : out) {
        if (type == type_oid::invalid || type == type_oid::unknown)
            type = type_oid::text;
    }
    return out;
}

}  // namespace

std::shared_ptr<const schema_picture> serve_session::core::schema() {
    if (!wrote_schema_ || !writer_)
        return store_.relations().current();
    if (!own_schema_) {
        auto read = schema_picture::read(**writer_, store_.relations().next_version());
        if (!read)
            return store_.relations().current();
        own_schema_ = std::move(*read);
    }
    return own_schema_;
}

sql_result<std::shared_ptr<const plan>> serve_session::core::prepare(
    std::shared_ptr<const sql::statement> statement, const std::vector<oid>& given_types) {
    if (block_ == block::failed && !leaves_failed_block(statement->kind))
        return make_error(sqlstate::in_failed_sql_transaction,
                          "current transaction is aborted, commands ignored until end of "
                          "transaction block");
    auto made = std::make_shared<plan>();
    auto inside = std::make_shared<plan::detail>();
    made->statement = statement;
    made->given_types = given_types;
    inside->tag = tag_of(*statement);
    inside->writes = statement->may_write;

    inside->system = read_system_call(*statement);
    if (inside->system) {
        const std::string& name = inside->system->function;
        protocol::column column;
        column.name = inside->system->alias;
        const bool answers_bool =
            name == "pg_is_in_recovery" || name.find("try") == 3 ||
            (name.find("unlock") != std::string::npos && !name.ends_with("_all"));
        column.type = name == "set_config" ? type_oid::text
                      : answers_bool       ? type_oid::boolean
                                           : type_oid::void_;
        column.type_length = answers_bool ? 1 : name == "set_config" ? -1 : 4;
        made->columns.push_back(std::move(column));
        made->parameter_types = filled_types(*statement, given_types);
        inside->writes = false;
        made->inside = std::move(inside);
        return std::shared_ptr<const plan>(std::move(made));
    }

    if (is_translated(statement->kind)) {
        const auto picture = schema();
        const std::string key = plan_cache::key(statement->text, given_types, picture->version());
        if (auto known = store_.plans().find(key))
            return known;
        auto translated = sql::translate_to_sqlite(*statement, *picture, given_types);
        if (!translated)
            return translated.error();
        inside->translation = std::move(*translated);
        inside->schema_version = picture->version();
        inside->writes = inside->writes || statement->kind != statement_kind::select;
        made->columns = inside->translation.columns;
        made->parameter_types = inside->translation.parameter_types;
        made->inside = std::move(inside);
        store_.plans().add(key, made);
        return std::shared_ptr<const plan>(std::move(made));
    }

    // $n inside of PREPARE is the inner statement's; the others take none.
    if (statement->kind == statement_kind::declare_cursor ||
        statement->kind == statement_kind::explain)
        made->parameter_types = filled_types(*statement, given_types);
    switch (statement->kind) {
        case statement_kind::explain: {
            auto text = read_explain(statement->text);
            if (!text)
                return text.error();
            auto inner = parse_one(*text);
            if (!inner)
                return inner.error();
            auto inner_plan = prepare(*inner, given_types);
            if (!inner_plan)
                return inner_plan.error();
            inside->inner = *inner_plan;
            inside->writes = false;
            made->parameter_types = inside->inner->parameter_types;
            made->columns.push_back(text_column("QUERY PLAN"));
            break;
        }
        case statement_kind::show: {
            const std::string& name = statement->setting.name;
            if (statement->setting.all || name == "all") {
                for (const char* const title : {"name", "setting", "description"})
                    made->columns.push_back(text_column(title));
                break;
            }
            const auto value = settings_.show(name);
            if (!value)
                return value.error();
            made->columns.push_back(text_column(session_settings::display_name(name)));
            break;
        }
        case statement_kind::fetch: {
            const auto request = read_fetch(statement->text);
            if (!request)
                return request.error();
            const auto cursor = cursors_.find(request->name);
            if (cursor != cursors_.end() && !request->move)
                made->columns = cursor->second.bound->columns;
            break;
        }
        case statement_kind::execute: {
            const auto prepared = prepared_.find(statement->prepared_name);
            if (prepared != prepared_.end()) {
                made->columns = prepared->second->columns;
                inside->writes = prepared->second->inside->writes;
                inside->inner = prepared->second;
            }
            break;
        }
        case statement_kind::declare_cursor: {
            auto request = read_declare(statement->text);
            if (!request)
                return request.error();
            auto inner = parse_one(request->query);
            if (!inner)
                return inner.error();
            auto inner_plan = prepare(*inner, given_types);
            if (!inner_plan)
                return inner_plan.error();
            inside->inner = *inner_plan;
            inside->writes = inside->inner->inside->writes;
            made->parameter_types = inside->inner->parameter_types;
            break;
        }
        case statement_kind::copy_from:
        case statement_kind::copy_to: {
            auto request = read_copy(statement->text);
            if (!request)
                return request.error();
            inside->writes = request->from;
            if (!request->from) {
                std::string text = request->query;
                if (text.empty()) {
                    for (const std::string& column : request->columns)
                        text += (text.empty() ? "" : ", ") + sql::quote_name(column);
                    text = "SELECT " + (text.empty() ? std::string("*") : text) + " FROM " +
                           (request->schema.empty() ? "" : sql::quote_name(request->schema) + ".") +
                           sql::quote_name(request->table);
                }
                auto inner = parse_one(text);
                if (!inner)
                    return inner.error();
                auto inner_plan = prepare(*inner, {});
                if (!inner_plan)
                    return inner_plan.error();
                inside->inner = *inner_plan;
                inside->writes = inside->inner->inside->writes;
            } else if (const auto target = schema()->find(request->schema, request->table);
                       !target) {
                return make_error(sqlstate::undefined_table,
                                  "relation \"" + request->table + "\" does not exist");
            }
            inside->copy = std::move(*request);
            break;
        }
        case statement_kind::lock:
        case statement_kind::maintenance:
            inside->writes = true;
            break;
        case statement_kind::copy_file:
            return make_error(sqlstate::feature_not_supported,
                              "COPY to or from a file or program is not supported");
        case statement_kind::notify:
            if (statement->text.starts_with("UNLISTEN") || statement->text.starts_with("unlisten"))
                break;  // nothing is listened to: what poolers send when they clean up
            return make_error(sqlstate::feature_not_supported,
                              "LISTEN and NOTIFY are not supported on a SQLite store");
        case statement_kind::call:
            return make_error(sqlstate::feature_not_supported,
                              "CALL and DO are not supported on a SQLite store");
        case statement_kind::prepare_transaction:
            return make_error(sqlstate::feature_not_supported,
                              "two-phase commit is not supported on a SQLite store");
        case statement_kind::ddl_outside_transaction:
        case statement_kind::other:
            return make_error(sqlstate::feature_not_supported,
                              inside->tag + " is not supported on a SQLite store");
        default:
            inside->writes = false;
            break;
    }
    made->inside = std::move(inside);
    return std::shared_ptr<const plan>(std::move(made));
}

sql_result<portal_ptr> serve_session::core::bind(
    std::shared_ptr<const plan> what,
    const std::vector<protocol::parameter>& parameters,
    const std::vector<protocol::format>& result_formats) {
    if (block_ == block::failed && !leaves_failed_block(what->statement->kind))
        return make_error(sqlstate::in_failed_sql_transaction,
                          "current transaction is aborted, commands ignored until end of "
                          "transaction block");
    const std::size_t expected = what->parameter_types.size();
    if (parameters.size() != expected)
        return make_error(sqlstate::protocol_violation,
                          "bind message supplies " + std::to_string(parameters.size()) +
                              " parameters, but prepared statement \"\" requires " +
                              std::to_string(expected));
    auto out = portal_ptr(new portal);
    out->session_alive = alive_;
    out->owner = this;
    out->raw = parameters;
    protocol::value_settings values;
    values.zone = settings_.zone();
    const auto& modifiers = what->inside->translation.parameter_modifiers;
    for (std::size_t i = 0; i < expected; ++i) {
        auto stored = to_stored(parameters[i],
                                what->parameter_types[i],
                                i < modifiers.size() ? modifiers[i] : -1,
                                values);
        if (!stored) {
            sql_error error = stored.error();
            if (error.where.empty())
                error.where = "unnamed portal parameter $" + std::to_string(i + 1);
            return error;
        }
        out->values.push_back(std::move(*stored));
    }
    out->columns = what->columns;
    if (result_formats.size() > 1 && result_formats.size() != out->columns.size())
        return make_error(sqlstate::protocol_violation,
                          "bind message has " + std::to_string(result_formats.size()) +
                              " result formats but query has " +
                              std::to_string(out->columns.size()) + " columns");
    for (std::size_t i = 0; i < out->columns.size(); ++i) {
        if (!result_formats.empty())
            out->columns[i].encoding =
                result_formats.size() == 1 ? result_formats[0] : result_formats[i];
        out->outputs.push_back(
            {out->columns[i].type, out->columns[i].type_modifier, out->columns[i].encoding});
    }
    out->what = std::move(what);
    portals_.insert(out.get());
    return out;
}

}  // namespace pgduet::store::sqlite
