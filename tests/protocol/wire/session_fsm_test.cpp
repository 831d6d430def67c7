#include "protocol/conversation/session_fsm.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/protocol/wire/wire_lines.hpp"

namespace pgduet::protocol {
namespace {

using namespace std::string_view_literals;
using transaction = session_fsm::transaction;
using testing_::bytes_of;
using testing_::lines_of;

std::string text(const session_action& action) {
    std::ostringstream out;
    out << action;
    return out.str();
}

session_handle handle() {
    return std::make_shared<int>(0);
}

column int_column() {
    column one;
    one.name = "x";
    one.type = 23;
    one.type_length = 4;
    return one;
}

/// A conversation told message by message; `next` is what the machine wants.
struct talk {
    session_fsm fsm;
    session_action next = fsm.start();

    explicit talk(transaction status = transaction::idle) : fsm(status) {}

    template <class Message>
    std::string give(const Message& message) {
        const std::string bytes = bytes_of(message);
        return give_bytes(bytes);
    }
    std::string give_bytes(std::string_view bytes) {
        EXPECT_EQ(text(next), "read");
        const auto found = split_frame(bytes, framing::frontend);
        if (!found)
            next = fsm.on_bad_frame(found.error(), bytes[0]);
        else
            next = fsm.on_frame(**found);
        return text(next);
    }
    std::string now(session_action action) {
        next = std::move(action);
        return text(next);
    }
    std::string output() { return lines_of(std::exchange(fsm.output(), {})); }

    void parse_as(std::string_view name, std::size_t parameters = 0) {
        give(parse{name, "SELECT 1", {}});
        EXPECT_EQ(now(fsm.prepared(handle(), parameters)), "read");
    }
    void bind_as(std::string_view portal, std::string_view statement) {
        give(bind{portal, statement, {}, {}, {}});
        EXPECT_EQ(now(fsm.bound(handle())), "read");
    }
    void execute_as(std::string_view portal, std::string_view tag, transaction after) {
        EXPECT_EQ(give(execute{portal, 0}), "execute rows_max=0");
        EXPECT_EQ(now(fsm.executed(tag, after)), "read");
    }
    std::string sync_as(transaction after) {
        EXPECT_EQ(give(sync{}), "sync");
        EXPECT_EQ(now(fsm.synced(std::nullopt, after)), "flush");
        const std::string lines = output();
        EXPECT_EQ(now(fsm.flushed()), "read");
        return lines;
    }
};

TEST(SessionQuery, RowsThenTagThenReady) {
    talk t;
    EXPECT_TRUE(t.fsm.at_rest());
    EXPECT_EQ(t.give(query{"SELECT x; SELECT y"}), "query \"SELECT x; SELECT y\"");
    EXPECT_FALSE(t.fsm.at_rest());
    t.fsm.row_description({int_column()});
    t.fsm.row(
        "\0\1\0\0\0\1"
        "1"sv);
    t.fsm.complete("SELECT 1", transaction::idle);
    EXPECT_EQ(t.output(), "RowDescription \"x\":23; DataRow fields=1");  // the tag is held
    t.fsm.complete("SET", transaction::idle);
    EXPECT_EQ(t.output(), "CommandComplete command=\"SELECT 1\"");
    t.fsm.parameter_changed("TimeZone", "UTC");
    EXPECT_EQ(t.now(t.fsm.query_done()), "sync");
    EXPECT_EQ(t.now(t.fsm.synced(std::nullopt, transaction::idle)), "flush");
    EXPECT_EQ(t.output(),
              "CommandComplete command=\"SET\"; ParameterStatus TimeZone=\"UTC\"; "
              "ReadyForQuery I");
    EXPECT_EQ(t.now(t.fsm.flushed()), "read");
    EXPECT_TRUE(t.fsm.at_rest());
}

TEST(SessionQuery, FailedCommitReplacesTheTag) {
    talk t;
    t.give(query{"INSERT"});
    t.fsm.complete("INSERT 0 1", transaction::idle);
    t.now(t.fsm.query_done());
    t.now(t.fsm.synced(make_error("23503", "no parent"), transaction::idle));
    EXPECT_EQ(t.output(), "ErrorResponse ERROR 23503 \"no parent\"; ReadyForQuery I");
}

TEST(SessionQuery, EmptyText) {
    talk t;
    t.give(query{""});
    t.now(t.fsm.query_done());
    t.now(t.fsm.synced(std::nullopt, transaction::idle));
    EXPECT_EQ(t.output(), "EmptyQueryResponse; ReadyForQuery I");
}

TEST(SessionQuery, ErrorEndsTheStringAndNothingIsSkipped) {
    talk t(transaction::open);
    t.give(query{"a; b"});
    t.fsm.complete("SELECT 0", transaction::open);
    t.fsm.fail(make_error("42P01", "no table"), transaction::failed);
    t.now(t.fsm.query_done());
    t.now(t.fsm.synced(std::nullopt, transaction::failed));
    EXPECT_EQ(t.output(),
              "CommandComplete command=\"SELECT 0\"; ErrorResponse ERROR 42P01 \"no table\"; "
              "ReadyForQuery E");
    t.now(t.fsm.flushed());
    EXPECT_EQ(t.give(query{"ROLLBACK"}), "query \"ROLLBACK\"");
}

TEST(SessionQuery, DropsUnnamedStatementAndPortal) {
    talk t(transaction::open);
    t.parse_as("");
    t.parse_as("s");
    t.bind_as("", "s");
    t.give(query{"x"});
    t.fsm.complete("X", transaction::open);
    t.now(t.fsm.query_done());
    t.now(t.fsm.synced(std::nullopt, transaction::open));
    t.now(t.fsm.flushed());
    EXPECT_EQ(t.fsm.find_statement(""), nullptr);
    EXPECT_NE(t.fsm.find_statement("s"), nullptr);
    t.output();
    EXPECT_EQ(t.give(execute{"", 0}), "abort");
    EXPECT_EQ(t.output(), "ErrorResponse ERROR 34000 \"portal \\\"\\\" does not exist\"");
}

TEST(SessionExtended, WholeCycle) {
    talk t;
    EXPECT_EQ(t.give(parse{"s", "SELECT $1", {23}}), "prepare \"s\" \"SELECT $1\" [23]");
    EXPECT_EQ(t.now(t.fsm.prepared(handle(), 1)), "read");
    EXPECT_EQ(t.give(describe{describe::target::statement, "s"}), "describe_statement");
    EXPECT_EQ(t.now(t.fsm.described({23}, {int_column()})), "read");
    EXPECT_EQ(t.give(bind{"p", "s", {format::binary}, {"abcd"sv}, {format::binary}}),
              "bind \"p\" parameters=1 results=[binary]");
    const auto& made = std::get<step::bind>(t.next);
    EXPECT_EQ(made.parameters[0], (parameter{format::binary, "abcd"}));
    EXPECT_EQ(t.now(t.fsm.bound(handle())), "read");
    EXPECT_EQ(t.give(describe{describe::target::portal, "p"}), "describe_portal");
    EXPECT_EQ(t.now(t.fsm.described({}, {})), "read");
    EXPECT_EQ(t.give(execute{"p", 1}), "execute rows_max=1");
    t.fsm.row("\0\0"sv);
    EXPECT_EQ(t.now(t.fsm.suspended()), "read");
    t.execute_as("p", "SELECT 1", transaction::idle);
    EXPECT_EQ(t.give(protocol::flush{}), "flush");
    EXPECT_EQ(t.output(),
              "ParseComplete; ParameterDescription types=[23]; RowDescription \"x\":23; "
              "BindComplete; NoData; DataRow fields=0; PortalSuspended; "
              "CommandComplete command=\"SELECT 1\"");
    t.now(t.fsm.flushed());
    EXPECT_EQ(t.sync_as(transaction::idle), "ReadyForQuery I");
    EXPECT_EQ(t.give(execute{"p", 0}), "abort") << "Sync ended the transaction, and the portal";
}

TEST(SessionExtended, EmptyStatement) {
    talk t;
    t.parse_as("");
    t.bind_as("", "");
    t.execute_as("", "", transaction::idle);
    EXPECT_EQ(t.output(), "ParseComplete; BindComplete; EmptyQueryResponse");
}

struct refusal {
    const char* name;
    std::string bytes;
    std::string_view error;
};

// After: statement "s" with one parameter, statement "t" with none, portal "p" of it.
const refusal refusals[] = {
    {"UnknownStatement",
     bytes_of(bind{"", "nix", {}, {}, {}}),
     "26000 \"prepared statement \\\"nix\\\" does not exist\""},
    {"NoUnnamedStatement",
     bytes_of(bind{"", "", {}, {}, {}}),
     "26000 \"unnamed prepared statement does not exist\""},
    {"DescribeUnknownStatement",
     bytes_of(describe{describe::target::statement, "nix"}),
     "26000 \"prepared statement \\\"nix\\\" does not exist\""},
    {"DescribeUnknownPortal",
     bytes_of(describe{describe::target::portal, "nix"}),
     "34000 \"portal \\\"nix\\\" does not exist\""},
    {"ExecuteUnknownPortal",
     bytes_of(execute{"nix", 0}),
     "34000 \"portal \\\"nix\\\" does not exist\""},
    {"DuplicatePortal",
     bytes_of(bind{"p", "t", {}, {}, {}}),
     "42P03 \"cursor \\\"p\\\" already exists\""},
    {"TooFewParameters",
     bytes_of(bind{"", "s", {}, {}, {}}),
     "08P01 \"bind message supplies 0 parameters, but prepared statement \\\"s\\\" requires 1\""},
    {"FormatsDoNotMatch",
     bytes_of(bind{"", "s", {format::text, format::text}, {"x"sv}, {}}),
     "08P01 \"bind message has 2 parameter formats but 1 parameters\""},
    {"UnknownFormat",
     bytes_of(bind{"", "t", {}, {}, {static_cast<format>(7)}}),
     "22023 \"unsupported format code: 7\""},
    {"MalformedBind",
     std::string("B\0\0\0\5\0"sv),
     "08P01 \"invalid message format: message is cut short\""},
    {"MalformedDescribe",
     std::string("D\0\0\0\6X\0"sv),
     "08P01 \"invalid message format: message has a field with an impossible value\""},
};

class Refusal : public ::testing::TestWithParam<refusal> {};

TEST_P(Refusal, SkipsToSync) {
    talk t;
    t.parse_as("s", 1);
    t.parse_as("t");
    t.bind_as("p", "t");
    t.output();
    EXPECT_EQ(t.give_bytes(GetParam().bytes), "abort");
    EXPECT_EQ(t.output(), "ErrorResponse ERROR " + std::string(GetParam().error));
    EXPECT_EQ(t.now(t.fsm.aborted(transaction::idle)), "read");
    EXPECT_TRUE(t.fsm.skipping());
    EXPECT_EQ(t.give(query{"SELECT"}), "read");
    EXPECT_EQ(t.give(parse{"u", "SELECT", {}}), "read");
    EXPECT_EQ(t.give(protocol::flush{}), "read");
    EXPECT_EQ(t.give_bytes("B\0\0\0\5\0"sv), "read") << "what is skipped is not looked into";
    EXPECT_EQ(t.sync_as(transaction::idle), "ReadyForQuery I");
    EXPECT_EQ(t.give(query{"SELECT"}), "query \"SELECT\"");
}

INSTANTIATE_TEST_SUITE_P(Wire, Refusal, ::testing::ValuesIn(refusals), [](const auto& one) {
    return one.param.name;
});

TEST(SessionExtended, DuplicateStatement) {
    talk t;
    t.parse_as("s");
    t.give(parse{"s", "SELECT 2", {}});
    EXPECT_EQ(t.now(t.fsm.prepared(handle(), 0)), "abort");
    EXPECT_EQ(
        t.output(),
        "ParseComplete; ErrorResponse ERROR 42P05 \"prepared statement \\\"s\\\" already exists\"");
    EXPECT_EQ(t.fsm.find_statement("s")->text, "SELECT 1");
}

TEST(SessionExtended, DriverErrorSkipsToSync) {
    talk t(transaction::open);
    t.give(parse{"s", "SELEC", {}});
    EXPECT_EQ(t.now(t.fsm.failed(make_error("42601", "syntax"), transaction::failed)), "read");
    EXPECT_EQ(t.give(bind{"", "s", {}, {}, {}}), "read");
    EXPECT_EQ(t.sync_as(transaction::failed),
              "ErrorResponse ERROR 42601 \"syntax\"; ReadyForQuery E");
}

TEST(SessionExtended, DescribeInAFailedTransaction) {
    talk t(transaction::open);
    t.parse_as("s");
    t.give(parse{"x", "SELEC", {}});
    t.now(t.fsm.failed(make_error("42601", "syntax"), transaction::failed));
    t.sync_as(transaction::failed);
    t.give(describe{describe::target::statement, "s"});
    EXPECT_EQ(t.now(t.fsm.described({}, {})), "read");
    t.output();
    t.give(describe{describe::target::statement, "s"});
    EXPECT_EQ(t.now(t.fsm.described({}, {int_column()})), "abort");
    EXPECT_EQ(t.output().substr(0, 25), "ErrorResponse ERROR 25P02");
}

TEST(SessionHandles, LiveAsLongAsTheirNames) {
    talk t(transaction::open);
    auto kept = handle();
    const std::weak_ptr<void> watch = kept;
    t.give(parse{"", "a", {}});
    t.now(t.fsm.prepared(std::move(kept), 0));
    EXPECT_FALSE(watch.expired());
    t.give(parse{"", "b", {}});  // replaces, even before the new one is known to be right
    t.next = step::read{};
    EXPECT_TRUE(watch.expired());
}

TEST(SessionHandles, PortalsDieAtTransactionEnd) {
    talk t(transaction::open);
    t.parse_as("s");
    t.bind_as("p", "s");
    t.bind_as("commit", "s");
    t.sync_as(transaction::open);
    t.execute_as("p", "SELECT 0", transaction::open);  // survives Sync in a block
    t.execute_as("commit", "COMMIT", transaction::idle);
    EXPECT_EQ(t.give(execute{"p", 0}), "abort");
}

TEST(SessionHandles, CloseOfNothingIsFine) {
    talk t(transaction::open);
    t.parse_as("s");
    t.bind_as("p", "s");
    EXPECT_EQ(t.give(close{close::target::statement, "s"}), "read");
    EXPECT_EQ(t.give(close{close::target::statement, "s"}), "read");
    t.execute_as("p", "SELECT 0", transaction::open);  // as in PostgreSQL
    EXPECT_EQ(t.give(close{close::target::portal, "p"}), "read");
    EXPECT_EQ(t.output(),
              "ParseComplete; BindComplete; CloseComplete; CloseComplete; "
              "CommandComplete command=\"SELECT 0\"; CloseComplete");
    EXPECT_EQ(t.give(execute{"p", 0}), "abort");
}

TEST(SessionCopy, InDuringAQuery) {
    talk t;
    t.give(query{"COPY t FROM STDIN"});
    EXPECT_EQ(t.now(t.fsm.copy_in_started(format::text, {format::text})), "flush");
    EXPECT_EQ(t.output(), "CopyInResponse text columns=1");
    t.now(t.fsm.flushed());
    EXPECT_EQ(t.give(copy_data{"1\n"}), "copy_in_data bytes=2");
    t.now(t.fsm.copy_taken());
    EXPECT_EQ(t.give(sync{}), "read");
    EXPECT_EQ(t.give(protocol::flush{}), "read");
    EXPECT_EQ(t.give(copy_done{}), "copy_in_done");
    t.fsm.complete("COPY 1", transaction::idle);
    t.now(t.fsm.query_done());
    t.now(t.fsm.synced(std::nullopt, transaction::idle));
    EXPECT_EQ(t.output(), "CommandComplete command=\"COPY 1\"; ReadyForQuery I");
}

TEST(SessionCopy, ClientGivesUpOrBreaksTheProtocol) {
    const std::pair<std::string, std::string> rows[] = {
        {bytes_of(copy_fail{"why"}), "copy_in_failed \"why\""},
        {bytes_of(query{"SELECT"}),
         "copy_in_failed \"unexpected message type 0x51 during COPY from stdin\""},
        {std::string("f\0\0\0\4"sv),
         "copy_in_failed \"invalid message format: message is cut short\""},
    };
    for (const auto& [bytes, expected] : rows) {
        talk t;
        t.give(query{"COPY t FROM STDIN"});
        t.now(t.fsm.copy_in_started(format::text, {}));
        t.output();
        t.now(t.fsm.flushed());
        EXPECT_EQ(t.give_bytes(bytes), expected);
        t.fsm.fail(make_error("57014", "gone"), transaction::idle);
        t.now(t.fsm.query_done());
        t.now(t.fsm.synced(std::nullopt, transaction::idle));
        EXPECT_EQ(t.output(), "ErrorResponse ERROR 57014 \"gone\"; ReadyForQuery I");
        t.now(t.fsm.flushed());
        EXPECT_EQ(t.give(copy_data{"late"}), "read");
        EXPECT_EQ(t.give(copy_done{}), "read");
        EXPECT_EQ(t.give(query{"SELECT"}), "query \"SELECT\"");
    }
}

TEST(SessionCopy, FailureDuringExecuteSkipsToSync) {
    talk t;
    t.parse_as("");
    t.bind_as("", "");
    t.give(execute{"", 0});
    t.now(t.fsm.copy_in_started(format::text, {}));
    t.now(t.fsm.flushed());
    t.output();
    EXPECT_EQ(t.give(copy_data{"x"}), "copy_in_data bytes=1");
    EXPECT_EQ(t.now(t.fsm.failed(make_error("22P04", "bad row"), transaction::idle)), "read");
    EXPECT_EQ(t.give(copy_data{"y"}), "read");
    EXPECT_EQ(t.give(copy_done{}), "read");
    EXPECT_EQ(t.sync_as(transaction::idle),
              "ErrorResponse ERROR 22P04 \"bad row\"; ReadyForQuery I");
}

TEST(SessionCopy, Out) {
    talk t;
    t.give(query{"COPY t TO STDOUT"});
    t.fsm.copy_out_started(format::text, {format::text});
    t.fsm.copy_out_row("1\n");
    t.fsm.complete("COPY 1", transaction::idle);
    t.now(t.fsm.query_done());
    t.now(t.fsm.synced(std::nullopt, transaction::idle));
    EXPECT_EQ(t.output(),
              "CopyOutResponse text columns=1; CopyData bytes=2; CopyDone; "
              "CommandComplete command=\"COPY 1\"; ReadyForQuery I");
}

TEST(SessionEnd, FunctionCallIsRefusedAndTheSessionGoesOn) {
    talk t;
    EXPECT_EQ(t.give(function_call{1, {}, {}, format::text}), "abort");
    EXPECT_EQ(t.now(t.fsm.aborted(transaction::idle)), "sync");
    t.now(t.fsm.synced(std::nullopt, transaction::idle));
    EXPECT_EQ(t.output(),
              "ErrorResponse ERROR 0A000 \"FunctionCall messages are not supported\"; "
              "ReadyForQuery I");
}

TEST(SessionEnd, MalformedQueryIsAnErrorAndReady) {
    talk t;
    EXPECT_EQ(t.give_bytes("Q\0\0\0\5x"sv), "abort");
    EXPECT_EQ(t.now(t.fsm.aborted(transaction::idle)), "sync");
    EXPECT_FALSE(t.fsm.skipping());
}

TEST(SessionEnd, BadFramesAreFatal) {
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"!\0\0\0\4"sv, "invalid frontend message type 33"},
        {"\xff"sv, "invalid frontend message type 255"},
        {"p\0\0\0\5x"sv, "invalid frontend message type 112"},
        {"Q\0\0\0\3"sv, "invalid message length"},
        {"S\x7f\0\0\0"sv, "invalid message length"},
    };
    for (const auto& [bytes, message] : rows) {
        talk t;
        EXPECT_EQ(t.give_bytes(bytes), "finish 08P01 \"" + std::string(message) + "\"");
        EXPECT_EQ(t.output(), "ErrorResponse FATAL 08P01 \"" + std::string(message) + "\"");
    }
}

TEST(SessionEnd, Terminate) {
    talk t;
    EXPECT_EQ(t.give(terminate{}), "finish");
    EXPECT_EQ(t.output(), "");
}

}  // namespace
}  // namespace pgduet::protocol
