#include "shadow/store/sqlite/functions.hpp"

#include <cmath>
#include <exception>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/store/sqlite/function_tools.hpp"

namespace pgduet::store::sqlite {
namespace functions {
namespace {

void trampoline(sqlite3_context* context, int count, sqlite3_value** values) {
    const auto& function = *static_cast<bound_function*>(sqlite3_user_data(context));
    const call here(context, count, values);
    if (function.strict && here.any_null()) {
        here.answer_null();
        return;
    }
    try {
        function.run(here);
    } catch (const std::bad_alloc&) {
        sqlite3_result_error_nomem(context);
    } catch (const std::exception& error) {
        here.raise(protocol::sqlstate::internal_error, error.what());
    }
}

void destroy(void* function) {
    delete static_cast<bound_function*>(function);
}

}  // namespace

double call::real(int i) const {
    if (type(i) == SQLITE_TEXT)
        return std::strtod(std::string(text(i)).c_str(), nullptr);
    return sqlite3_value_double(values_[i]);
}

void call::answer(double value) const {
    if (std::isnan(value))
        answer("NaN");
    else
        sqlite3_result_double(context_, value);
}

void call::raise(std::string_view state, std::string_view message) const {
    const std::string text = "[" + std::string(state) + "] " + std::string(message);
    sqlite3_result_error(context_, text.c_str(), static_cast<int>(text.size()));
}

void define(connection& target, const definition& one) {
    auto* const function = new bound_function{&target, one.run, one.strict};
    sqlite3_create_function_v2(target.raw(),
                               one.name,
                               one.arity,
                               SQLITE_UTF8 | (one.pure ? SQLITE_DETERMINISTIC : 0),
                               function,
                               trampoline,
                               nullptr,
                               nullptr,
                               destroy);
}

oid type_named(std::string_view name) {
    const protocol::type_info* info = protocol::find_type(name);
    if (info == nullptr && name.starts_with('_')) {
        const protocol::type_info* element = protocol::find_type(name.substr(1));
        if (element != nullptr && element->array != 0)
            return element->array;
    }
    return info != nullptr ? info->id : protocol::type_oid::text;
}

sql_result<std::string> argument_text(sqlite3_value* value, oid type) {
    static const protocol::value_settings utc;
    auto text = stored_to_text(value, type, -1, utc);
    if (!text)
        return text.error();
    return text->value_or("");
}

sql_error out_of_range(std::string_view type) {
    return make_error(protocol::sqlstate::numeric_value_out_of_range,
                      std::string(type) + " out of range");
}

}  // namespace functions

std::optional<protocol::sql_error> register_functions(connection& target) {
    functions::register_arithmetic(target);
    functions::register_numeric(target);
    functions::register_casts(target);
    functions::register_text(target);
    functions::register_patterns(target);
    functions::register_datetime(target);
    functions::register_interval(target);
    functions::register_to_char(target);
    functions::register_json(target);
    functions::register_arrays(target);
    functions::register_aggregates(target);
    functions::register_series(target);
    functions::register_session(target);
    return std::nullopt;
}

}  // namespace pgduet::store::sqlite
