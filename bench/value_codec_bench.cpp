// What one value costs between the wire's binary format and PostgreSQL's text.
#include <benchmark/benchmark.h>

#include <string>

#include "protocol/sql_types/value_codec.hpp"

namespace {

using namespace pgduet::protocol;

struct sample {
    const char* name;
    oid type;
    const char* text;
};

constexpr sample samples[] = {
    {"int4", type_oid::int4, "-2147483648"},
    {"int8", type_oid::int8, "9223372036854775807"},
    {"float8", type_oid::float8, "0.1"},
    {"numeric", type_oid::numeric, "12345678901234567890.123456"},
    {"timestamptz", type_oid::timestamptz, "2024-02-29 12:34:56.789012+00"},
    {"uuid", type_oid::uuid, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
    {"bytea", type_oid::bytea, "\\x000102030405060708090a0b0c0d0e0f"},
    {"text", type_oid::text, "a text of some length, as they are"},
};

void to_binary(benchmark::State& state, const sample& value) {
    for (auto _ : state) {
        auto result = text_to_binary(value.type, value.text, {});
        if (!result)
            return state.SkipWithError(result.error().message.c_str());
        benchmark::DoNotOptimize(result);
    }
}

void to_text(benchmark::State& state, const sample& value) {
    const auto binary = text_to_binary(value.type, value.text, {});
    if (!binary)
        return state.SkipWithError(binary.error().message.c_str());
    for (auto _ : state) {
        auto result = binary_to_text(value.type, *binary, {});
        if (!result || *result != value.text)
            return state.SkipWithError("another text came back");
        benchmark::DoNotOptimize(result);
    }
}

}  // namespace

int main(int argc, char** argv) {
    for (const sample& value : samples) {
        benchmark::RegisterBenchmark(
            (std::string{"to_binary/"} + value.name).c_str(),
            [&value](benchmark::State& state) { to_binary(state, value); });
        benchmark::RegisterBenchmark((std::string{"to_text/"} + value.name).c_str(),
                                     [&value](benchmark::State& state) { to_text(state, value); });
    }
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
