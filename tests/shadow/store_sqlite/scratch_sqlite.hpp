#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "protocol/sql_types/row_buffer.hpp"
#include "shadow/sql/statement.hpp"
#include "shadow/store/sqlite/database.hpp"
#include "shadow/store/sqlite/serve_session.hpp"

namespace pgduet::store::sqlite {

/// A directory that goes away with the test.
class scratch_directory {
public:
    scratch_directory() {
        char name[] = "/tmp/pgduet-sqlite-XXXXXX";
        path_ = ::mkdtemp(name);
    }
    ~scratch_directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

/// What a client would have seen of one statement, in one line:
/// `SELECT 2: 1|a, 2|∅` or `ERROR 23505: duplicate key ...`.
class collected_rows final : public row_sink {
public:
    void row(std::string_view body) override { bodies.emplace_back(body); }
    std::vector<std::string> bodies;

    std::string shown() const {
        std::string out;
        for (const std::string& body : bodies) {
            out += out.empty() ? "" : ", ";
            bool first = true;
            for (const protocol::cell& field : protocol::row_buffer::fields(body)) {
                out += (first ? "" : "|") + field.value_or("∅");
                first = false;
            }
        }
        return out;
    }
};

/// A session and the driver's part: it takes leases at once.
class client {
public:
    explicit client(database& store, session_identity identity = {})
        : store_(store), session(store, std::move(identity)) {}

    struct answer {
        std::string tag;
        std::string rows;
        std::optional<protocol::sql_error> error;
        progress last;
        std::vector<protocol::column> columns;
        std::string shown() const {
            if (error)
                return "ERROR " + error->sqlstate + ": " + error->message;
            return rows.empty() ? tag : tag + ": " + rows;
        }
    };

    /// One or several statements as a simple Query; the answer of the last one, or the error.
    answer run(const std::string& text, const std::vector<protocol::parameter>& parameters = {}) {
        answer out;
        auto parsed = sql::parse(text);
        if (!parsed) {
            out.error = parsed.error();
            session.fail();
            return out;
        }
        for (const auto& statement : parsed->statements) {
            out = run_one(statement, parameters);
            if (out.error)
                break;
        }
        if (auto error = session.sync(); error && !out.error)
            out.error = error;
        return out;
    }
    std::string show(const std::string& text) { return run(text).shown(); }

    void lease_for(const portal& bound) {
        const need what = session.needs(bound);
        if (what == need::writer)
            session.give(store_.try_acquire_writer());
        else if (what == need::reader)
            session.give(store_.try_acquire_reader());
    }

    answer run_one(std::shared_ptr<const sql::statement> statement,
                   const std::vector<protocol::parameter>& parameters = {},
                   const std::vector<protocol::format>& formats = {}) {
        answer out;
        auto plan = session.prepare(std::move(statement), {});
        if (!plan) {
            out.error = plan.error();
            session.fail();
            return out;
        }
        auto bound = session.bind(*plan, parameters, formats);
        if (!bound) {
            out.error = bound.error();
            session.fail();
            return out;
        }
        lease_for(**bound);
        out.columns = session.columns(**bound);
        collected_rows rows;
        out.last = session.execute(**bound, 0, 0, rows);
        if (out.last.at == progress::state::copy_in) {
            if (auto error = session.copy_data(**bound, copy_input)) {
                out.error = error;
                return out;
            }
            out.last = session.copy_done(**bound);
        }
        if (out.last.at == progress::state::copy_out) {
            out.last = session.execute(**bound, 0, 0, rows);
            for (const std::string& line : rows.bodies)
                out.rows += line;
        } else {
            out.rows = rows.shown();
        }
        out.tag = out.last.tag;
        out.error = out.last.error;
        return out;
    }

    std::string copy_input;

private:
    database& store_;

public:
    serve_session session;
};

class sqlite_test : public testing::Test {
protected:
    void SetUp() override { open({}); }

    void open(database_options options) {
        options.path = directory.file("test.db");
        auto opened = database::open(std::move(options));
        ASSERT_TRUE(opened) << opened.error().message;
        store = std::move(*opened);
    }

    scratch_directory directory;
    std::unique_ptr<database> store;
};

}  // namespace pgduet::store::sqlite
