#include "service/memcache_stats.h"

#include <fmt/format.h>

#include <array>

#include "metric/registry.h"
#include "option/option_set.h"
#include "protocol/admin/compose.h"
#include "protocol/memcache/reply.h"
#include "protocol/memcache/words.h"
#include "service/memcache_settings.h"

namespace pelikan {
namespace {

using admin::append_stat;

// A statistic of memcached's, and the metrics of ours that it is the sum of.
struct Row {
  std::string_view name;
  std::array<std::string_view, 6> metrics{};
};

int64_t sum_of(const Row& row, const MetricSnapshot& metrics) {
  int64_t sum = 0;
  for (const std::string_view metric : row.metrics) sum += metrics.value(metric);
  return sum;
}

// `stats` in memcached's order, behind the rows of append_process().
constexpr auto kGeneral = std::to_array<Row>({
    {"max_connections", {"server_max_connections"}},
    {"curr_connections", {"worker_curr_connections"}},
    {"total_connections", {"server_total_connections"}},
    {"rejected_connections", {"server_rejected_connections"}},
    {"connection_structures", {"worker_curr_connections"}},
    {"response_obj_oom", {"buffer_refuse"}},
    {"response_obj_count"},
    {"response_obj_bytes"},
    {"read_buf_count"},
    {"read_buf_bytes", {"buffer_allocated"}},
    {"read_buf_bytes_free"},
    {"read_buf_oom"},
    {"reserved_fds"},
    {"cmd_get", {"memcache_get_hit", "memcache_get_miss"}},
    {"cmd_set",
     {"memcache_set", "memcache_add", "memcache_replace", "memcache_append", "memcache_prepend",
      "memcache_cas"}},
    {"cmd_flush", {"memcache_flush"}},
    {"cmd_touch", {"memcache_touch_hit", "memcache_touch_miss"}},
    {"cmd_meta", {"memcache_meta"}},
    {"get_hits", {"memcache_get_hit"}},
    {"get_misses", {"memcache_get_miss"}},
    {"get_expired", {"seg_get_expired"}},
    {"get_flushed", {"seg_get_flushed"}},
    {"delete_misses", {"memcache_delete_miss"}},
    {"delete_hits", {"memcache_delete_hit"}},
    {"incr_misses", {"memcache_incr_miss"}},
    {"incr_hits", {"memcache_incr_hit"}},
    {"decr_misses", {"memcache_decr_miss"}},
    {"decr_hits", {"memcache_decr_hit"}},
    {"cas_misses", {"memcache_cas_miss"}},
    {"cas_hits", {"memcache_cas_hit"}},
    {"cas_badval", {"memcache_cas_badval"}},
    {"touch_hits", {"memcache_touch_hit"}},
    {"touch_misses", {"memcache_touch_miss"}},
    {"store_too_large", {"memcache_too_large"}},
    {"store_no_memory", {"memcache_no_memory"}},
    {"auth_cmds", {"memcache_auth"}},
    {"auth_errors", {"memcache_auth_error"}},
    {"bytes_read", {"worker_bytes_read"}},
    {"bytes_written", {"worker_bytes_written"}},
    {"limit_maxbytes", {"seg_budget_byte"}},
    {"listen_disabled_num", {"server_accept_pauses"}},
    {"time_in_listen_disabled_us"},
    {"conn_yields"},
    {"hash_power_level"},
    {"hash_bytes", {"seg_table_byte"}},
    {"hash_is_expanding"},
    {"slab_reassign_rescues"},
    {"slab_reassign_chunk_rescues"},
    {"slab_reassign_evictions_nomem"},
    {"slab_reassign_inline_reclaim"},
    {"slab_reassign_busy_items"},
    {"slab_reassign_busy_deletes"},
    {"slab_reassign_running"},
    {"slabs_moved"},
    {"lru_crawler_running"},
    {"lru_crawler_starts", {"memcache_dump"}},
    {"lru_maintainer_juggles"},
    {"malloc_fails"},
    {"log_worker_dropped", {"watch_dropped"}},
    {"log_worker_written", {"watch_written"}},
    {"log_watcher_skipped", {"watch_skipped"}},
    {"log_watcher_sent", {"watch_sent"}},
    {"log_watchers", {"watch_watchers"}},
    {"unexpected_napi_ids"},
    {"round_robin_fallback"},
    {"bytes", {"seg_live_byte"}},
    {"curr_items", {"seg_item_live"}},
    {"total_items", {"seg_item_put"}},
    {"slab_global_page_pool", {"seg_segment_free"}},
    {"expired_unfetched", {"seg_expire_unfetched"}},
    {"evicted_unfetched", {"seg_evict_unfetched"}},
    {"evicted_active"},
    {"evictions", {"seg_evict_item"}},
    {"reclaimed", {"seg_item_reclaim", "seg_expire_item"}},
    {"crawler_reclaimed", {"seg_expire_item"}},
    {"crawler_items_checked"},
    {"lrutail_reflocked"},
    {"moves_to_cold"},
    {"moves_to_warm"},
    {"moves_within_lru"},
    {"direct_reclaims", {"seg_reclaim_wait"}},
    {"lru_bumps_dropped"},
});

// `stats items`: all items are of one class, 1.
constexpr auto kItems = std::to_array<Row>({
    {"number", {"seg_item_live"}},
    {"number_hot"},
    {"number_warm"},
    {"number_cold", {"seg_item_live"}},
    {"age_hot"},
    {"age_warm"},
    {"age"},
    {"mem_requested", {"seg_live_byte"}},
    {"evicted", {"seg_evict_item"}},
    {"evicted_nonzero"},
    {"evicted_time"},
    {"outofmemory", {"memcache_no_memory"}},
    {"tailrepairs"},
    {"reclaimed", {"seg_item_reclaim", "seg_expire_item"}},
    {"expired_unfetched", {"seg_expire_unfetched"}},
    {"evicted_unfetched", {"seg_evict_unfetched"}},
    {"evicted_active"},
    {"crawler_reclaimed", {"seg_expire_item"}},
    {"crawler_items_checked"},
    {"lrutail_reflocked"},
    {"moves_to_cold"},
    {"moves_to_warm"},
    {"moves_within_lru"},
    {"direct_reclaims", {"seg_reclaim_wait"}},
    {"hits_to_hot"},
    {"hits_to_warm"},
    {"hits_to_cold", {"memcache_get_hit"}},
    {"hits_to_temp"},
});

// `stats slabs`: a segment is our page, and holds what it holds. The exporter needs cmd_set,
// cas_hits and cas_badval in every class.
constexpr auto kSlabs = std::to_array<Row>({
    {"chunk_size", {"seg_segment_byte"}},
    {"chunks_per_page"},
    {"total_pages", {"seg_segment_total"}},
    {"total_chunks", {"seg_segment_total"}},
    {"used_chunks", {"seg_segment_opened", "seg_segment_sealed", "seg_segment_large"}},
    {"free_chunks", {"seg_segment_free"}},
    {"free_chunks_end"},
    {"get_hits", {"memcache_get_hit"}},
    {"cmd_set",
     {"memcache_set", "memcache_add", "memcache_replace", "memcache_append", "memcache_prepend",
      "memcache_cas"}},
    {"delete_hits", {"memcache_delete_hit"}},
    {"incr_hits", {"memcache_incr_hit"}},
    {"decr_hits", {"memcache_decr_hit"}},
    {"cas_hits", {"memcache_cas_hit"}},
    {"cas_badval", {"memcache_cas_badval"}},
    {"touch_hits", {"memcache_touch_hit"}},
});

// Microseconds as memcached writes them.
std::string seconds(int64_t us) { return fmt::format("{}.{:06}", us / 1'000'000, us % 1'000'000); }

void append_process(std::string& out, const MetricSnapshot& metrics, const ServerContext& context) {
  append_stat(out, "pid", metrics.value("process_pid"));
  append_stat(out, "uptime", (context.time.boot_ms() - context.start_boot_ms) / 1000);
  append_stat(out, "time", context.time.unix_ms() / 1000);
  append_stat(out, "version", memcache_version(context.version));
  append_stat(out, "libevent", 0);
  append_stat(out, "pointer_size", 8 * sizeof(void*));
  append_stat(out, "rusage_user", seconds(metrics.value("process_user_us")));
  append_stat(out, "rusage_system", seconds(metrics.value("process_system_us")));
  append_stat(out, "accepting_conns", 1);
  const OptionBase* threads = context.options.find("worker_threads");
  append_stat(out, "threads", threads == nullptr ? "0" : threads->current_text());
}

// Where TLS is spoken.
void append_tls(std::string& out, const MetricSnapshot& metrics, const ServerContext& context) {
  const MetricReading* loaded = metrics.find("tls_certificate_loaded");
  if (loaded == nullptr) return;
  append_stat(out, "ssl_handshake_errors",
              metrics.value("tls_handshakes_failed") + metrics.value("tls_handshake_timeouts"));
  append_stat(out, "time_since_server_cert_refresh", context.time.unix_ms() / 1000 - loaded->value);
}

std::string general(const ServerContext& context) {
  std::string out;
  const MetricSnapshot metrics = context.metrics.read_since_reset();
  append_process(out, metrics, context);
  for (const Row& row : kGeneral) append_stat(out, row.name, sum_of(row, metrics));
  append_tls(out, metrics, context);
  return out;
}

std::string items(const ServerContext& context) {
  std::string out;
  const MetricSnapshot metrics = context.metrics.read_since_reset();
  for (const Row& row : kItems) {
    append_stat(out, fmt::format("items:1:{}", row.name), sum_of(row, metrics));
  }
  return out;
}

std::string slabs(const ServerContext& context) {
  std::string out;
  const MetricSnapshot metrics = context.metrics.read_since_reset();
  for (const Row& row : kSlabs) {
    append_stat(out, fmt::format("1:{}", row.name), sum_of(row, metrics));
  }
  append_stat(out, "active_slabs", 1);
  append_stat(out, "total_malloced", metrics.value("seg_memory_byte"));
  return out;
}

// A connection's state as memcached calls it.
std::string_view state_name(std::string_view state) {
  if (state == "reading") return "conn_read";
  if (state == "writing") return "conn_mwrite";
  if (state == "waiting") return "conn_waiting";
  return state == "listening" ? "conn_listening" : state;
}

std::string connections(const ServerContext& context) {
  std::string out;
  for (const ConnectionRow& row : context.connections.rows()) {
    append_stat(out, fmt::format("{}:addr", row.fd), row.peer);
    if (!row.local.empty()) append_stat(out, fmt::format("{}:listen_addr", row.fd), row.local);
    append_stat(out, fmt::format("{}:state", row.fd), state_name(row.state));
    append_stat(out, fmt::format("{}:secs_since_last_cmd", row.fd), row.idle_ms / 1000);
  }
  return out;
}

std::optional<std::string> rows(std::string_view what, const ServerContext& context,
                                const MemcachePrefixes& prefixes) {
  if (what.empty()) return general(context);
  if (what == "settings") return memcache_settings(context, prefixes.is_on());
  if (what == "items") return items(context);
  if (what == "slabs") return slabs(context);
  if (what == "conns") return connections(context);
  // Sizes are not counted, and cannot be: memcached's -o track_sizes is no option here.
  if (what == "sizes" || what == "sizes_enable" || what == "sizes_disable") {
    return std::string("STAT sizes_status disabled\r\n");
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> memcache_stats(std::string_view words, const ServerContext& context,
                                          MemcachePrefixes& prefixes) {
  memcache::Words rest(words);
  const std::string_view what = rest.next();
  if (what == "reset") {
    context.metrics.reset();
    prefixes.clear();
    return std::string(reply_line(memcache::Reply::kReset));
  }
  if (what == "detail") return prefixes.answer(rest.rest());
  std::optional<std::string> out = rows(what, context, prefixes);
  if (out) *out += reply_line(memcache::Reply::kEnd);
  return out;
}

std::string memcache_version(std::string_view project_version) {
  return "1.6.45-pelikan-" + std::string(project_version);
}

}  // namespace pelikan
