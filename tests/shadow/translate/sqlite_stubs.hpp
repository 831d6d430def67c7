#pragma once

#include <sqlite3.h>

#include <string>

#include "shadow/sql/rules/registered_functions.hpp"

namespace pgduet::sql::test {

/// Registers the names of all functions and collations the translator relies on, with bodies that
/// answer NULL: enough to prepare a translation and so to prove that SQLite understands it.
inline void register_stubs(sqlite3* on) {
    const auto nothing = [](sqlite3_context* context, int, sqlite3_value**) {
        sqlite3_result_null(context);
    };
    const auto finish = [](sqlite3_context* context) { sqlite3_result_null(context); };
    const auto compare = [](void*, int left, const void* a, int right, const void* b) {
        return std::string(static_cast<const char*>(a), static_cast<std::size_t>(left))
            .compare(std::string(static_cast<const char*>(b), static_cast<std::size_t>(right)));
    };
    const auto inverse = [](sqlite3_context*, int, sqlite3_value**) {};
    using kind = registered_function::kind;
    for (const registered_function& row : registered_functions()) {
        const std::string name(row.name);
        const int flags = SQLITE_UTF8 | (row.deterministic ? SQLITE_DETERMINISTIC : 0);
        if (row.what == kind::collation)
            sqlite3_create_collation(on, name.c_str(), SQLITE_UTF8, nullptr, compare);
        else if (row.what == kind::aggregate)
            sqlite3_create_window_function(on,
                                           name.c_str(),
                                           row.arity,
                                           flags,
                                           nullptr,
                                           inverse,
                                           finish,
                                           finish,
                                           inverse,
                                           nullptr);
        else if (row.what == kind::scalar)
            sqlite3_create_function(
                on, name.c_str(), row.arity, flags, nullptr, nothing, nullptr, nullptr);
    }
}

}  // namespace pgduet::sql::test
