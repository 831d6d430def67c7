#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "shadow/store/postgres/postgres_session.hpp"
#include "tests/support/scratch_postgres.hpp"

namespace pgduet::store::postgres {

/// A server and a connected session per test.
class postgres_store : public testing::Test {
protected:
    void SetUp() override {
        PGDUET_REQUIRE_POSTGRES();
        server_ = std::make_unique<test_support::scratch_postgres>();
        session_ = open_session(server_->dsn());
        const auto trouble = session_->connect();
        ASSERT_FALSE(trouble) << trouble->message;
    }

    static request ask(std::string text,
                       std::vector<protocol::cell> values = {},
                       sql::statement_kind kind = sql::statement_kind::select) {
        auto statement = std::make_shared<sql::statement>();
        statement->text = text;
        statement->kind = kind;
        request out;
        out.statement = statement;
        out.text = std::move(text);
        for (protocol::cell& value : values)
            out.parameters.push_back({protocol::format::text, std::move(value)});
        return out;
    }
    std::string control(const std::string& sql) {
        const auto trouble = session_->control(sql);
        return trouble ? trouble->sqlstate : "ok";
    }

    std::unique_ptr<test_support::scratch_postgres> server_;
    std::unique_ptr<store::session> session_;
};

/// Rows as text, fields joined by `|`, rows by newline.
inline std::string rows_of(const protocol::outcome& outcome) {
    std::string text;
    for (const std::string_view body : outcome.rows.rows()) {
        if (!text.empty())
            text += '\n';
        bool first = true;
        for (const protocol::cell& cell : protocol::row_buffer::fields(body)) {
            text += (first ? "" : "|") + cell.value_or("NULL");
            first = false;
        }
    }
    return text;
}

inline std::string state_of(const protocol::outcome& outcome) {
    return outcome.error ? outcome.error->sqlstate : "ok";
}

}  // namespace pgduet::store::postgres
