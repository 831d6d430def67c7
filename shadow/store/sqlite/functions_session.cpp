#include <openssl/rand.h>

#include <cstdint>
#include <cstring>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/store/sqlite/catalog.hpp"
#include "shadow/store/sqlite/clock_text.hpp"
#include "shadow/store/sqlite/database.hpp"
#include "shadow/store/sqlite/function_tools.hpp"
#include "shadow/store/sqlite/sequences.hpp"
#include "shadow/store/sqlite/session_settings.hpp"

/// The clock, generated values, sequences, and what a session says of itself.
namespace pgduet::store::sqlite::functions {
namespace {

void pg_now(const call& c) {
    c.answer(c.session().now);
}

void pg_clock_timestamp(const call& c) {
    c.answer(clock_text());
}

void pg_random(const call& c) {
    std::uint64_t bits = 0;
    sqlite3_randomness(sizeof bits, &bits);
    c.answer(static_cast<double>(bits >> 11) * 0x1.0p-53);
}

void pg_gen_random_uuid(const call& c) {
    unsigned char bytes[16];
    RAND_bytes(bytes, sizeof bytes);
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
    static constexpr char digit[] = "0123456789abcdef";
    std::string out;
    for (int i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            out.push_back('-');
        out.push_back(digit[bytes[i] >> 4]);
        out.push_back(digit[bytes[i] & 15]);
    }
    c.answer(out);
}

std::string bare_name(std::string_view name) {
    std::string out(
        name.substr(name.rfind('.') == std::string_view::npos ? 0 : name.rfind('.') + 1));
    std::erase(out, '"');
    return out;
}

void pg_nextval(const call& c) {
    database* const store = c.session().store;
    const auto value =
        store->sequences().next(c.on(), *store->relations().current(), std::string(c.text(0)));
    if (value) {
        c.session().lastval = *value;
        c.session().currval[bare_name(c.text(0))] = *value;
    }
    c.answer(value);
}

void pg_currval(const call& c) {
    const auto it = c.session().currval.find(bare_name(c.text(0)));
    if (it == c.session().currval.end())
        c.raise("55000",
                "currval of sequence \"" + bare_name(c.text(0)) +
                    "\" is not yet defined in this session");
    else
        c.answer(it->second);
}

void pg_lastval(const call& c) {
    if (c.session().lastval)
        c.answer(*c.session().lastval);
    else
        c.raise("55000", "lastval is not yet defined in this session");
}

void pg_setval(const call& c) {
    database* const store = c.session().store;
    c.answer(store->sequences().set(c.on(),
                                    *store->relations().current(),
                                    std::string(c.text(0)),
                                    c.integer(1),
                                    c.integer(2) != 0));
}

void pg_setting(const call& c) {
    if (c.session().settings == nullptr) {
        c.answer_null();
        return;
    }
    c.answer(c.session().settings->show(std::string(c.text(0))));
}

void pg_session(const call& c) {
    const std::string_view what = c.text(0);
    const execution_context& session = c.session();
    if (what == "user")
        c.answer(session.user);
    else if (what == "database")
        c.answer(session.database_name);
    else if (what == "schema")
        c.answer("public");
    else if (what == "version")
        c.answer("PostgreSQL 15.7 (pgduet on SQLite " SQLITE_VERSION ")");
    else if (what == "pid")
        c.answer(std::int64_t{session.process_id});
    else if (what == "txid")
        c.answer(session.transaction_id);
    else
        c.answer_null();
}

constexpr definition list[] = {
    {"pg_now", 0, pg_now, true, false},
    {"pg_clock_timestamp", 0, pg_clock_timestamp, true, false},
    {"pg_random", 0, pg_random, true, false},
    {"pg_gen_random_uuid", 0, pg_gen_random_uuid, true, false},
    {"pg_nextval", 1, pg_nextval, true, false},
    {"pg_currval", 1, pg_currval, true, false},
    {"pg_lastval", 0, pg_lastval, true, false},
    {"pg_setval", 3, pg_setval, true, false},
    {"pg_setting", 1, pg_setting, true, false},
    {"pg_session", 1, pg_session, true, false},
};

}  // namespace

void register_session(connection& target) {
    define(target, list);
}

}  // namespace pgduet::store::sqlite::functions
