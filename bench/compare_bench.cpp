// What comparing one answer costs: equal bytes, equal values in other formats, and a difference.
#include <benchmark/benchmark.h>

#include <string>

#include "shadow/compare/compare.hpp"

namespace {

using namespace pgduet;

std::string int4_binary(std::uint32_t value) {
    std::string bytes(4, '\0');
    for (int i = 0; i < 4; ++i)
        bytes[i] = static_cast<char>(value >> (24 - 8 * i));
    return bytes;
}

/// `rows` rows of an integer and a text, as a PostgreSQL store answers.
protocol::outcome answer(int rows, protocol::format format, int last_value = 0) {
    protocol::outcome result;
    protocol::column id{.name = "id", .type = protocol::type_oid::int4, .type_length = 4};
    id.encoding = format;
    protocol::column name{.name = "name", .type = protocol::type_oid::text};
    name.encoding = format;
    result.columns = {id, name};
    for (int i = 0; i < rows; ++i) {
        const int value = i + 1 == rows ? last_value + i : i;
        result.rows.add({format == protocol::format::text
                             ? std::to_string(value)
                             : int4_binary(static_cast<std::uint32_t>(value)),
                         "the name of row " + std::to_string(i)});
    }
    result.tag = "SELECT " + std::to_string(rows);
    return result;
}

void run(benchmark::State& state,
         const protocol::outcome& primary,
         const protocol::outcome& shadow,
         compare::result::what expected) {
    for (auto _ : state) {
        const auto found = compare::compare(primary, shadow, {}, {});
        if (found.verdict != expected)
            state.SkipWithError("wrong verdict");
        benchmark::DoNotOptimize(found);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

void equal_bytes(benchmark::State& state) {
    const auto rows = static_cast<int>(state.range(0));
    run(state,
        answer(rows, protocol::format::text),
        answer(rows, protocol::format::text),
        compare::result::what::equal);
}
BENCHMARK(equal_bytes)->Arg(1)->Arg(100)->Arg(1000);

void equal_values_other_format(benchmark::State& state) {
    const auto rows = static_cast<int>(state.range(0));
    run(state,
        answer(rows, protocol::format::text),
        answer(rows, protocol::format::binary),
        compare::result::what::equal);
}
BENCHMARK(equal_values_other_format)->Arg(1)->Arg(100)->Arg(1000);

void different_rows(benchmark::State& state) {
    const auto rows = static_cast<int>(state.range(0));
    run(state,
        answer(rows, protocol::format::text),
        answer(rows, protocol::format::text, 5),
        compare::result::what::rows_differ);
}
BENCHMARK(different_rows)->Arg(1)->Arg(100)->Arg(1000);

}  // namespace

BENCHMARK_MAIN();
