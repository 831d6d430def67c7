#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <string>
#include <string_view>

namespace pgduet::protocol {

/// An error or notice with PostgreSQL's fields (manual 55.8 "Error and Notice Message Fields").
/// Empty strings and a zero position mean "field absent".
struct sql_error {
    /// Declared, so that a string alone is no error and sql_result<std::string> is unambiguous.
    sql_error() = default;

    std::string severity = "ERROR";  ///< ERROR, FATAL, PANIC; WARNING, NOTICE, ... for notices
    std::string sqlstate = "XX000";  ///< five characters, manual appendix A
    std::string message;
    std::string detail;
    std::string hint;
    int position = 0;  ///< 1-based, in characters of the statement's text
    std::string where;
    std::string schema;
    std::string table;
    std::string column;
    std::string data_type;
    std::string constraint;

    bool operator==(const sql_error&) const = default;
};

/// An error with the fields every error has; set the others on it.
sql_error make_error(std::string_view sqlstate, std::string message);

/// A value, or the error a statement failed with.
template <class T>
using sql_result = boost::system::result<T, sql_error>;

/// Called by result::value() on an error; throws std::runtime_error with SQLSTATE and message.
[[noreturn]] void throw_exception_from_error(const sql_error& error,
                                             const boost::source_location& where);

}  // namespace pgduet::protocol
