// What framing and decoding cost per message: a stream of extended queries and of rows.
#include <benchmark/benchmark.h>

#include <string>

#include "protocol/backend/data_row.hpp"
#include "protocol/frame_splitter.hpp"
#include "protocol/frontend/bind.hpp"

namespace {

using namespace pgduet::protocol;

/// `count` times what a driver sends for one prepared query: Bind, Execute, Sync.
std::string client_stream(int count) {
    std::string bytes;
    byte_writer out{bytes};
    bind message;
    message.statement = "statement_1";
    message.values = {"4711", "some text", std::nullopt};
    for (int i = 0; i < count; ++i) {
        message.encode(out);
        bytes.append("E\0\0\0\x09\0\0\0\0\0", 10);
        bytes.append("S\0\0\0\x04", 5);
    }
    return bytes;
}

std::string row_stream(int count) {
    std::string bytes;
    byte_writer out{bytes};
    data_row row;
    row.fields = {"4711", "some text of a usual length", std::nullopt, "2024-02-29 12:34:56"};
    for (int i = 0; i < count; ++i)
        row.encode(out);
    return bytes;
}

/// Splits `bytes`, handed over in pieces of `piece` bytes, and gives each frame to `use`.
template <class Use>
void split(benchmark::State& state, const std::string& bytes, framing how, Use use) {
    const auto piece = static_cast<std::size_t>(state.range(0));
    std::int64_t frames = 0;
    for (auto _ : state) {
        frame_splitter splitter{how};
        for (std::size_t at = 0; at < bytes.size(); at += piece) {
            splitter.append(std::string_view{bytes}.substr(at, piece));
            while (true) {
                const auto next = splitter.next();
                if (!next)
                    return state.SkipWithError("bad frame");
                if (!*next)
                    break;
                use(**next);
                ++frames;
            }
        }
    }
    state.SetItemsProcessed(frames);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}

void split_client(benchmark::State& state) {
    split(state, client_stream(1000), framing::frontend, [](const frame& next) {
        benchmark::DoNotOptimize(next.body.data());
    });
}
BENCHMARK(split_client)->Arg(64)->Arg(4096)->Arg(65536);

void split_rows(benchmark::State& state) {
    split(state, row_stream(1000), framing::backend, [](const frame& next) {
        benchmark::DoNotOptimize(next.body.data());
    });
}
BENCHMARK(split_rows)->Arg(64)->Arg(4096)->Arg(65536);

void split_and_decode_rows(benchmark::State& state) {
    split(state, row_stream(1000), framing::backend, [](const frame& next) {
        benchmark::DoNotOptimize(data_row::decode(byte_reader{next.body}));
    });
}
BENCHMARK(split_and_decode_rows)->Arg(65536);

void encode_rows(benchmark::State& state) {
    for (auto _ : state)
        benchmark::DoNotOptimize(row_stream(1000));
    state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(encode_rows);

}  // namespace

BENCHMARK_MAIN();
