#include <atomic>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>

#include "tests/shadow/store_sqlite/scratch_sqlite.hpp"

namespace pgduet::store::sqlite {
namespace {

class Sharing : public sqlite_test {};

TEST_F(Sharing, WritersAreServedInOrder) {
    lease first = store->try_acquire_writer();
    ASSERT_TRUE(first);
    EXPECT_FALSE(store->try_acquire_writer());
    std::vector<int> order;
    std::vector<lease> kept;
    const auto wait = [&](int number) {
        return store->acquire_writer([&, number](lease given) {
            order.push_back(number);
            kept.push_back(std::move(given));
        });
    };
    wait(1);
    const auto second = wait(2);
    wait(3);
    EXPECT_TRUE(store->cancel(second));
    EXPECT_FALSE(store->cancel(second));
    first.reset();
    EXPECT_EQ(order, std::vector<int>{1});
    lease now = std::move(kept.back());
    kept.clear();
    now.reset();
    EXPECT_EQ(order, (std::vector<int>{1, 3}));
    kept.clear();
    EXPECT_TRUE(store->try_acquire_writer());
}

TEST_F(Sharing, ReadersAreBounded) {
    std::vector<lease> readers;
    while (lease one = store->try_acquire_reader())
        readers.push_back(std::move(one));
    EXPECT_EQ(readers.size(), store->options().readers_max);
    bool given = false;
    store->acquire_reader([&](lease) { given = true; });
    EXPECT_FALSE(given);
    readers.pop_back();
    EXPECT_TRUE(given);
}

/// Threads that count up the same row, each with its own session, next to readers.
TEST_F(Sharing, ManySessionsLoseNoUpdate) {
    {
        client setup(*store);
        ASSERT_EQ(setup.show("CREATE TABLE n(id int PRIMARY KEY, v int)"), "CREATE TABLE");
        setup.show("INSERT INTO n VALUES (1,0)");
    }
    constexpr int threads = 6;
    constexpr int rounds = 40;
    std::atomic<int> failures{0};
    std::vector<std::thread> all;
    for (int t = 0; t < threads; ++t) {
        all.emplace_back([&] {
            serve_session session(*store, {});
            const auto update = sql::parse("UPDATE n SET v = v + 1 WHERE id = 1");
            const auto read = sql::parse("SELECT v FROM n WHERE id = 1");
            for (int i = 0; i < rounds; ++i) {
                for (const auto& parsed : {*update, *read}) {
                    auto plan = session.prepare(parsed.statements.front(), {});
                    auto bound = session.bind(*plan, {}, {});
                    const need what = session.needs(**bound);
                    std::mutex mutex;
                    std::condition_variable ready;
                    lease mine;
                    bool given = false;
                    const auto take = [&](lease got) {
                        const std::lock_guard lock(mutex);
                        mine = std::move(got);
                        given = true;
                        ready.notify_one();
                    };
                    if (what == need::writer)
                        store->acquire_writer(take);
                    else
                        store->acquire_reader(take);
                    std::unique_lock lock(mutex);
                    ready.wait(lock, [&] { return given; });
                    session.give(std::move(mine));
                    collected_rows rows;
                    if (session.execute(**bound, 0, 0, rows).error)
                        ++failures;
                    lock.unlock();
                    bound->reset();
                    if (session.sync())
                        ++failures;
                }
            }
        });
    }
    for (std::thread& one : all)
        one.join();
    EXPECT_EQ(failures, 0);
    client after(*store);
    EXPECT_EQ(after.show("SELECT v FROM n"), "SELECT 1: " + std::to_string(threads * rounds));
}

TEST_F(Sharing, NotADatabase) {
    const std::string path = directory.file("junk.db");
    std::ofstream(path) << std::string(4096, 'x');
    database_options options;
    options.path = path;
    const auto opened = database::open(options);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().sqlstate, "XX001");
}

TEST_F(Sharing, StatementTimeout) {
    client c(*store);
    c.show("SET statement_timeout = '20ms'");
    const auto out = c.run(
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 2000000000) "
        "SELECT count(*) FROM r");
    ASSERT_TRUE(out.error);
    EXPECT_EQ(out.error->sqlstate, "57014");
    EXPECT_EQ(out.error->message, "canceling statement due to statement timeout");
    EXPECT_EQ(c.show("SET statement_timeout = 0"), "SET");
}

TEST_F(Sharing, CancelEndsAStatement) {
    client c(*store);
    std::atomic<bool> done{false};
    std::thread canceller([&] {
        while (!done) {
            c.session.cancel();
            std::this_thread::yield();
        }
    });
    const auto out = c.run(
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 2000000000) "
        "SELECT count(*) FROM r");
    done = true;
    canceller.join();
    ASSERT_TRUE(out.error);
    EXPECT_EQ(out.error->sqlstate, "57014");
}

}  // namespace
}  // namespace pgduet::store::sqlite
