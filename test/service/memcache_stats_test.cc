#include "service/memcache_stats.h"

#include <map>
#include <string>
#include <vector>

#include "../storage/map_store.h"
#include "memcache_rig.h"
#include "protocol/memcache/parse_reply.h"
#include "protocol/memcache/words.h"

#include "check.h"

namespace pelikan {
namespace {

// What memcached 1.6.18 of Debian prints; in classes, the names of one.
constexpr std::string_view kGeneral =
    "pid uptime time version libevent pointer_size rusage_user rusage_system max_connections "
    "curr_connections total_connections rejected_connections connection_structures "
    "response_obj_oom response_obj_count response_obj_bytes read_buf_count read_buf_bytes "
    "read_buf_bytes_free read_buf_oom reserved_fds cmd_get cmd_set cmd_flush cmd_touch "
    "cmd_meta get_hits get_misses get_expired get_flushed delete_misses delete_hits "
    "incr_misses incr_hits decr_misses decr_hits cas_misses cas_hits cas_badval touch_hits "
    "touch_misses store_too_large store_no_memory auth_cmds auth_errors bytes_read "
    "bytes_written limit_maxbytes accepting_conns listen_disabled_num "
    "time_in_listen_disabled_us threads conn_yields hash_power_level hash_bytes "
    "hash_is_expanding slab_reassign_rescues slab_reassign_chunk_rescues "
    "slab_reassign_evictions_nomem slab_reassign_inline_reclaim slab_reassign_busy_items "
    "slab_reassign_busy_deletes slab_reassign_running slabs_moved lru_crawler_running "
    "lru_crawler_starts lru_maintainer_juggles malloc_fails log_worker_dropped "
    "log_worker_written log_watcher_skipped log_watcher_sent log_watchers unexpected_napi_ids "
    "round_robin_fallback bytes curr_items total_items slab_global_page_pool "
    "expired_unfetched evicted_unfetched evicted_active evictions reclaimed crawler_reclaimed "
    "crawler_items_checked lrutail_reflocked moves_to_cold moves_to_warm moves_within_lru "
    "direct_reclaims lru_bumps_dropped";
constexpr std::string_view kSettings =
    "maxbytes maxconns tcpport udpport inter verbosity oldest evictions domain_socket umask "
    "shutdown_command growth_factor chunk_size num_threads num_threads_per_udp "
    "stat_key_prefix detail_enabled reqs_per_event cas_enabled tcp_backlog binding_protocol "
    "auth_enabled_sasl auth_enabled_ascii item_size_max maxconns_fast hashpower_init "
    "slab_reassign slab_automove slab_automove_ratio slab_automove_window slab_chunk_max "
    "lru_crawler lru_crawler_sleep lru_crawler_tocrawl tail_repair_time flush_enabled "
    "dump_enabled hash_algorithm lru_maintainer_thread lru_segmented hot_lru_pct warm_lru_pct "
    "hot_max_factor warm_max_factor temp_lru temporary_ttl idle_timeout watcher_logbuf_size "
    "worker_logbuf_size read_buf_mem_limit track_sizes inline_ascii_response ext_item_size "
    "ext_item_age ext_low_ttl ext_recache_rate ext_wbuf_size ext_compact_under ext_drop_under "
    "ext_max_sleep ext_max_frag slab_automove_freeratio ext_drop_unread ssl_enabled "
    "ssl_chain_cert ssl_key ssl_verify_mode ssl_keyformat ssl_ciphers ssl_ca_cert "
    "ssl_wbuf_size ssl_session_cache ssl_kernel_tls ssl_min_version num_napi_ids memory_file";
constexpr std::string_view kItems =
    "items:1:number items:1:number_hot items:1:number_warm items:1:number_cold "
    "items:1:age_hot items:1:age_warm items:1:age items:1:mem_requested items:1:evicted "
    "items:1:evicted_nonzero items:1:evicted_time items:1:outofmemory items:1:tailrepairs "
    "items:1:reclaimed items:1:expired_unfetched items:1:evicted_unfetched "
    "items:1:evicted_active items:1:crawler_reclaimed items:1:crawler_items_checked "
    "items:1:lrutail_reflocked items:1:moves_to_cold items:1:moves_to_warm "
    "items:1:moves_within_lru items:1:direct_reclaims items:1:hits_to_hot "
    "items:1:hits_to_warm items:1:hits_to_cold items:1:hits_to_temp";
constexpr std::string_view kSlabs =
    "1:chunk_size 1:chunks_per_page 1:total_pages 1:total_chunks 1:used_chunks 1:free_chunks "
    "1:free_chunks_end 1:get_hits 1:cmd_set 1:delete_hits 1:incr_hits 1:decr_hits 1:cas_hits "
    "1:cas_badval 1:touch_hits active_slabs total_malloced";

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

void expect_names(const Stats& stats, std::string_view names) {
  for (memcache::Words words(names); !words.is_done();) {
    const std::string name(words.next());
    ck_assert_msg(stats.contains(name), "missing: %s", name.c_str());
  }
}

START_TEST(every_name_that_memcached_prints_is_there) {
  Rig rig;
  expect_names(rig.stats(), kGeneral);
  expect_names(rig.stats("settings"), kSettings);
  expect_names(rig.stats("items"), kItems);
  expect_names(rig.stats("slabs"), kSlabs);
  ck_assert_uint_ge(rig.stats().size(), 92);
  ck_assert_uint_ge(rig.stats("settings").size(), 77);
}
END_TEST

START_TEST(no_value_is_empty_but_that_of_an_address) {
  Rig rig;
  for (const char* words : {"", "settings", "items", "slabs"}) {
    for (const auto& [name, value] : rig.stats(words))
      ck_assert_msg(!value.empty() || name == "inter", "%s", name.c_str());
  }
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

START_TEST(detail_is_told_in_settings_and_reset_forgets_the_prefixes) {
  Rig rig;
  ck_assert_text_eq(rig.stat("settings", "detail_enabled"), "no");
  ck_assert_text_eq(rig.stat("settings", "stat_key_prefix"), ":");
  rig.send("stats detail on\r\nget a:b\r\n");
  ck_assert_text_eq(rig.stat("settings", "detail_enabled"), "yes");
  ck_assert_text_eq(rig.send("stats detail dump\r\n"),
                    "PREFIX a get 1 hit 0 set 0 del 0\r\nEND\r\n");
  rig.send("stats reset\r\n");
  ck_assert_text_eq(rig.send("stats detail dump\r\n"), "END\r\n");
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
      return {{9, "tcp:127.0.0.1:11211", "", "listening", 4'000},
              {12, "tcp:127.0.0.1:4000", "tcp:127.0.0.1:11211", "reading", 2'500}};
    }
    void hang_up(int /*fd*/) const noexcept override {}
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
  const Stats stats = read(*memcache_stats("conns", context, server.control.prefixes()));
  ck_assert_text_eq(stats.at("12:addr"), "tcp:127.0.0.1:4000");
  ck_assert_text_eq(stats.at("12:listen_addr"), "tcp:127.0.0.1:11211");
  ck_assert_text_eq(stats.at("12:state"), "conn_read");
  ck_assert_text_eq(stats.at("12:secs_since_last_cmd"), "2");
  ck_assert_text_eq(stats.at("9:addr"), "tcp:127.0.0.1:11211");
  ck_assert_text_eq(stats.at("9:state"), "conn_listening");
  ck_assert_text_eq(stats.at("9:secs_since_last_cmd"), "4");
  ck_assert(!stats.contains("9:listen_addr"));
}
END_TEST

START_TEST(what_memcached_does_not_know_is_not_answered) {
  const test::MemcacheServer server;
  ck_assert(!memcache_stats("bogus", server.context, server.control.prefixes()));
  ck_assert(!memcache_stats("setting", server.context, server.control.prefixes()));
}
END_TEST

}  // namespace
}  // namespace pelikan

using namespace pelikan;
PELIKAN_TESTS("service/memcache_stats", every_name_that_memcached_prints_is_there,
              no_value_is_empty_but_that_of_an_address,
              times_are_seconds_and_the_version_begins_with_three_numbers,
              commands_are_counted_as_memcached_counts_them, reset_begins_the_count_anew,
              settings_are_plain_numbers_and_words, verbosity_sets_the_level_of_the_log,
              detail_is_told_in_settings_and_reset_forgets_the_prefixes,
              the_class_rows_have_what_the_exporter_asks_for, connections_are_told_row_by_row,
              what_memcached_does_not_know_is_not_answered)
