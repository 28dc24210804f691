// memcached's text protocol by itself: requests parsed and replies composed in memory, one thread,
// 32-byte keys and 64-byte values. The time shown is that of one key operation.
//
//   build/bench/protocol.memcache.text_bench
#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/assertion.h"
#include "base/copy.h"
#include "protocol/memcache/compose.h"
#include "protocol/memcache/parse.h"
#include "protocol/memcache/scan.h"

namespace {

using namespace pelikan;
using namespace pelikan::memcache;

constexpr size_t kOperations = 1'024;
constexpr size_t kPerGet = 32;

std::string key_of(size_t number) {
  std::string key = "user:profile:" + std::to_string(number * 7'919 % 1'000'000) + ":";
  key.resize(32, 'x');
  return key;
}

// Bytes that a parser may overread.
std::string with_slack(std::string text) {
  text.reserve(text.size() + kScanSlack);
  return text;
}

std::string pipelined_gets() {
  std::string text;
  for (size_t i = 0; i < kOperations; ++i) text += "get " + key_of(i) + "\r\n";
  return with_slack(std::move(text));
}
std::string multi_gets() {
  std::string text;
  for (size_t i = 0; i < kOperations; ++i) {
    text +=
        (i % kPerGet == 0 ? "get " : " ") + key_of(i) + (i % kPerGet == kPerGet - 1 ? "\r\n" : "");
  }
  return with_slack(std::move(text));
}
std::string pipelined_sets() {
  std::string text;
  for (size_t i = 0; i < kOperations; ++i) {
    text += "set " + key_of(i) + " 0 3600 64\r\n" + std::string(64, 'v') + "\r\n";
  }
  return with_slack(std::move(text));
}

void finish(benchmark::State& state, size_t bytes) {
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kOperations));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes));
}

void parse(benchmark::State& state, std::string (*make)()) {
  const std::string text = make();
  for ([[maybe_unused]] auto round : state) {
    RequestParser parser;
    MetaFlags flags;
    size_t operations = 0;
    for (std::string_view in = text; !in.empty(); ++operations) {
      Request request;
      CHECK(parser.parse(in, request, flags) == ParseStatus::kRequest);
      benchmark::DoNotOptimize(request);
      in.remove_prefix(static_cast<size_t>(request.end - in.data()));
    }
    CHECK(operations == kOperations);
  }
  finish(state, text.size());
}

void compose_values(benchmark::State& state) {
  std::vector<std::string> keys(kOperations);
  for (size_t i = 0; i < kOperations; ++i) {
    keys[i] = key_of(i);
    keys[i].reserve(keys[i].size() + kCopySlack);
  }
  const std::string value(64, 'v');
  std::vector<char> out(kOperations * (kMaxValueHead + 64 + kMaxValueTail + kCopySlack));
  size_t bytes = 0;
  for ([[maybe_unused]] auto round : state) {
    char* to = out.data();
    for (const std::string& key : keys) {
      to = compose_value_head(to, key, 0, value.size(), std::nullopt);
      to = copy_exact(to, value);
      to = compose_value_tail(to, true);
    }
    benchmark::ClobberMemory();
    bytes = static_cast<size_t>(to - out.data());
  }
  finish(state, bytes);
}

void compose_lines(benchmark::State& state) {
  std::vector<char> out(kOperations * kMaxReplyLine + kMaxReplyLine);
  for ([[maybe_unused]] auto round : state) {
    char* to = out.data();
    for (size_t i = 0; i < kOperations; ++i) to = compose_reply(to, Reply::kStored);
    benchmark::ClobberMemory();
  }
  finish(state, kOperations * reply_line(Reply::kStored).size());
}

BENCHMARK_CAPTURE(parse, get, pipelined_gets);
BENCHMARK_CAPTURE(parse, multi_get_32, multi_gets);
BENCHMARK_CAPTURE(parse, set, pipelined_sets);
BENCHMARK(compose_values);
BENCHMARK(compose_lines);

}  // namespace

BENCHMARK_MAIN();
