// What memcached's commands count: a tally of one call of process(), and the metrics it is added
// to. One table, kMemcacheCounts, names both.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "metric/metric.h"

namespace pelikan {

enum class MemcacheCount : uint8_t {
  kGetHit,
  kGetMiss,
  kSet,  // the storage commands stand in the order of memcache::Command
  kAdd,
  kReplace,
  kAppend,
  kPrepend,
  kCas,
  kNotStored,
  kCasHit,
  kCasMiss,
  kCasBadval,
  kDeleteHit,
  kDeleteMiss,
  kIncrHit,
  kIncrMiss,
  kDecrHit,
  kDecrMiss,
  kNotNumber,
  kTouchHit,
  kTouchMiss,
  kMeta,
  kFlush,
  kDump,
  kTooLarge,
  kNoMemory,
  kRefused,
  kHangUp,
  kAuth,
  kAuthError,
  kAuthHold,
  kAuthClose,
};

struct MemcacheCountRow {
  MemcacheCount count;
  std::string_view name;
  std::string_view help;
};

// memcached's own names of these are in service/memcache_stats.cc.
inline constexpr auto kMemcacheCounts = std::to_array<MemcacheCountRow>({
    {MemcacheCount::kGetHit, "memcache_get_hit", "keys of get, gets, gat and gats that were found"},
    {MemcacheCount::kGetMiss, "memcache_get_miss", "keys of get, gets, gat and gats not found"},
    {MemcacheCount::kSet, "memcache_set", "set requests executed"},
    {MemcacheCount::kAdd, "memcache_add", "add requests executed"},
    {MemcacheCount::kReplace, "memcache_replace", "replace requests executed"},
    {MemcacheCount::kAppend, "memcache_append", "append requests executed"},
    {MemcacheCount::kPrepend, "memcache_prepend", "prepend requests executed"},
    {MemcacheCount::kCas, "memcache_cas", "cas requests executed"},
    {MemcacheCount::kNotStored, "memcache_not_stored", "storage requests answered NOT_STORED"},
    {MemcacheCount::kCasHit, "memcache_cas_hit", "cas requests that stored"},
    {MemcacheCount::kCasMiss, "memcache_cas_miss", "cas requests for a missing key"},
    {MemcacheCount::kCasBadval, "memcache_cas_badval", "cas requests whose item had changed"},
    {MemcacheCount::kDeleteHit, "memcache_delete_hit", "delete requests that found their key"},
    {MemcacheCount::kDeleteMiss, "memcache_delete_miss", "delete requests for a missing key"},
    {MemcacheCount::kIncrHit, "memcache_incr_hit", "incr requests that found their key"},
    {MemcacheCount::kIncrMiss, "memcache_incr_miss", "incr requests for a missing key"},
    {MemcacheCount::kDecrHit, "memcache_decr_hit", "decr requests that found their key"},
    {MemcacheCount::kDecrMiss, "memcache_decr_miss", "decr requests for a missing key"},
    {MemcacheCount::kNotNumber, "memcache_not_number", "incr and decr of what is no number"},
    {MemcacheCount::kTouchHit, "memcache_touch_hit", "keys of touch, gat and gats found"},
    {MemcacheCount::kTouchMiss, "memcache_touch_miss", "keys of touch, gat and gats not found"},
    {MemcacheCount::kMeta, "memcache_meta", "meta commands executed"},
    {MemcacheCount::kFlush, "memcache_flush", "flush_all requests"},
    {MemcacheCount::kDump, "memcache_dump", "metadump, mgdump and stats cachedump begun"},
    {MemcacheCount::kTooLarge, "memcache_too_large", "values refused for their size"},
    {MemcacheCount::kNoMemory, "memcache_no_memory", "requests refused for want of memory"},
    {MemcacheCount::kRefused, "memcache_refused", "lines answered by an error, not executed"},
    {MemcacheCount::kHangUp, "memcache_hang_up",
     "connections closed for speaking another protocol or a line without end"},
    {MemcacheCount::kAuth, "memcache_auth", "attempts to authenticate"},
    {MemcacheCount::kAuthError, "memcache_auth_error", "of these, those that failed"},
    {MemcacheCount::kAuthHold, "memcache_auth_hold",
     "times a connection had to wait because several attempts had failed"},
    {MemcacheCount::kAuthClose, "memcache_auth_close",
     "connections closed because ten attempts had failed"},
});

// Key operations and their outcomes since process() was called: plain numbers, so that counting
// costs a request next to nothing.
class MemcacheTally {
 public:
  void count(MemcacheCount what) noexcept { ++counts_[static_cast<size_t>(what)]; }
  [[nodiscard]] uint64_t operator[](MemcacheCount what) const noexcept {
    return counts_[static_cast<size_t>(what)];
  }

 private:
  std::array<uint32_t, kMemcacheCounts.size()> counts_{};
};

// One worker's.
class MemcacheMetrics : public MetricGroup {
 public:
  using MetricGroup::MetricGroup;

  // Adds what one call of process() did, which took `elapsed_ns`.
  void add_up(const MemcacheTally& tally, uint64_t elapsed_ns) noexcept;
  void add_dump_step(uint64_t cpu_ns) noexcept { dump_step_.record(cpu_ns); }

 private:
  using Counters = std::array<Counter, kMemcacheCounts.size()>;

  template <size_t... kRow>
  static Counters counters(MetricGroup* group, std::index_sequence<kRow...> /*rows*/) {
    return {Counter(group, kMemcacheCounts[kRow].name, kMemcacheCounts[kRow].help)...};
  }

  Counters counters_ = counters(this, std::make_index_sequence<kMemcacheCounts.size()>());
  Distribution get_{this, "memcache_get_latency",
                    "from a batch's arrival to its replies: keys of get and gat"};
  Distribution store_{this, "memcache_store_latency",
                      "the same: set, add, replace, append, prepend, cas"};
  Distribution delete_{this, "memcache_delete_latency", "the same: delete"};
  Distribution arithmetic_{this, "memcache_arithmetic_latency", "the same: incr, decr"};
  Distribution touch_{this, "memcache_touch_latency", "the same: touch, gat and gats"};
  Distribution dump_step_{this, "memcache_dump_step",
                          "CPU time of a dump's steps, for which other connections wait"};
};

}  // namespace pelikan
