// Dumps in steps: what a step holds the worker for, what a slow client gets, what else goes on.
#include <set>
#include <string>

#include "memcache_session.h"
#include "storage/map_store.h"
#include "storage/seg/maintenance.h"
#include "storage/seg/seg_access.h"
#include "storage/seg/seg_store.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

struct Rig {
  Rig() {
    options.memory.set({64 * kMiB});
    options.prefault.set(false);
    options.huge_pages.set(false);
  }

  void fill(int count) {
    std::string sets;
    for (int i = 0; i < count; ++i) {
      sets += "set key:" + std::to_string(i) + " 0 0 1 noreply\r\nv\r\n";
    }
    ck_assert_text_eq(client.send(sets), "");
  }

  MemcacheServer server;
  SegOptions options;
  SegStore store{options, 2, server.time, server.registry};
  SegStore::Access access = store.access(server.clock);
  MemcacheSession<SegStore::Access> session{server, access};
  MemcacheConnection<SegStore::Access>& client = session.connection;
};

// The keys of a metadump, each of which must be there once.
std::set<std::string> keys_of(std::string_view dump) {
  std::set<std::string> keys;
  while (dump.starts_with("key=")) {
    const size_t end = dump.find('\n');
    ck_assert(keys.emplace(dump.substr(4, dump.find(' ') - 4)).second);
    dump.remove_prefix(end + 1);
  }
  ck_assert_text_eq(std::string(dump), "END\r\n");
  return keys;
}

std::set<std::string> keys_in_reply(const std::string& reply) {
  ck_assert(reply.starts_with("OK\r\n"));
  return keys_of(std::string_view(reply).substr(4));
}

constexpr int kMany = 20'000;

START_TEST(a_dump_of_many_keys_goes_in_small_steps) {
  Rig rig;
  rig.fill(kMany);
  const size_t turns = rig.client.turns();
  const std::string dump = rig.client.send("lru_crawler metadump all\r\n");
  ck_assert_uint_eq(keys_in_reply(dump).size(), kMany);
  // 16 KiB and the line that went over it.
  const size_t steps = rig.client.turns() - turns;
  ck_assert_uint_ge(steps, dump.size() / (17 * kKiB));
  const auto metrics = rig.server.registry.read();
  ck_assert_uint_ge(metrics.find("memcache_dump_step")->histogram.count() + 2, steps);
  ck_assert_uint_eq(rig.server.count("memcache_dump"), 1);
}
END_TEST

START_TEST(a_walk_over_an_empty_table_goes_in_steps_too) {
  Rig rig;
  const size_t turns = rig.client.turns();
  ck_assert_text_eq(rig.client.send("lru_crawler metadump all\r\n"), "OK\r\nEND\r\n");
  const auto slots = static_cast<size_t>(rig.server.count("seg_table_slot"));
  ck_assert_uint_ge(rig.client.turns() - turns, slots / 7 / (256 * 8));
}
END_TEST

START_TEST(a_client_that_does_not_read_pauses_its_dump) {
  Rig rig;
  rig.fill(kMany);
  rig.client.stop_reading();
  rig.client.send("lru_crawler metadump all\r\n");
  ck_assert_uint_ge(rig.client.unread(), Output::kHighWatermark);
  ck_assert_uint_lt(rig.client.unread(), Output::kHighWatermark + 32 * kKiB);
  ck_assert_uint_eq(keys_in_reply(rig.client.read_on()).size(), kMany);
}
END_TEST

START_TEST(others_are_served_and_change_items_while_a_dump_waits) {
  Rig rig;
  rig.fill(kMany);
  MemcacheConnection<SegStore::Access> other(rig.server, rig.session.shared);
  rig.client.stop_reading();
  rig.client.send("lru_crawler metadump all\r\n");
  for (int i = 0; i < kMany; i += 2) {
    const std::string key = "key:" + std::to_string(i);
    ck_assert_text_eq(other.send("set " + key + " 0 0 10\r\n0123456789\r\n"), "STORED\r\n");
  }
  ck_assert_uint_eq(keys_in_reply(rig.client.read_on()).size(), kMany);
}
END_TEST

START_TEST(two_dumps_at_a_time_are_both_whole) {
  Rig rig;
  rig.fill(kMany);
  MemcacheConnection<SegStore::Access> other(rig.server, rig.session.shared);
  rig.client.stop_reading();
  rig.client.send("lru_crawler metadump all\r\n");
  ck_assert_uint_eq(keys_in_reply(other.send("lru_crawler metadump all\r\n")).size(), kMany);
  ck_assert_uint_eq(keys_in_reply(rig.client.read_on()).size(), kMany);
}
END_TEST

START_TEST(a_cachedump_ends_at_two_mebibytes_with_a_whole_line) {
  Rig rig;
  const std::string key(230, 'k');
  for (int i = 0; i < 9'000; ++i) {
    rig.client.send("set " + key + std::to_string(i) + " 0 0 1 noreply\r\nv\r\n");
  }
  const std::string dump = rig.client.send("stats cachedump 1 0\r\n");
  ck_assert(dump.ends_with(" [1 b; 0 s]\r\nEND\r\n"));
  ck_assert_uint_le(dump.size(), 2 * kMiB);
  ck_assert_uint_gt(dump.size(), 2 * kMiB - 300);
}
END_TEST

START_TEST(a_dump_writes_the_longest_line_there_is) {
  char line[kMaxDumpLine];
  const std::string key(memcache::kMaxKey, '\xff');
  const DumpedItem item{.key = key,
                        .expiry_s = std::numeric_limits<int64_t>::max(),
                        .used_s = std::numeric_limits<int64_t>::max(),
                        .cas = UINT64_MAX,
                        .flags = UINT32_MAX,
                        .value_bytes = SIZE_MAX,
                        .memory_bytes = SIZE_MAX,
                        .was_found = true};
  for (const DumpForm form : {DumpForm::kMetadump, DumpForm::kMgdump, DumpForm::kCachedump}) {
    const char* end = compose_dump_line(line, form, item);
    ck_assert_int_lt(end - line, kMaxDumpLine);
  }
}
END_TEST

}  // namespace

PELIKAN_TESTS("service/memcache_dump", a_dump_of_many_keys_goes_in_small_steps,
              a_walk_over_an_empty_table_goes_in_steps_too,
              a_client_that_does_not_read_pauses_its_dump,
              others_are_served_and_change_items_while_a_dump_waits,
              two_dumps_at_a_time_are_both_whole,
              a_cachedump_ends_at_two_mebibytes_with_a_whole_line,
              a_dump_writes_the_longest_line_there_is)
