// What a statement's analysis costs, the first time and again.
#include <benchmark/benchmark.h>

#include <string>

#include "shadow/sql/parse_cache.hpp"
#include "shadow/sql/statement.hpp"

namespace {

using namespace pgduet;

constexpr const char* statements[] = {
    "SELECT abalance FROM pgbench_accounts WHERE aid = $1",
    "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES ($1, $2, $3, $4, "
    "CURRENT_TIMESTAMP)",
    "SELECT c.name, count(*), sum(o.total) FROM customers c JOIN orders o ON o.customer = c.id "
    "LEFT JOIN refunds r ON r.order_id = o.id WHERE o.placed BETWEEN $1 AND $2 AND c.country IN "
    "('DE', 'FR', 'ES') GROUP BY c.name HAVING sum(o.total) > 1000 ORDER BY 3 DESC LIMIT 20",
};

void parse(benchmark::State& state) {
    const std::string text = statements[state.range(0)];
    for (auto _ : state) {
        auto parsed = sql::parse(text);
        if (!parsed)
            return state.SkipWithError(parsed.error().message.c_str());
        benchmark::DoNotOptimize(parsed);
    }
}
BENCHMARK(parse)->DenseRange(0, 2);

void parse_cached(benchmark::State& state) {
    static sql::parse_cache cache;  // all threads of a run share it, as sessions do
    const std::string text = statements[state.range(0)];
    for (auto _ : state) {
        auto parsed = cache.parse(text);
        if (!parsed)
            return state.SkipWithError(parsed.error().message.c_str());
        benchmark::DoNotOptimize(parsed);
    }
}
BENCHMARK(parse_cached)->DenseRange(0, 2)->Threads(1)->Threads(2);

}  // namespace

BENCHMARK_MAIN();
