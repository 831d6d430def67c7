#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/sql_types/sql_error.hpp"
#include "shadow/store/sqlite/connection.hpp"
#include "shadow/store/sqlite/stored_value.hpp"

/// What all registered functions share: reading arguments, answering, raising errors.
namespace pgduet::store::sqlite::functions {

using protocol::make_error;
using protocol::oid;
using protocol::sql_error;
using protocol::sql_result;

class call;
/// A function in C++: answers through the call. Never called with NULL arguments when strict.
using body = void (*)(const call&);

/// What SQLite carries for us beside each function.
struct bound_function {
    connection* on;
    body run;
    bool strict;
};

/// The arguments of one call and the way to answer it.
class call {
public:
    call(sqlite3_context* context, int count, sqlite3_value** values)
        : context_(context), count_(count), values_(values) {}

    int count() const { return count_; }
    sqlite3_value* raw(int i) const { return values_[i]; }
    int type(int i) const { return sqlite3_value_type(values_[i]); }
    bool null(int i) const { return type(i) == SQLITE_NULL; }
    bool any_null() const {
        for (int i = 0; i < count_; ++i) {
            if (null(i))
                return true;
        }
        return false;
    }
    std::int64_t integer(int i) const { return sqlite3_value_int64(values_[i]); }
    double real(int i) const;
    /// TEXT, or the bytes of a BLOB; a view valid during the call.
    std::string_view text(int i) const {
        const auto* bytes = type(i) == SQLITE_BLOB
                                ? static_cast<const char*>(sqlite3_value_blob(values_[i]))
                                : reinterpret_cast<const char*>(sqlite3_value_text(values_[i]));
        return bytes == nullptr
                   ? std::string_view()
                   : std::string_view(bytes,
                                      static_cast<std::size_t>(sqlite3_value_bytes(values_[i])));
    }
    connection& on() const {
        return *static_cast<bound_function*>(sqlite3_user_data(context_))->on;
    }
    execution_context& session() const { return on().context(); }
    sqlite3_context* context() const { return context_; }

    void answer_null() const { sqlite3_result_null(context_); }
    void answer(bool value) const { sqlite3_result_int(context_, value ? 1 : 0); }
    void answer(std::int64_t value) const { sqlite3_result_int64(context_, value); }
    void answer(int value) const { sqlite3_result_int(context_, value); }
    void answer(double value) const;  ///< NaN as text
    void answer(std::string_view text) const {
        sqlite3_result_text64(context_, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    void answer(const std::string& text) const { answer(std::string_view(text)); }
    void answer(const char* text) const { answer(std::string_view(text)); }
    void answer(const stored_value& value) const { return_stored(context_, value); }
    void answer_value(int i) const { sqlite3_result_value(context_, values_[i]); }
    void answer_blob(std::string_view bytes) const {
        if (bytes.empty())
            sqlite3_result_zeroblob(context_, 0);
        else
            sqlite3_result_blob64(context_, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
    }
    template <class T>
    void answer(const sql_result<T>& result) const {
        if (result)
            answer(*result);
        else
            raise(result.error());
    }
    template <class T>
    void answer(const std::optional<T>& value) const {
        if (value)
            answer(*value);
        else
            answer_null();
    }
    void raise(const sql_error& error) const { raise(error.sqlstate, error.message); }
    void raise(std::string_view state, std::string_view message) const;

private:
    sqlite3_context* context_;
    int count_;
    sqlite3_value** values_;
};

struct definition {
    const char* name;
    int arity;
    body run;
    bool strict = true;
    bool pure = true;
};

/// Registers a list of definitions; each goes through one trampoline that handles NULLs.
template <std::size_t size>
void define(connection& target, const definition (&list)[size]);
void define(connection& target, const definition& one);

template <std::size_t size>
void define(connection& target, const definition (&list)[size]) {
    for (const definition& one : list)
        define(target, one);
}

/// Type by internal name (`int4`, `_int4`); text when unknown.
oid type_named(std::string_view name);
/// PostgreSQL's text of an argument of a type, in UTC.
sql_result<std::string> argument_text(sqlite3_value* value, oid type);
sql_error out_of_range(std::string_view type);

/// Order of the values of a type whose text does not sort by itself.
int compare_numeric_text(std::string_view a, std::string_view b);
int compare_interval_text(std::string_view a, std::string_view b);

// One per family.
void register_arithmetic(connection& target);
void register_numeric(connection& target);
void register_casts(connection& target);
void register_text(connection& target);
void register_patterns(connection& target);
void register_datetime(connection& target);
void register_interval(connection& target);
void register_to_char(connection& target);
void register_json(connection& target);
void register_arrays(connection& target);
void register_aggregates(connection& target);
void register_series(connection& target);
void register_session(connection& target);

}  // namespace pgduet::store::sqlite::functions
