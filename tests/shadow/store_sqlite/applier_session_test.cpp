#include "shadow/store/sqlite/session.hpp"
#include "tests/shadow/store_sqlite/scratch_sqlite.hpp"

namespace pgduet::store::sqlite {
namespace {

request request_of(const std::string& text, std::vector<protocol::parameter> parameters = {}) {
    request out;
    out.statement = sql::parse(text)->statements.front();
    out.text = text;
    out.parameters = std::move(parameters);
    return out;
}

class ApplierSession : public testing::Test {
protected:
    void SetUp() override {
        database_options options;
        options.path = directory.file("shadow.db");
        shadow = open_session(options);
        ASSERT_FALSE(shadow->connect());
        ASSERT_EQ(tag("CREATE TABLE t(id serial PRIMARY KEY, v text)"), "CREATE TABLE");
        shadow->forget_relations();
    }
    std::string tag(const std::string& text) {
        const auto out = shadow->run({request_of(text)});
        return out.front().error ? out.front().error->message : out.front().tag;
    }

    scratch_directory directory;
    std::unique_ptr<store::session> shadow;
};

TEST_F(ApplierSession, UnitWithWatermark) {
    EXPECT_EQ(*shadow->read_watermark(), watermark{});
    ASSERT_FALSE(shadow->control("BEGIN"));
    const auto out = shadow->run(
        {request_of("INSERT INTO t(v) VALUES ('a')"), request_of("SELECT id, v FROM t")});
    ASSERT_EQ(out.size(), 2u);
    EXPECT_EQ(out[1].rows.count(), 1u);
    ASSERT_FALSE(shadow->write_watermark({"run", 7}));
    ASSERT_FALSE(shadow->control("COMMIT"));
    EXPECT_EQ(*shadow->read_watermark(), (watermark{"run", 7}));
    ASSERT_FALSE(shadow->control("BEGIN"));
    ASSERT_FALSE(shadow->write_watermark({"run", 8}));
    ASSERT_FALSE(shadow->control("ROLLBACK"));
    EXPECT_EQ(*shadow->read_watermark(), (watermark{"run", 7}));
}

TEST_F(ApplierSession, StopsAtTheFirstFailureAndGoesOnBehindASavepoint) {
    ASSERT_FALSE(shadow->control("BEGIN"));
    ASSERT_FALSE(shadow->control("SAVEPOINT pgduet_exchange"));
    const auto out = shadow->run({request_of("INSERT INTO t VALUES (1,'a')"),
                                  request_of("INSERT INTO t VALUES (1,'b')"),
                                  request_of("INSERT INTO t VALUES (2,'c')")});
    ASSERT_EQ(out.size(), 2u);
    EXPECT_EQ(out[1].error->sqlstate, "23505");
    ASSERT_FALSE(shadow->control("ROLLBACK TO SAVEPOINT pgduet_exchange"));
    ASSERT_FALSE(shadow->control("RELEASE SAVEPOINT pgduet_exchange"));
    EXPECT_EQ(tag("INSERT INTO t VALUES (3,'d')"), "INSERT 0 1");
    ASSERT_FALSE(shadow->control("COMMIT"));
}

TEST_F(ApplierSession, EffectsByKey) {
    const auto relation = shadow->describe("public", "t");
    ASSERT_TRUE(relation);
    using kind = shadow::row_change::kind;
    ASSERT_FALSE(shadow->control("BEGIN"));
    EXPECT_FALSE(shadow->apply_effects({{kind::insert, relation, {}, {"5", "five"}},
                                        {kind::update, relation, {"5", "five"}, {"5", "six"}},
                                        {kind::insert, relation, {}, {"6", {}}},
                                        {kind::erase, relation, {"6", {}}, {}}}));
    ASSERT_FALSE(shadow->control("COMMIT"));
    const auto rows = shadow->run({request_of("SELECT v FROM t")});
    ASSERT_EQ(rows[0].rows.count(), 1u);
    EXPECT_EQ(protocol::row_buffer::fields(rows[0].rows.rows()[0])[0], "six");
    ASSERT_FALSE(shadow->control("BEGIN"));
    EXPECT_TRUE(shadow->apply_effects({{kind::update, relation, {"99", "x"}, {"99", "y"}}}));
    ASSERT_FALSE(shadow->control("ROLLBACK"));
}

TEST_F(ApplierSession, EffectsWithoutKeyTouchOneRow) {
    ASSERT_EQ(tag("CREATE TABLE n(v int)"), "CREATE TABLE");
    ASSERT_EQ(tag("INSERT INTO n VALUES (1),(1)"), "INSERT 0 2");
    const auto relation = shadow->describe("", "n");
    ASSERT_FALSE(shadow->control("BEGIN"));
    EXPECT_FALSE(shadow->apply_effects({{shadow::row_change::kind::erase, relation, {"1"}, {}}}));
    ASSERT_FALSE(shadow->control("COMMIT"));
    EXPECT_EQ(shadow->run({request_of("SELECT v FROM n")})[0].rows.count(), 1u);
}

TEST_F(ApplierSession, Sequences) {
    ASSERT_FALSE(shadow->advance_sequences({{"public.t.id", 41}}));
    EXPECT_EQ(tag("INSERT INTO t(v) VALUES ('next')"), "INSERT 0 1");
    const auto sequences = shadow->read_sequences();
    ASSERT_TRUE(sequences);
    ASSERT_EQ(sequences->size(), 1u);
    EXPECT_EQ((*sequences)[0].first, "public.t.id");
    EXPECT_EQ((*sequences)[0].second, 42);
}

TEST_F(ApplierSession, CannotOpen) {
    database_options options;
    options.path = "/nonexistent/dir/x.db";
    const auto closed = open_session(options);
    const auto error = closed->connect();
    ASSERT_TRUE(error);
    EXPECT_TRUE(error->sqlstate.starts_with("08"));
    EXPECT_FALSE(closed->connected());
}

}  // namespace
}  // namespace pgduet::store::sqlite
