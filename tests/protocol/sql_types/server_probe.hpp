#pragma once

#include <memory>
#include <string>

#include "protocol/sql_types/value.hpp"
#include "protocol/sql_types/value_codec.hpp"
#include "tests/support/scratch_postgres.hpp"

struct pg_conn;

namespace pgduet::protocol::test {

/// What a real server makes of a value: its other form, or the error.
struct answer {
    std::string sqlstate;  ///< empty on success
    std::string message;
    std::string bytes;
};

/// One connection to a PostgreSQL server of the test's own, asked through libpq.
class server_probe {
public:
    server_probe();
    ~server_probe();

    void execute(const std::string& sql);
    /// Sends the value as a parameter of the type and takes it back as a result column.
    answer convert(oid type, const std::string& value, format in, format out);
    /// Stores the text in a column of `sql_type`, typmod and all, and takes back its text.
    answer store(const std::string& sql_type, const std::string& text);

private:
    answer ask(const std::string& sql, oid type, const std::string& value, format in, format out);

    test_support::scratch_postgres server_;
    pg_conn* connection_ = nullptr;
};

}  // namespace pgduet::protocol::test
