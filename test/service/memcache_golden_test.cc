// The golden tables over the reference store.
#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <string_view>

#include "../storage/map_store.h"
#include "memcache_golden.h"
#include "memcache_session.h"

#include "check.h"

namespace pelikan {
namespace {

using test::GoldenCase;
using test::GoldenGroup;
using test::GoldenStep;
using test::longest_step;
using test::send_in_pieces;
using test::send_split;
using test::size_of;

// Turns the clock back, so that one server does for many sessions.
struct Session : private test::MapStore, test::MemcacheSession<test::MapStore> {
  explicit Session(test::MemcacheServer& around)
      : test::MapStore(reset(around).clock,
                       {.value = kMiB - 300, .large_from = 64 * kKiB, .part = 16 * kKiB}),
        test::MemcacheSession<test::MapStore>(around, *this) {}

  static test::MemcacheServer& reset(test::MemcacheServer& server) {
    server.time = FakeTime();
    server.clock.refresh();
    return server;
  }
};

void expect_right(const std::string& wrong) { ck_assert_msg(wrong.empty(), "%s", wrong.c_str()); }

// Hands every case to `run`, with a server for its group.
template <class Run>
void for_every_case(const Run& run) {
  for (const GoldenGroup& group : test::read_memcache_golden()) {
    test::MemcacheServer server(group.options);
    for (const GoldenCase& golden : group.cases) run(server, golden);
  }
}

START_TEST(the_tables_are_read_whole) {
  for (const test::GoldenTable& table : test::kMemcacheGolden) {
    size_t cases = 0;
    for (const GoldenGroup& group : test::GoldenReader::read(table)) {
      cases += group.cases.size();
      for (const GoldenCase& golden : group.cases)
        ck_assert_msg(!golden.steps.empty(), "%s", golden.name.c_str());
    }
    ck_assert_msg(cases >= table.least, "%s has %zu cases", table.name.data(), cases);
  }
}
END_TEST

START_TEST(every_classic_command_has_its_cases) {
  constexpr std::array<std::string_view, 20> kCommands{
      "get",       "gets",    "gat",       "gats",   "set",  "add",  "replace",
      "append",    "prepend", "cas",       "delete", "incr", "decr", "touch",
      "flush_all", "version", "verbosity", "stats",  "quit", "mn"};
  std::array<size_t, kCommands.size()> counts{};
  for_every_case([&](const test::MemcacheServer& /*server*/, const GoldenCase& golden) {
    for (size_t i = 0; i < kCommands.size(); ++i) {
      const bool is_of = golden.section == kCommands[i] && golden.name.starts_with(kCommands[i]);
      counts[i] += is_of ? 1 : 0;
    }
  });
  for (size_t i = 0; i < kCommands.size(); ++i) {
    ck_assert_msg(counts[i] >= 6, "%s has %zu cases", kCommands[i].data(), counts[i]);
  }
}
END_TEST

START_TEST(every_case_is_answered_when_it_comes_whole) {
  for_every_case([](test::MemcacheServer& server, const GoldenCase& golden) {
    Session session(server);
    expect_right(session.run(
        golden, [&](std::string_view bytes) { return session.connection.send(bytes); }));
  });
}
END_TEST

// The case with each of its steps cut in two.
std::string run_split(test::MemcacheServer& server, const GoldenCase& golden,
                      const std::function<size_t(size_t)>& split_of) {
  Session session(server);
  return session.run(golden, [&](std::string_view bytes) {
    return send_split(session.connection, bytes, split_of(bytes.size()));
  });
}

START_TEST(every_case_is_answered_alike_when_it_is_split_at_any_byte) {
  for_every_case([](test::MemcacheServer& server, const GoldenCase& golden) {
    if (golden.whole || size_of(golden) > 20'000) return;
    for (size_t split = 1; split < longest_step(golden); ++split) {
      expect_right(run_split(server, golden, [split](size_t) { return split; }));
    }
  });
}
END_TEST

START_TEST(long_cases_are_answered_alike_when_they_are_split_anywhere) {
  for_every_case([](test::MemcacheServer& server, const GoldenCase& golden) {
    if (golden.whole || size_of(golden) <= 20'000) return;
    for (size_t near = 1; near < 20; ++near) {
      expect_right(run_split(server, golden, [near](size_t) { return near; }));
      expect_right(
          run_split(server, golden, [near](size_t size) { return size - std::min(size, near); }));
      expect_right(run_split(server, golden, [near](size_t size) { return size * near / 20; }));
    }
  });
}
END_TEST

START_TEST(every_case_is_answered_alike_byte_by_byte) {
  for_every_case([](test::MemcacheServer& server, const GoldenCase& golden) {
    if (golden.whole) return;
    Session session(server);
    expect_right(session.run(
        golden, [&](std::string_view bytes) { return send_in_pieces(session.connection, bytes); }));
  });
}
END_TEST

START_TEST(all_cases_of_a_group_are_answered_in_one_stream) {
  size_t cases = 0;
  for (const GoldenGroup& group : test::read_memcache_golden()) {
    // Step by step first: the reference store gives the same cas ids the second time.
    std::string bytes;
    std::string expected;
    test::MemcacheServer server(group.options);
    Session first(server);
    for (const GoldenCase& golden : group.cases) {
      if (!golden.fits_stream()) continue;
      ++cases;
      expect_right(first.run(golden, [&](std::string_view step) {
        bytes += step;
        return first.connection.send(step);
      }));
      for (const GoldenStep& step : golden.steps) expected += step.expect;
    }
    Session second(server);
    std::string cas;
    const std::string replies = second.connection.send(bytes);
    ck_assert(test::golden_match(replies, expected, cas));
  }
  ck_assert_uint_ge(cases, 180);
}
END_TEST

}  // namespace
}  // namespace pelikan

using namespace pelikan;
PELIKAN_TESTS("service/memcache_golden", the_tables_are_read_whole,
              every_classic_command_has_its_cases, every_case_is_answered_when_it_comes_whole,
              every_case_is_answered_alike_when_it_is_split_at_any_byte,
              long_cases_are_answered_alike_when_they_are_split_anywhere,
              every_case_is_answered_alike_byte_by_byte,
              all_cases_of_a_group_are_answered_in_one_stream)
