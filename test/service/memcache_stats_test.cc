#include "service/memcache_stats.h"

#include <map>
#include <string>
#include <vector>

#include "../storage/map_store.h"
#include "memcache_rig.h"
#include "protocol/memcache/parse_reply.h"

#include "check.h"

namespace pelikan {
namespace {

// The names that memcached's exporters and dashboards read, and those that make up its 84.
constexpr std::string_view kNames =
    "pid uptime time version pointer_size rusage_user rusage_system max_connections "
    "curr_connections total_connections rejected_connections connection_structures "
    "cmd_get cmd_set cmd_flush cmd_touch cmd_meta get_hits get_misses get_expired get_flushed "
    "delete_hits delete_misses incr_hits incr_misses decr_hits decr_misses cas_hits cas_misses "
    "cas_badval touch_hits touch_misses store_too_large store_no_memory auth_cmds auth_errors "
    "bytes_read bytes_written limit_maxbytes accepting_conns listen_disabled_num "
    "time_in_listen_disabled_us threads conn_yields hash_power_level hash_bytes "
    "hash_is_expanding bytes curr_items total_items expired_unfetched evicted_unfetched "
    "evicted_active evictions reclaimed crawler_reclaimed lrutail_reflocked moves_to_cold "
    "moves_to_warm moves_within_lru direct_reclaims lru_bumps_dropped malloc_fails "
    "log_worker_dropped log_worker_written log_watcher_skipped log_watcher_sent log_watchers "
    "slab_reassign_rescues slab_reassign_running slabs_moved read_buf_count read_buf_bytes "
    "read_buf_bytes_free read_buf_oom response_obj_oom response_obj_count response_obj_bytes "
    "slab_global_page_pool";

using Stats = std::map<std::string, std::string, std::less<>>;

// Checks the form of the answer: rows of distinct names, then END.
Stats read(std::string_view text) {
  Stats stats;
  memcache::ParsedReply reply;
  while (memcache::parse_reply(text, reply) && reply.kind == memcache::ReplyKind::kStat) {
    ck_assert_msg(stats.emplace(reply.key, reply.text).second, "twice: %s",
                  std::string(reply.key).c_str());
    text.remove_prefix(reply.size);
  }
  ck_assert_text_eq(text, "END\r\n");
  return stats;
}

struct Rig {
  test::MemcacheServer server;
  test::MapStore store{server.clock};
  MemcacheShared<test::MapStore> shared{store,          server.clock, server.control,
                                        server.metrics, server.klog,  {}};
  test::MemcacheConnection<test::MapStore> connection{server, shared};

  std::string send(std::string_view bytes) { return connection.send(bytes); }
  Stats stats(std::string_view words = "") {
    return read(send("stats " + std::string(words) + "\r\n"));
  }
  std::string stat(std::string_view words, std::string_view name) {
    return stats(words).find(name)->second;
  }
};

START_TEST(all_names_that_dashboards_read_are_there) {
  Rig rig;
  const Stats stats = rig.stats();
  std::string_view rest = kNames;
  while (!rest.empty()) {
    const std::string_view name = rest.substr(0, rest.find(' '));
    ck_assert_msg(stats.contains(name), "missing: %s", std::string(name).c_str());
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
  }
  ck_assert_uint_ge(stats.size(), 84);
}
END_TEST

START_TEST(times_are_seconds_and_the_version_begins_with_three_numbers) {
  Rig rig;
  rig.server.advance_s(12);
  const Stats stats = rig.stats();
  ck_assert_text_eq(stats.at("uptime"), "12");
  ck_assert_text_eq(stats.at("time"), "1700000012");
  ck_assert_text_eq(stats.at("version"), "1.6.45-pelikan-0.1.0");
  ck_assert_text_eq(stats.at("pointer_size"), "64");
  ck_assert_text_eq(stats.at("rusage_user"), "0.000000");
}
END_TEST

START_TEST(commands_are_counted_as_memcached_counts_them) {
  Rig rig;
  rig.send("set a 0 0 1\r\n1\r\nadd a 0 0 1\r\n1\r\nget a b a\r\n");
  rig.send("cas a 0 0 1 99\r\n1\r\ncas b 0 0 1 99\r\n1\r\n");
  rig.send("incr a 1\r\nincr b 1\r\ndecr a 1\r\ndecr b 1\r\n");
  rig.send("touch a 0\r\ntouch b 0\r\ngat 0 a b\r\n");
  rig.send("delete a\r\ndelete a\r\nflush_all\r\n");
  const Stats stats = rig.stats();
  const Stats expected = {{"cmd_get", "5"},       {"get_hits", "3"},     {"get_misses", "2"},
                          {"cmd_set", "4"},       {"cas_badval", "1"},   {"cas_misses", "1"},
                          {"cas_hits", "0"},      {"incr_hits", "1"},    {"incr_misses", "1"},
                          {"decr_hits", "1"},     {"decr_misses", "1"},  {"cmd_touch", "4"},
                          {"touch_hits", "2"},    {"touch_misses", "2"}, {"delete_hits", "1"},
                          {"delete_misses", "1"}, {"cmd_flush", "1"}};
  for (const auto& [name, value] : expected) {
    ck_assert_msg(stats.at(name) == value, "%s is %s, expected %s", name.c_str(),
                  stats.at(name).c_str(), value.c_str());
  }
}
END_TEST

START_TEST(reset_begins_the_count_anew) {
  Rig rig;
  rig.send("get a\r\nset a 0 0 1\r\n1\r\n");
  ck_assert_text_eq(rig.stat("", "get_misses"), "1");
  ck_assert_text_eq(rig.send("stats reset\r\n"), "RESET\r\n");
  rig.send("get a\r\n");
  const Stats stats = rig.stats();
  ck_assert_text_eq(stats.at("get_misses"), "0");
  ck_assert_text_eq(stats.at("get_hits"), "1");
  ck_assert_text_eq(stats.at("cmd_set"), "0");
}
END_TEST

START_TEST(settings_are_plain_numbers_and_words) {
  Rig rig;
  const Stats stats = rig.stats("settings");
  ck_assert_text_eq(stats.at("cas_enabled"), "yes");
  ck_assert_text_eq(stats.at("evictions"), "on");
  ck_assert_text_eq(stats.at("flush_enabled"), "yes");
  ck_assert_text_eq(stats.at("domain_socket"), "NULL");
  ck_assert_text_eq(stats.at("verbosity"), "0");
  ck_assert(stats.contains("maxbytes"));
  ck_assert(stats.contains("maxconns"));
  ck_assert(stats.contains("item_size_max"));
}
END_TEST

START_TEST(verbosity_sets_the_level_of_the_log) {
  Rig rig;
  ck_assert_text_eq(rig.send("verbosity 1\r\n"), "OK\r\n");
  ck_assert(rig.server.log.level() == LogLevel::kDebug);
  ck_assert_text_eq(rig.stat("settings", "verbosity"), "1");
  ck_assert_text_eq(rig.send("verbosity 0 noreply\r\n"), "");
  ck_assert(rig.server.log.level() == LogLevel::kInfo);
}
END_TEST

START_TEST(the_class_rows_have_what_the_exporter_asks_for) {
  Rig rig;
  rig.send("set a 0 0 1\r\n1\r\n");
  const Stats slabs = rig.stats("slabs");
  ck_assert_text_eq(slabs.at("1:cmd_set"), "1");
  ck_assert_text_eq(slabs.at("1:cas_hits"), "0");
  ck_assert_text_eq(slabs.at("1:cas_badval"), "0");
  ck_assert(slabs.contains("total_malloced"));
  ck_assert_text_eq(rig.stat("items", "items:1:outofmemory"), "0");
}
END_TEST

START_TEST(connections_are_told_row_by_row) {
  struct OneConnection final : ConnectionTable {
    [[nodiscard]] std::vector<ConnectionRow> rows() const override {
      return {{12, "tcp:127.0.0.1:4000", "tcp:127.0.0.1:11211", "conn_read", 2'500}};
    }
  };
  const test::MemcacheServer server;
  const OneConnection table;
  const ServerContext context{server.all_options,
                              server.context.metrics,
                              server.time,
                              server.context.log,
                              table,
                              "0.1.0",
                              server.time.boot_ms(),
                              server.time.unix_ms()};
  const Stats stats = read(*memcache_stats("conns", context));
  ck_assert_text_eq(stats.at("12:addr"), "tcp:127.0.0.1:4000");
  ck_assert_text_eq(stats.at("12:listen_addr"), "tcp:127.0.0.1:11211");
  ck_assert_text_eq(stats.at("12:state"), "conn_read");
  ck_assert_text_eq(stats.at("12:secs_since_last_cmd"), "2");
}
END_TEST

START_TEST(what_memcached_does_not_know_is_not_answered) {
  const test::MemcacheServer server;
  ck_assert(!memcache_stats("bogus", server.context));
  ck_assert(!memcache_stats("settings bogus", server.context));
}
END_TEST

}  // namespace
}  // namespace pelikan

using namespace pelikan;
PELIKAN_TESTS("service/memcache_stats", all_names_that_dashboards_read_are_there,
              times_are_seconds_and_the_version_begins_with_three_numbers,
              commands_are_counted_as_memcached_counts_them, reset_begins_the_count_anew,
              settings_are_plain_numbers_and_words, verbosity_sets_the_level_of_the_log,
              the_class_rows_have_what_the_exporter_asks_for, connections_are_told_row_by_row,
              what_memcached_does_not_know_is_not_answered)
