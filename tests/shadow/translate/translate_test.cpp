// Shapes of translations that rows alone would not show: what is stored in the schema, which steps
// there are, what is refused and how.
#include <gtest/gtest.h>

#include "shadow/sql/rules/types.hpp"
#include "shadow/sql/translate.hpp"

namespace pgduet::sql {
namespace {

namespace type_oid = protocol::type_oid;

struct two_tables : relation_source {
    std::shared_ptr<relation_info> account = std::make_shared<relation_info>();
    std::shared_ptr<relation_info> event = std::make_shared<relation_info>();

    two_tables() {
        account->name = "account";
        account->columns.resize(3);
        account->columns[0].name = "id";
        account->columns[0].type = type_oid::int4;
        account->columns[0].not_null = true;
        account->columns[1].name = "balance";
        account->columns[1].type = type_oid::int4;
        account->columns[2].name = "owner";
        account->columns[2].type = type_oid::varchar;
        account->columns[2].type_modifier = 14;
        account->keys = {{"id"}};
        account->has_primary_key = true;
        *event = *account;
        event->name = "event";
        event->columns[0].default_source = column_info::source::sequence;
        event->columns[0].sqlite_type = "INTEGER";
        event->columns[1].name = "at";
        event->columns[1].type = type_oid::timestamptz;
        event->columns[1].default_source = column_info::source::now;
    }
    std::shared_ptr<const relation_info> find(std::string_view,
                                              std::string_view name) const override {
        return name == "account" ? account : name == "event" ? event : nullptr;
    }
};

std::string translated(const std::string& sql) {
    statement input;
    input.text = sql;
    const auto result = translate_to_sqlite(input, two_tables(), {});
    if (!result)
        return result.error().sqlstate + " " + result.error().message;
    std::string text;
    for (const sqlite_step& step : result->steps) {
        text += text.empty() ? "" : "; ";
        if (const auto* plain = std::get_if<sqlite_sql>(&step)) {
            text += plain->text;
            continue;
        }
        const auto& rebuild = std::get<sqlite_rebuild>(step);
        text += "rebuild " + rebuild.table;
        for (const std::string& constraint : rebuild.add_constraints)
            text += " + " + constraint;
        for (const std::string& column : rebuild.set_not_null)
            text += " not null " + column;
    }
    for (const protocol::sql_error& notice : result->notices)
        text += "[" + notice.sqlstate + " " + notice.message + "]";
    return text;
}

struct shape_case {
    const char* name;
    const char* postgres;
    const char* sqlite;
};

class Shape : public testing::TestWithParam<shape_case> {};

TEST_P(Shape, IsAsWritten) {
    EXPECT_EQ(translated(GetParam().postgres), GetParam().sqlite);
}

const shape_case shapes[] = {
    {"KeyedUpdate",
     "update account set balance = balance + $1 where id = $2",
     R"(UPDATE "account" SET "balance" = (pg_int4("account"."balance" + ?1)) WHERE ("account"."id" = ?2))"},
    {"RowLocksAreTheStores",
     "select id from account where id = 1 for update",
     R"(SELECT "account"."id" AS "id" FROM "account" WHERE ("account"."id" = 1))"},
    {"OmittedNowIsExplicit",
     "insert into event (owner) values ('x')",
     R"(INSERT INTO "event" ("owner", "at") VALUES ('x', pg_now()))"},
    {"NullNeverGeneratesAnId",
     "insert into event (id) values ($1)",
     R"(INSERT INTO "event" ("id", "at") VALUES (coalesce(?1, pg_not_null('event', 'id')), pg_now()))"},
    {"SerialKeyIsRowid",
     "create table n (id bigserial primary key)",
     R"(CREATE TABLE "n" ("id" INTEGER /*pg:int8 serial*/ CONSTRAINT "n_pkey" PRIMARY KEY AUTOINCREMENT NOT NULL))"},
    {"KeyColumnsAreNotNull",
     "create table n (a text, b int, primary key (a, b))",
     R"(CREATE TABLE "n" ("a" TEXT NOT NULL, "b" INT4 NOT NULL, CONSTRAINT "n_pkey" PRIMARY KEY ("a", "b")))"},
    {"ConstraintsAreNamedAsByPostgres",
     "create table n (a int unique check (a > 0), b int references account on delete cascade)",
     R"(CREATE TABLE "n" ("a" INT4, "b" INT4, CONSTRAINT "n_a_key" UNIQUE ("a"), )"
     R"(CONSTRAINT "n_a_check" CHECK (("a" > 0)), CONSTRAINT "n_b_fkey" FOREIGN KEY ("b") )"
     R"(REFERENCES "account" ("id") ON DELETE CASCADE))"},
    {"AddPrimaryKeyRebuilds",
     "alter table event add unique (owner), alter owner set not null",
     R"(rebuild event + CONSTRAINT "event_owner_key" UNIQUE ("owner") not null owner)"},
    {"DropIfExists",
     "drop table if exists nothing, account",
     R"(DROP TABLE "account"[00000 table "nothing" does not exist, skipping])"},
    {"ViewsCarryTheirTypes",
     "create view v as select id, owner from account",
     R"(CREATE VIEW "v" ("id" /*pg:int4*/, "owner" /*pg:varchar:14*/) AS )"
     R"(SELECT "account"."id" AS "id", "account"."owner" AS "owner" FROM "account")"},
    {"Truncate", "truncate account, event", R"(DELETE FROM "account"; DELETE FROM "event")"},
    {"ConstantsAreEnforced",
     "insert into account (owner) values ('12345678901')",
     "22001 value too long for type character varying(10)"},
    {"UnreadFieldIsRefused",
     "create table n (a int) partition by range (a)",
     "0A000 pgduet: SQLite cannot express CreateStmt.partspec"},
    {"UnknownNodeIsRefused",
     "create extension x",
     "0A000 pgduet: SQLite cannot express CreateExtensionStmt"},
    {"KnownFunctionWeLack",
     "select pg_size_pretty(1::bigint)",
     "0A000 pgduet: SQLite cannot express function pg_size_pretty"},
    {"UnknownFunction",
     "select no_such(1, 'x')",
     "42883 function no_such(integer, unknown) does not exist"},
    {"NullsAreOrderedAsInPostgres",
     "select balance from account order by balance desc, id",
     R"(SELECT "account"."balance" AS "balance" FROM "account" ORDER BY 1 DESC NULLS FIRST, "account"."id")"},
};

INSTANTIATE_TEST_SUITE_P(Translate, Shape, testing::ValuesIn(shapes), [](const auto& each) {
    return each.param.name;
});

TEST(DeclaredType, ComesBackAsWritten) {
    const typed types[] = {{type_oid::int2, -1},
                           {type_oid::int4, -1},
                           {type_oid::int8, -1},
                           {type_oid::varchar, 14},
                           {type_oid::bpchar, 88},
                           {type_oid::numeric, ((10 << 16) | 2) + 4},
                           {type_oid::numeric, -1},
                           {type_oid::timestamp, 3},
                           {type_oid::timestamptz, -1},
                           {type_oid::uuid, -1},
                           {type_oid::jsonb, -1},
                           {type_oid::int4_array, -1},
                           {type_oid::float4, -1},
                           {type_oid::float8, -1},
                           {type_oid::boolean, -1},
                           {type_oid::bytea, -1},
                           {type_oid::interval, -1}};
    for (const typed& type : types)
        EXPECT_EQ(read_declared(declared_type(type), "").type, type) << declared_type(type);
}

TEST(DeclaredType, ForeignFilesAndNotes) {
    EXPECT_EQ(read_declared("INTEGER", "").type.type, type_oid::int8);
    EXPECT_EQ(read_declared("datetime", "").type.type, type_oid::timestamptz);
    EXPECT_EQ(read_declared("decimal(8, 3)", "").type,
              (typed{type_oid::numeric, ((8 << 16) | 3) + 4}));
    const std::string create =
        "CREATE TABLE \"t, (x\" (\"id\" INTEGER /*pg:int4 serial*/ PRIMARY KEY, b NUMERIC(3, 1), "
        "CHECK (b > 0))";
    const declared_column id = read_declared("INTEGER", column_source(create, "id"));
    EXPECT_EQ(id.type.type, type_oid::int4);
    EXPECT_EQ(id.generated, column_info::source::sequence);
    EXPECT_EQ(column_source(create, "b"), "b NUMERIC(3, 1)");
    EXPECT_EQ(column_source(create, "c"), "");
}

}  // namespace
}  // namespace pgduet::sql
