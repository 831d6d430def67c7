// The relay's machine between a scripted client and a real PostgreSQL: the client must see, byte
// for byte, what it sees without the machine, however the bytes are cut; and the units that come
// out must say what happened.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <map>
#include <regex>

#include "shadow/capture/own_messages.hpp"
#include "shadow/capture/relation_cache.hpp"
#include "shadow/capture/wire_capture.hpp"
#include "tests/shadow/capture/kept_duet.hpp"
#include "tests/support/scratch_postgres.hpp"

namespace pgduet::capture {
namespace {

using namespace std::string_literals;
using test_support::scratch_postgres;

// ---- messages --------------------------------------------------------------------------------

std::string number(std::size_t value, int bytes) {
    std::string out;
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
        out += static_cast<char>(value >> shift);
    return out;
}

std::string message(char tag, const std::string& body) {
    return tag + number(body.size() + 4, 4) + body;
}

std::string Q(const std::string& text) {
    return message('Q', text + '\0');
}
std::string P(const std::string& name, const std::string& text) {
    return message('P', name + '\0' + text + '\0' + number(0, 2));
}
std::string B(const std::string& portal,
              const std::string& statement,
              const std::vector<std::string>& values = {}) {
    std::string body = portal + '\0' + statement + '\0' + number(0, 2) + number(values.size(), 2);
    for (const std::string& value : values)
        body += number(value.size(), 4) + value;
    return message('B', body + number(0, 2));
}
std::string D(char kind, const std::string& name) {
    return message('D', kind + name + '\0');
}
std::string E(const std::string& portal, int rows = 0) {
    return message('E', portal + '\0' + number(static_cast<std::size_t>(rows), 4));
}
std::string C(char kind, const std::string& name) {
    return message('C', kind + name + '\0');
}
const std::string S = message('S', "");
std::string copy_data(const std::string& bytes) {
    return message('d', bytes);
}
const std::string copy_done = message('c', "");

// ---- a client --------------------------------------------------------------------------------

/// A raw protocol connection to the server, logged in.
class raw_connection {
public:
    explicit raw_connection(const scratch_postgres& server) {
        socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(server.port()));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        const std::string body = number(196608, 4) + "user\0postgres\0database\0postgres\0\0"s;
        send(number(body.size() + 4, 4) + body);
        std::string seen;
        while (seen.size() < 6 || seen.substr(seen.size() - 6) != "Z\0\0\0\5I"s)
            seen += receive(5000);
    }
    ~raw_connection() { close(socket_); }
    raw_connection(const raw_connection&) = delete;
    raw_connection& operator=(const raw_connection&) = delete;

    void send(const std::string& bytes) {
        EXPECT_EQ(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(bytes.size()));
    }
    /// What arrives next; empty when nothing does in the time.
    std::string receive(int timeout_ms) {
        pollfd waiting{socket_, POLLIN, 0};
        if (poll(&waiting, 1, timeout_ms) <= 0)
            return {};
        char buffer[65536];
        const ssize_t got = recv(socket_, buffer, sizeof buffer, 0);
        return got > 0 ? std::string(buffer, static_cast<std::size_t>(got)) : std::string();
    }

private:
    int socket_ = -1;
};

/// How many ReadyForQuery stand in a stream of whole messages.
int count_ready(const std::string& stream) {
    int ready = 0;
    for (std::size_t at = 0; at + 5 <= stream.size();) {
        ready += stream[at] == 'Z';
        std::size_t length = 0;
        for (int i = 1; i <= 4; ++i)
            length = length << 8 | static_cast<unsigned char>(stream[at + i]);
        at += 1 + length;
    }
    return ready;
}

/// One step of a script: bytes to send, and the number of ReadyForQuery (or, negative: of
/// CopyInResponse) to wait for before the next step.
struct step {
    std::string bytes;
    int ready = 1;
};

struct script_case {
    const char* name;
    std::vector<step> steps;
};

void PrintTo(const script_case& c, std::ostream* out) {
    *out << c.name;
}

bool arrived(const std::string& seen, const step& s) {
    return s.ready >= 0 ? count_ready(seen) >= s.ready : seen.find('G') != std::string::npos;
}

/// Runs a script straight on the server.
std::string direct(const scratch_postgres& server, const std::vector<step>& steps) {
    raw_connection connection(server);
    std::string all;
    for (const step& s : steps) {
        connection.send(s.bytes);
        std::string seen;
        while (!arrived(seen, s)) {
            const std::string more = connection.receive(5000);
            if (more.empty())
                return all + seen + "(nothing more)";
            seen += more;
        }
        all += seen;
    }
    return all;
}

/// Runs it through the machine, cutting both streams into pieces of `cut` bytes.
std::string captured(const scratch_postgres& server,
                     const std::vector<step>& steps,
                     wire_capture& machine,
                     std::size_t cut) {
    raw_connection connection(server);
    std::string all;
    for (const step& s : steps) {
        for (std::size_t at = 0; at < s.bytes.size(); at += cut) {
            std::string out;
            machine.on_client(std::string_view(s.bytes).substr(at, cut), out);
            if (!out.empty())
                connection.send(out);
        }
        std::string seen;
        while (!arrived(seen, s)) {
            const std::string more = connection.receive(5000);
            if (more.empty())
                return all + seen + "(nothing more)";
            for (std::size_t at = 0; at < more.size(); at += cut) {
                std::string to_server;
                machine.on_server(std::string_view(more).substr(at, cut), seen, to_server);
                if (!to_server.empty())
                    connection.send(to_server);
            }
        }
        all += seen;
    }
    EXPECT_EQ(connection.receive(20), "") << "answers left over";
    EXPECT_TRUE(machine.at_rest() || machine.transaction_status() != 'I');
    return all;
}

class WireCapture : public testing::TestWithParam<script_case> {
protected:
    static void SetUpTestSuite() {
        if (scratch_postgres::missing().empty())
            server = new scratch_postgres();
    }
    static void TearDownTestSuite() {
        delete server;
        server = nullptr;
    }
    void SetUp() override { PGDUET_REQUIRE_POSTGRES(); }

    static void reset() {
        server->query(
            "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
            "CREATE TABLE t (id int PRIMARY KEY, v text);"
            "CREATE TABLE s (id serial PRIMARY KEY, v text NOT NULL, at timestamptz DEFAULT now());"
            "CREATE TABLE child (id int PRIMARY KEY, p int REFERENCES t (id) "
            "DEFERRABLE INITIALLY DEFERRED);"
            "INSERT INTO t VALUES (1, 'one'), (2, 'two');");
    }

    static scratch_postgres* server;
    primary_order order;
    relation_cache relations;
    sql::parse_cache parser;
    kept_duet duet;
};

scratch_postgres* WireCapture::server = nullptr;

/// Times differ from run to run.
std::string without_times(const std::string& stream) {
    static const std::regex time("20\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(\\.\\d+)?\\+00");
    return std::regex_replace(stream, time, "TIME");
}

TEST_P(WireCapture, ShowsTheClientWhatTheServerAloneWouldShow) {
    reset();
    // Table oids stand in RowDescription, so both runs must see the same tables: data is put back.
    const auto put_back = [] {
        server->query(
            "TRUNCATE t, s, child RESTART IDENTITY; INSERT INTO t VALUES (1, 'one'), (2, 'two');"
            "DROP TABLE IF EXISTS made");
    };
    const std::string expected = without_times(direct(*server, GetParam().steps));
    ASSERT_EQ(expected.find("(nothing more)"), std::string::npos);
    for (const std::size_t cut : {std::size_t{1 << 20}, std::size_t{1}, std::size_t{7}}) {
        put_back();
        relations.clear();
        wire_capture machine({&duet, &order, &relations, &parser}, 1, {});
        EXPECT_EQ(without_times(captured(*server, GetParam().steps, machine, cut)), expected)
            << "cut " << cut;
        put_back();
        wire_capture solo({}, 1, {});
        EXPECT_EQ(without_times(captured(*server, GetParam().steps, solo, cut)), expected)
            << "solo, cut " << cut;
    }
}

const std::string insert_s = "INSERT INTO s (v) VALUES ($1)";

const script_case scripts[] = {
    {"simple_select", {{Q("SELECT * FROM t ORDER BY id")}}},
    {"simple_empty", {{Q("")}, {Q(";")}}},
    {"simple_insert", {{Q("INSERT INTO t VALUES (3, 'three') -- a comment")}}},
    {"simple_insert_serial", {{Q("INSERT INTO s (v) VALUES ('a'), ('b');")}}},
    {"simple_insert_serial_returning", {{Q("INSERT INTO s (v) VALUES ('a') RETURNING id, v")}}},
    {"simple_insert_from_query", {{Q("INSERT INTO s (v) SELECT v FROM t ORDER BY id")}}},
    {"simple_several",
     {{Q("INSERT INTO t VALUES (3, 'x'); SELECT count(*) FROM t; DELETE FROM t")}}},
    {"simple_several_fail",
     {{Q("INSERT INTO t VALUES (3, 'x'); SELECT 1/0; DELETE FROM t")},
      {Q("SELECT count(*) FROM t")}}},
    {"simple_duplicate", {{Q("INSERT INTO t VALUES (1, 'again')")}}},
    {"simple_syntax_error", {{Q("SELEC 1")}, {Q("SELECT 1")}}},
    {"simple_unknown_table", {{Q("SELECT * FROM nowhere")}, {Q("INSERT INTO nowhere VALUES (1)")}}},
    {"deferred_fails_at_commit", {{Q("INSERT INTO child VALUES (1, 99)")}}},
    {"block", {{Q("BEGIN")}, {Q("INSERT INTO s (v) VALUES ('x')")}, {Q("COMMIT")}}},
    {"block_rollback", {{Q("BEGIN")}, {Q("UPDATE t SET v = 'y'")}, {Q("ROLLBACK")}}},
    {"block_failed",
     {{Q("BEGIN")}, {Q("INSERT INTO t VALUES (1, 'x')")}, {Q("SELECT 1")}, {Q("COMMIT")}}},
    {"block_deferred", {{Q("BEGIN")}, {Q("INSERT INTO child VALUES (1, 99)")}, {Q("COMMIT")}}},
    {"block_savepoint",
     {{Q("BEGIN; SAVEPOINT a; INSERT INTO t VALUES (1, 'x')")},
      {Q("ROLLBACK TO a")},
      {Q("INSERT INTO t VALUES (5, 'x')")},
      {Q("END")}}},
    {"whole_block_in_one", {{Q("BEGIN; INSERT INTO t VALUES (7, 'x'); COMMIT; SELECT 1")}}},
    {"warning_no_block", {{Q("COMMIT")}, {Q("ROLLBACK")}}},
    {"ddl",
     {{Q("CREATE TABLE made (id bigserial, x int DEFAULT 5)")},
      {Q("INSERT INTO made DEFAULT VALUES")},
      {Q("DROP TABLE made")}}},
    {"block_of_strangers",
     {{Q("BEGIN")},
      {Q("INSERT INTO t VALUES (40, 'x')")},
      {Q("INSERT INTO s (v) VALUES ('x')")},
      {Q("SELECT * FROM child")},
      {Q("COMMIT")}}},
    {"ddl_in_block",
     {{Q("BEGIN")},
      {Q("CREATE TABLE made (id serial, x int)")},
      {Q("INSERT INTO made (x) VALUES (1)")},
      {Q("COMMIT")}}},
    {"maintenance", {{Q("VACUUM t")}, {Q("ANALYZE t")}}},
    {"copy_in", {{Q("COPY t FROM STDIN"), -1}, {copy_data("8\teight\n9\tnine\n") + copy_done}}},
    {"copy_in_bad",
     {{Q("COPY t FROM STDIN"), -1}, {copy_data("x\teight\n") + copy_done}, {Q("SELECT 1")}}},
    {"copy_out", {{Q("COPY t TO STDOUT")}}},
    {"extended_select",
     {{P("", "SELECT v FROM t WHERE id = $1") + B("", "", {"1"}) + D('P', "") + E("") + S}}},
    {"extended_insert",
     {{P("", "INSERT INTO t VALUES ($1, $2)") + B("", "", {"4", "four"}) + D('P', "") + E("") +
       S}}},
    {"extended_serial",
     {{P("ins", insert_s) + D('S', "ins") + S},
      {B("", "ins", {"a"}) + D('P', "") + E("", 1) + S},
      {B("", "ins", {"b"}) + E("") + S},
      {B("", "ins", {"c"}) + E("") + B("", "ins", {"d"}) + E("") + S}}},
    {"extended_returning",
     {{P("", insert_s + " RETURNING id") + B("", "", {"a"}) + D('P', "") + E("") + S}}},
    {"extended_pipeline_error",
     {{P("", "SELECT 1/0") + B("", "") + E("") + P("", "SELECT 2") + B("", "") + E("") + S},
      {P("", "SELECT 3") + B("", "") + E("") + S}}},
    {"extended_parse_error",
     {{P("", "SELECT nothing FROM t") + B("", "") + E("") + S}, {Q("SELECT 1")}}},
    {"extended_block",
     {{P("", "BEGIN") + B("", "") + E("") + S},
      {P("", insert_s) + B("", "", {"x"}) + E("") + S},
      {P("", "COMMIT") + B("", "") + E("") + S}}},
    {"extended_block_pipelined",
     {{P("", "BEGIN") + B("", "") + E("") + S + P("", "UPDATE t SET v = 'z' WHERE id = 1") +
           B("", "") + E("") + S + P("", "COMMIT") + B("", "") + E("") + S,
       3}}},
    {"extended_failing_block_pipelined",
     {{P("", "BEGIN") + B("", "") + E("") + S + P("", "INSERT INTO t VALUES (1, 'dup')") +
           B("", "") + E("") + S + P("", "COMMIT") + B("", "") + E("") + S,
       3}}},
    {"extended_deferred", {{P("", "INSERT INTO child VALUES (1, 99)") + B("", "") + E("") + S}}},
    {"extended_portal_suspended",
     {{P("", "SELECT * FROM t ORDER BY id") + B("p", "") + E("p", 1) + E("p", 1) + E("p", 5) + S}}},
    {"extended_autocommit_pipeline",
     {{P("i", "INSERT INTO t VALUES ($1, 'p')") + B("", "i", {"10"}) + E("") + S +
           B("", "i", {"11"}) + E("") + S + B("", "i", {"1"}) + E("") + S + B("", "i", {"12"}) +
           E("") + S,
       4}}},
    {"extended_close", {{P("x", "SELECT 1") + S}, {C('S', "x") + S}, {B("", "x") + E("") + S}}},
    {"extended_empty", {{P("", "") + B("", "") + D('P', "") + E("") + S}}},
    {"extended_copy",
     {{P("", "COPY t FROM STDIN") + B("", "") + E("") + S, -1},
      {copy_data("20\tx\n") + copy_done + S},
      {Q("SELECT count(*) FROM t")}}},
    {"extended_unknown_statement", {{B("", "none") + E("") + S}}},
    {"discard",
     {{Q("INSERT INTO t VALUES (30, 'x')")},
      {Q("DISCARD ALL")},
      {Q("INSERT INTO t VALUES (31, 'x')")},
      {Q("INSERT INTO s (v) VALUES ('after')")}}},
    {"notices",
     {{Q("DROP TABLE IF EXISTS nowhere")},
      {Q("SET client_min_messages = debug1")},
      {Q("RESET ALL")}}},
    {"large_rows",
     {{Q("SELECT repeat('x', 500000), 1")},
      {Q("SELECT repeat('y', 10) FROM generate_series(1, 5000)")}}},
};

INSTANTIATE_TEST_SUITE_P(Scripts, WireCapture, testing::ValuesIn(scripts), [](const auto& one) {
    return std::string(one.param.name);
});

// ---- what comes out ---------------------------------------------------------------------------

class WireCaptureUnits : public WireCapture {
protected:
    /// The writing units of a script.
    std::vector<shadow::unit> units(const std::vector<step>& steps) {
        reset();
        wire_capture machine({&duet, &order, &relations, &parser}, 1, {});
        captured(*server, steps, machine, 1 << 20);
        std::vector<shadow::unit> out;
        for (shadow::unit& one : duet.units) {
            if (one.writes)
                out.push_back(std::move(one));
        }
        duet.units.clear();
        return out;
    }
};

TEST_F(WireCaptureUnits, CarryTokensThatGrowAndTheTransactionsTime) {
    const auto got = units({{Q("INSERT INTO t VALUES (3, 'x')")},
                            {Q("BEGIN")},
                            {Q("UPDATE t SET v = 'q' WHERE id = 3")},
                            {Q("COMMIT")},
                            {P("", "DELETE FROM t WHERE id = $1") + B("", "", {"3"}) + E("") + S}});
    ASSERT_EQ(got.size(), 3u);
    EXPECT_GT(got[0].position, 0u);
    EXPECT_LT(got[0].position, got[1].position);
    EXPECT_LT(got[1].position, got[2].position);
    for (const shadow::unit& one : got)
        EXPECT_THAT(one.now, testing::StartsWith("20"));
    EXPECT_EQ(got[2].exchanges[0].primary.tag, "DELETE 1");
    EXPECT_EQ(order.low(), ~shadow::token{0});
}

TEST_F(WireCaptureUnits, CarryTheValuesThePrimaryMadeUp) {
    const auto got =
        units({{Q("INSERT INTO s (v) VALUES ('a'), ('b')")},
               {P("", insert_s + " RETURNING id, at") + B("", "", {"c"}) + D('P', "") + E("") + S},
               {Q("INSERT INTO s (v) SELECT v FROM t ORDER BY id")}});
    ASSERT_EQ(got.size(), 3u);
    const auto& hidden = got[0].exchanges[0].generated;
    EXPECT_THAT(hidden.columns, testing::ElementsAre("id", "at"));
    ASSERT_EQ(hidden.rows.size(), 2u);
    EXPECT_EQ(hidden.rows[1][0], "2");
    EXPECT_TRUE(got[0].exchanges[0].primary.columns.empty()) << "the client saw no rows";
    const auto& asked = got[1].exchanges[0].generated;
    ASSERT_EQ(asked.rows.size(), 1u);
    EXPECT_EQ(asked.rows[0][0], "3");
    EXPECT_TRUE(got[2].exchanges[0].has_effects);
    ASSERT_EQ(got[2].exchanges[0].effects.size(), 2u);
    EXPECT_EQ(got[2].exchanges[0].effects[0].after[0], "4");
}

TEST_F(WireCaptureUnits, ARolledBackTransactionIsNoWrite) {
    EXPECT_TRUE(units({{Q("BEGIN")}, {Q("UPDATE t SET v = 'y'")}, {Q("ROLLBACK")}}).empty());
    EXPECT_TRUE(units({{Q("INSERT INTO child VALUES (1, 99)")}}).empty()) << "failed at commit";
    EXPECT_TRUE(units({{Q("BEGIN")}, {Q("INSERT INTO t VALUES (1, 'x')")}, {Q("COMMIT")}}).empty());
}

TEST_F(WireCaptureUnits, CopyDataGoesAlong) {
    const auto got = units({{Q("COPY t FROM STDIN"), -1},
                            {copy_data("8\teight\n") + copy_data("9\tnine\n") + copy_done}});
    ASSERT_EQ(got.size(), 1u);
    ASSERT_TRUE(got[0].exchanges[0].copy_data);
    EXPECT_EQ(*got[0].exchanges[0].copy_data, "8\teight\n9\tnine\n");
    EXPECT_GT(got[0].position, 0u);
}

TEST_F(WireCaptureUnits, AStatementRefusedAtParseIsCompared) {
    reset();
    wire_capture machine({&duet, &order, &relations, &parser}, 1, {});
    captured(*server, {{P("", "SELECT nothing FROM t") + B("", "") + E("") + S}}, machine, 1 << 20);
    ASSERT_EQ(duet.units.size(), 1u);
    EXPECT_EQ(duet.units[0].exchanges[0].primary.error->sqlstate, "42703");
}

}  // namespace
}  // namespace pgduet::capture
