#include "protocol/sql_types/sql_error.hpp"

#include <stdexcept>

namespace pgduet::protocol {

sql_error make_error(std::string_view sqlstate, std::string message) {
    sql_error error;
    error.sqlstate = sqlstate;
    error.message = std::move(message);
    return error;
}

void throw_exception_from_error(const sql_error& error, const boost::source_location& where) {
    throw std::runtime_error(error.sqlstate + ": " + error.message + " (" + where.function_name() +
                             ")");
}

}  // namespace pgduet::protocol
