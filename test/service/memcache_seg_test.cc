// memcached's commands over the seg store: the golden tables, and what only a real store shows.
#include <algorithm>
#include <string>
#include <vector>

#include "memcache_session.h"
#include "storage/seg/maintenance.h"
#include "storage/seg/seg_access.h"
#include "storage/seg/seg_store.h"

#include "check.h"

namespace pelikan {
namespace {

using test::GoldenCase;
using test::GoldenGroup;
using test::GoldenStep;

constexpr uint64_t kMemory = 64 * kMiB;

// A seg store, its maintenance, and a door to it.
struct Rig {
  explicit Rig(const test::OptionTexts& options = {}) : server(options) {
    store_options.memory.set({kMemory});
    store_options.prefault.set(false);
    store_options.huge_pages.set(false);
  }

  test::MemcacheServer server;
  SegOptions store_options;
  SegStore store{store_options, 2, server.time, server.registry};
  Maintenance maintenance{store, server.time};
  SegStore::Access access = store.access(server.clock);
};

void expect_right(const std::string& wrong) { ck_assert_msg(wrong.empty(), "%s", wrong.c_str()); }

START_TEST(every_case_is_answered) {
  for (const GoldenGroup& group : test::read_memcache_golden()) {
    for (const GoldenCase& golden : group.cases) {
      Rig rig(group.options);
      test::MemcacheSession<SegStore::Access> session(rig.server, rig.access);
      expect_right(session.run(golden, [&](std::string_view bytes) {
        rig.maintenance.run_once();
        return session.connection.send(bytes);
      }));
      rig.store.check_invariants();
    }
  }
}
END_TEST

bool sends_cas(const GoldenCase& golden) {
  return std::ranges::any_of(golden.steps, [](const GoldenStep& step) {
    return step.send.find("{cas") != std::string::npos;
  });
}

// But for those that say a cas id again: whether an item has an id of its own beside it, and so
// where the next one lies and what its id is, depends on what else was in the batch.
START_TEST(all_cases_of_a_group_are_answered_in_one_stream) {
  for (const GoldenGroup& group : test::read_memcache_golden()) {
    std::string bytes;
    std::string expected;
    for (const GoldenCase& golden : group.cases) {
      if (!golden.fits_stream() || sends_cas(golden)) continue;
      for (const GoldenStep& step : golden.steps) {
        bytes += step.send;
        expected += step.expect;
      }
    }
    Rig rig(group.options);
    test::MemcacheSession<SegStore::Access> session(rig.server, rig.access);
    std::string cas;
    ck_assert(test::golden_match(session.connection.send(bytes), expected, cas));
  }
}
END_TEST

std::string value_of(int i) {
  return "value-" + std::to_string(i) + "-" + std::string(static_cast<size_t>(i % 3000), 'v');
}

START_TEST(a_full_store_goes_on_taking_values_and_never_tells_a_wrong_one) {
  Rig rig;
  test::MemcacheSession<SegStore::Access> session(rig.server, rig.access);
  constexpr int kItems = 80'000;  // about twice the memory
  for (int i = 0; i < kItems; ++i) {
    const std::string value = value_of(i);
    const std::string key = "key" + std::to_string(i);
    const std::string line = "set " + key + " 0 0 " + std::to_string(value.size()) + "\r\n";
    ck_assert_text_eq(session.connection.send(line + value + "\r\n"), "STORED\r\n");
  }
  int hits = 0;
  for (int i = 0; i < kItems; ++i) {
    const std::string key = "key" + std::to_string(i);
    const std::string value = value_of(i);
    const std::string reply = session.connection.send("get " + key + "\r\n");
    if (reply == "END\r\n") continue;
    ++hits;
    ck_assert_text_eq(reply, "VALUE " + key + " 0 " + std::to_string(value.size()) + "\r\n" +
                                 value + "\r\nEND\r\n");
  }
  ck_assert_int_gt(hits, kItems / 4);
  ck_assert_int_lt(hits, kItems);
  rig.store.check_invariants();
}
END_TEST

START_TEST(values_of_a_megabyte_are_stored_in_64_mebibytes) {
  Rig rig;
  test::MemcacheSession<SegStore::Access> session(rig.server, rig.access);
  const std::string value(1'048'000, 'm');
  for (int i = 0; i < 100; ++i) {
    const std::string key = "big" + std::to_string(i);
    ck_assert_text_eq(session.connection.send("set " + key + " 7 0 1048000\r\n" + value + "\r\n"),
                      "STORED\r\n");
    ck_assert_text_eq(session.connection.send("get " + key + "\r\n"),
                      "VALUE " + key + " 7 1048000\r\n" + value + "\r\nEND\r\n");
  }
  rig.store.check_invariants();
}
END_TEST

// Sets so many items; the value of each tells its key.
void fill(Rig& rig, test::MemcacheSession<SegStore::Access>& session, int items) {
  for (int i = 0; i < items; ++i) {
    const std::string value = value_of(i);
    const std::string head = "set key" + std::to_string(i) + " 0 0 " + std::to_string(value.size());
    ck_assert_text_eq(session.connection.send(head + "\r\n" + value + "\r\n"), "STORED\r\n");
    if (i % 100 == 0) rig.maintenance.run_once();
  }
}

START_TEST(who_reads_late_gets_whole_values_although_their_memory_is_others_by_then) {
  Rig rig;
  test::MemcacheSession<SegStore::Access> writer(rig.server, rig.access);
  test::MemcacheSession<SegStore::Access> reader(rig.server, rig.access);
  constexpr int kFirst = 2'500, kLast = 2'900;  // keys with the longest values: a megabyte
  fill(rig, writer, kLast);
  std::string line = "get";
  for (int i = kFirst; i < kLast; ++i) line += " key" + std::to_string(i);
  reader.connection.stop_reading();
  ck_assert_text_eq(reader.connection.send(line + "\r\n"), "");
  ck_assert_uint_ge(reader.connection.unread(), Output::kHighWatermark);
  fill(rig, writer, 60'000);  // more than the memory
  const std::string replies = reader.connection.read_on();
  size_t at = 0;
  for (int i = kFirst; i < kLast; ++i) {
    const std::string value = value_of(i);
    const std::string block = "VALUE key" + std::to_string(i) + " 0 " +
                              std::to_string(value.size()) + "\r\n" + value + "\r\n";
    if (replies.compare(at, block.size(), block) == 0) at += block.size();
  }
  ck_assert_text_eq(replies.substr(at), "END\r\n");
  ck_assert_uint_ge(at, Output::kHighWatermark);
}
END_TEST

int64_t stat(test::MemcacheSession<SegStore::Access>& session, const std::string& name) {
  const std::string stats = session.connection.send("stats\r\n");
  const std::string row = "STAT " + name + " ";
  return std::stoll(stats.substr(stats.find(row) + row.size()));
}

START_TEST(cache_memlimit_shrinks_the_store_and_lets_it_grow_again) {
  Rig rig;
  test::MemcacheSession<SegStore::Access> session(rig.server, rig.access);
  fill(rig, session, 60'000);
  const int64_t items = stat(session, "curr_items");
  const int64_t bytes = stat(session, "bytes");
  ck_assert_text_eq(session.connection.send("cache_memlimit 32\r\n"), "OK\r\n");
  ck_assert_int_eq(stat(session, "limit_maxbytes"), 32 * kMiB);
  for (int round = 0; round < 4; ++round) rig.maintenance.run_once();
  ck_assert_int_lt(stat(session, "curr_items"), items * 6 / 10);
  ck_assert_int_lt(stat(session, "bytes"), bytes * 6 / 10);
  fill(rig, session, 1000);
  ck_assert_int_lt(stat(session, "bytes"), bytes * 6 / 10);
  ck_assert_text_eq(session.connection.send("cache_memlimit 64\r\n"), "OK\r\n");
  rig.maintenance.run_once();
  fill(rig, session, 60'000);
  ck_assert_int_gt(stat(session, "bytes"), bytes * 9 / 10);
  rig.store.check_invariants();
}
END_TEST

// A batch is prepared before the one in front of it is executed.
START_TEST(a_pipeline_sees_what_it_has_changed_before) {
  constexpr int kKeys = 5;
  Rig rig;
  test::MemcacheSession<SegStore::Access> session(rig.server, rig.access);
  std::string lines;
  std::string expected;
  for (int i = 0; i < 500; ++i) {
    const std::string key = "k" + std::to_string(i % kKeys);
    const std::string value = std::to_string(i + 1000);
    lines += "get " + key + "\r\nset " + key + " 0 0 4\r\n" + value + "\r\nget " + key + "\r\n";
    expected += "END\r\nSTORED\r\nVALUE " + key + " 0 4\r\n" + value + "\r\nEND\r\n";
    lines += "incr " + key + " 1\r\ndelete " + key + "\r\n";
    expected += std::to_string(i + 1001) + "\r\nDELETED\r\n";
  }
  ck_assert_text_eq(session.connection.send(lines), expected);
  rig.store.check_invariants();
}
END_TEST

START_TEST(memory_is_told_in_stats) {
  Rig rig;
  test::MemcacheSession<SegStore::Access> session(rig.server, rig.access);
  session.connection.send("set a 0 0 1\r\n1\r\nset b 0 0 1\r\n1\r\ndelete b\r\n");
  const std::string stats = session.connection.send("stats\r\n");
  ck_assert(stats.find("STAT curr_items 1\r\n") != std::string::npos);
  ck_assert(stats.find("STAT total_items 2\r\n") != std::string::npos);
  const std::string limit = "STAT limit_maxbytes " + std::to_string(kMemory) + "\r\n";
  ck_assert(stats.find(limit) != std::string::npos);
  ck_assert(stats.find("STAT bytes 0\r\n") == std::string::npos);
}
END_TEST

}  // namespace
}  // namespace pelikan

using namespace pelikan;
PELIKAN_TESTS("service/memcache_seg", every_case_is_answered,
              all_cases_of_a_group_are_answered_in_one_stream,
              a_full_store_goes_on_taking_values_and_never_tells_a_wrong_one,
              values_of_a_megabyte_are_stored_in_64_mebibytes,
              who_reads_late_gets_whole_values_although_their_memory_is_others_by_then,
              cache_memlimit_shrinks_the_store_and_lets_it_grow_again,
              a_pipeline_sees_what_it_has_changed_before, memory_is_told_in_stats)
