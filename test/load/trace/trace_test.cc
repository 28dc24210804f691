#include "load/trace/trace.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "load/refusal.h"
#include "load/statistics.h"
#include "load/temporary_file.h"

#include "check.h"

namespace pelikan::load {
namespace {

using test::refusal_of;
using test::TemporaryFile;

constexpr int64_t kSecondNs = 1'000'000'000;

struct Sent {
  double seconds;
  std::string key;
  uint32_t value_size;
};

std::vector<Sent> all_of(Trace& trace) {
  std::vector<Sent> sent;
  TraceRequest request;
  while (trace.next(request)) {
    ck_assert_uint_eq(request.key.size(), request.key_size);
    sent.push_back({.seconds = static_cast<double>(request.time_ns) / kSecondNs,
                    .key = std::string(request.key),
                    .value_size = request.value_size});
  }
  return sent;
}

// A trace of some text with some options.
class Replay {
 public:
  explicit Replay(std::string_view content, std::string_view format = "csv time,key")
      : file_(content) {
    options.trace.set(file_.path());
    options.format.set(std::string(format));
  }
  std::vector<Sent> sent(ArrivalKind spread = ArrivalKind::kEven, uint64_t seed = 1) {
    Trace trace(options, spread, seed);
    return all_of(trace);
  }
  TraceOptions options;

 private:
  TemporaryFile file_;
};

std::string keys_of(const std::vector<Sent>& sent) {
  std::string keys;
  for (const Sent& request : sent) keys += request.key;
  return keys;
}

START_TEST(times_begin_at_zero_and_never_go_back) {
  Replay replay("100.5,a\n100.75,b\n100.25,c\n102.0,d\n");
  const std::vector<Sent> sent = replay.sent();
  ck_assert_text_eq(keys_of(sent), "abcd");
  ck_assert_double_eq_tol(sent[0].seconds, 0, 1e-6);
  ck_assert_double_eq_tol(sent[1].seconds, 0.25, 1e-6);
  ck_assert_double_eq_tol(sent[2].seconds, 0.25, 1e-6);
  ck_assert_double_eq_tol(sent[3].seconds, 1.5, 1e-6);
}
END_TEST

START_TEST(whole_seconds_are_spread_evenly) {
  Replay replay("7,a\n7,b\n7,c\n7,d\n9,e\n");
  const std::vector<Sent> sent = replay.sent();
  ck_assert_text_eq(keys_of(sent), "abcde");
  for (size_t i = 0; i < 4; ++i) {
    ck_assert_double_eq_tol(sent[i].seconds, 0.125 + 0.25 * static_cast<double>(i), 1e-6);
  }
  ck_assert_double_eq_tol(sent[4].seconds, 2.5, 1e-6);
}
END_TEST

START_TEST(whole_seconds_are_spread_as_poisson_does) {
  std::string content;
  for (int second = 0; second < 5; ++second) {
    for (int i = 0; i < 4000; ++i) content += std::to_string(second) + ",k\n";
  }
  Replay replay(content);
  std::vector<double> places;
  double last = 0;
  for (const Sent& request : replay.sent(ArrivalKind::kPoisson)) {
    ck_assert_double_ge(request.seconds, last);
    last = request.seconds;
    places.push_back(last / 5);
  }
  ck_assert_uint_eq(places.size(), 20'000);
  std::vector<double> distances;
  for (size_t i = 1; i < places.size(); ++i) distances.push_back(places[i] - places[i - 1]);
  ck_assert_double_lt(test::kolmogorov_smirnov(places, [](double x) { return x; }),
                      test::kKolmogorovSmirnovLimit);
  ck_assert_double_lt(
      test::kolmogorov_smirnov(distances, [](double x) { return -std::expm1(-x * 20'000); }),
      test::kKolmogorovSmirnovLimit);
}
END_TEST

START_TEST(the_same_seed_spreads_alike) {
  Replay replay("7,a\n7,b\n7,c\n");
  const auto second = [&replay](uint64_t seed) {
    return replay.sent(ArrivalKind::kPoisson, seed)[1].seconds;
  };
  ck_assert_double_eq(second(1), second(1));
  ck_assert_double_ne(second(1), second(2));
}
END_TEST

START_TEST(a_replay_may_be_faster_or_at_once) {
  Replay replay("0.0,a\n10.0,b\n");
  replay.options.speed.set("2.5");
  ck_assert_double_eq_tol(replay.sent()[1].seconds, 4, 1e-6);
  replay.options.speed.set("max");
  ck_assert_double_eq(replay.sent()[1].seconds, 0);
  ck_assert_text_eq(keys_of(replay.sent()), "ab");
  for (const char* speed : {"0", "-1", "fast", "", "1 2"}) {
    replay.options.speed.set(speed);
    ck_assert(refusal_of([&] { replay.sent(); }).starts_with("trace_speed: "));
  }
}
END_TEST

START_TEST(a_part_may_be_replayed_again_and_again) {
  Replay replay("0.0,a\n1.0,b\n3.0,c\n4.0,d\n");
  replay.options.start.set(1);
  replay.options.limit.set(2);
  ck_assert_text_eq(keys_of(replay.sent()), "bc");
  replay.options.loop.set(3);
  const std::vector<Sent> sent = replay.sent();
  ck_assert_text_eq(keys_of(sent), "bcbcbc");
  ck_assert_double_eq_tol(sent[1].seconds, 2, 1e-6);
  ck_assert_double_eq_tol(sent[2].seconds, 2, 1e-6);
  ck_assert_double_eq_tol(sent[5].seconds, 6, 1e-6);
  replay.options.start.set(4);
  ck_assert(refusal_of([&] { replay.sent(); }).ends_with(": no request behind the first 4"));
}
END_TEST

START_TEST(an_empty_trace_is_an_error) {
  Replay replay("");
  ck_assert(refusal_of([&] { replay.sent(); }).ends_with(": no request behind the first 0"));
}
END_TEST

START_TEST(whole_seconds_go_on_in_the_next_loop) {
  Replay replay("5,a\n5,b\n6,c\n");
  replay.options.loop.set(2);
  const std::vector<Sent> sent = replay.sent();
  ck_assert_text_eq(keys_of(sent), "abcabc");
  for (size_t i = 1; i < sent.size(); ++i) {
    ck_assert_double_ge(sent[i].seconds, sent[i - 1].seconds);
  }
  ck_assert_double_lt(sent[5].seconds, 3);
}
END_TEST

START_TEST(values_may_be_scaled) {
  Replay replay("a,100\nb,4000000000\n", "csv key,value_size");
  replay.options.scale_values.set(0.5);
  ck_assert(refusal_of([&] { replay.sent(); }).ends_with("value size '4000000000' is no number"));
  Replay fitting("a,100\nb,2000000000\n", "csv key,value_size");
  fitting.options.scale_values.set(0.5);
  ck_assert_uint_eq(fitting.sent()[0].value_size, 50);
  fitting.options.scale_values.set(10);
  ck_assert_uint_eq(fitting.sent()[1].value_size, UINT32_MAX);
}
END_TEST

START_TEST(keys_get_their_recorded_size_and_stay_distinct) {
  std::string content = "short,8\nexact,5\nbad \x01key,8\n";
  for (int i = 0; i < 100; ++i) {
    content += std::string(300, 'k') + std::to_string(i) + ",300\n";
    content += std::string(20, 'k') + std::to_string(i) + ",20\n";
  }
  Replay replay(content, "csv key,key_size");
  const std::vector<Sent> sent = replay.sent();
  ck_assert_text_eq(sent[0].key, "short___");
  ck_assert_text_eq(sent[1].key, "exact");
  ck_assert_text_eq(sent[2].key, "bad__key");
  std::set<std::string> keys;
  for (const Sent& request : sent) keys.insert(request.key);
  ck_assert_uint_eq(keys.size(), sent.size());
  ck_assert_uint_eq(sent[3].key.size(), 250);
  ck_assert_uint_eq(sent[4].key.size(), 20);
  ck_assert_text_eq(sent[4].key.substr(0, 9), "kkkkkkkkk");
}
END_TEST

START_TEST(commands_passed_over_are_counted_in_all_loops) {
  Replay replay("1339518083.107412 [0 lua] \"get\" \"k\"\n1339518083.107412 [0 lua] \"ping\"\n",
                "redis_monitor");
  replay.options.loop.set(3);
  Trace trace(replay.options, ArrivalKind::kEven, 1);
  ck_assert_uint_eq(all_of(trace).size(), 3);
  ck_assert_uint_eq(trace.passed_over(), 3);
}
END_TEST

START_TEST(standard_input_is_not_looped) {
  TraceOptions options;
  options.trace.set("-");
  options.loop.set(2);
  ck_assert_text_eq(refusal_of([&] { Trace(options, ArrivalKind::kEven, 1); }),
                    "trace_loop: standard input cannot be read again");
}
END_TEST

}  // namespace
}  // namespace pelikan::load

PELIKAN_TESTS("load/trace/trace", pelikan::load::times_begin_at_zero_and_never_go_back,
              pelikan::load::whole_seconds_are_spread_evenly,
              pelikan::load::whole_seconds_are_spread_as_poisson_does,
              pelikan::load::the_same_seed_spreads_alike,
              pelikan::load::a_replay_may_be_faster_or_at_once,
              pelikan::load::a_part_may_be_replayed_again_and_again,
              pelikan::load::an_empty_trace_is_an_error,
              pelikan::load::whole_seconds_go_on_in_the_next_loop,
              pelikan::load::values_may_be_scaled,
              pelikan::load::keys_get_their_recorded_size_and_stay_distinct,
              pelikan::load::commands_passed_over_are_counted_in_all_loops,
              pelikan::load::standard_input_is_not_looped)
