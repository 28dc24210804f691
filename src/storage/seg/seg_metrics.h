// What a seg store counts. SegMetrics has one instance per thread (held by the store, one for each
// Access); SegHeapMetrics one per store; SegGauges one per store, computed when somebody reads.
#pragma once

#include "metric/metric.h"

namespace pelikan {

struct SegMetrics : MetricGroup {
  using MetricGroup::MetricGroup;

  Gauge item_live{this, "seg_item_live", "items in the table, expired ones not yet found included"};
  Gauge item_exact{this, "seg_item_exact", "of those, items with an expiry to the millisecond"};
  Counter item_put{this, "seg_item_put", "items written: set, add, cas, incr, append and so on"};
  Counter item_replace{this, "seg_item_replace", "of those, how many took an older item's place"};
  Counter item_reclaim{this, "seg_item_reclaim", "of those, how many older items were expired"};
  Counter item_erase{this, "seg_item_erase", "items deleted by request"};
  Counter get_expired{this, "seg_get_expired", "look-ups that found an expired item"};
  Counter get_flushed{this, "seg_get_flushed", "look-ups that found a flushed item"};
  Counter false_tag{this, "seg_false_tag", "keys compared in vain: another key's equal tag"};

  Counter evict{this, "seg_evict", "segments evicted"};
  Counter evict_item{this, "seg_evict_item", "items evicted"};
  Counter evict_unfetched{this, "seg_evict_unfetched", "items evicted that no get had found"};
  Counter expire{this, "seg_expire", "segments freed because their items had expired"};
  Counter expire_item{this, "seg_expire_item", "expired items removed"};
  Counter expire_unfetched{this, "seg_expire_unfetched",
                           "expired items removed that no get had found"};
  Counter flush{this, "seg_flush", "flushes begun"};
  Counter flush_item{this, "seg_flush_item", "flushed items removed or replaced"};
  Counter flush_exact{this, "seg_flush_exact", "of those, items with an expiry to the millisecond"};
  Counter relocate{this, "seg_relocate", "items moved to another segment"};
  Counter relocate_byte{this, "seg_relocate_byte", "bytes moved to another segment"};
  Counter relocate_drop{this, "seg_relocate_drop",
                        "items dropped for want of a segment to move to"};

  Counter attach_item{this, "seg_attach_item", "items found in the pool at the start"};
  Counter attach_lost{this, "seg_attach_lost",
                      "items of the pool dropped at the start: their slot leads nowhere"};
  Counter item_corrupt{this, "seg_item_corrupt",
                       "items that came with a pool and were dropped: their bytes are not those "
                       "that were written"};

  Counter reserve_abandon{this, "seg_reserve_abandon", "reservations closed without an item"};
  Counter chain_full{this, "seg_chain_full",
                     "items evicted because their hash bucket had no slot left"};
  Counter reclaim_wait{this, "seg_reclaim_wait", "times a thread had to make room itself"};
  Counter no_memory{this, "seg_no_memory", "times a thread could make no room in time"};
};

// One per store; written under the engine mutex.
struct SegHeapMetrics : MetricGroup {
  using MetricGroup::MetricGroup;

  Counter open{this, "seg_segment_open", "segments opened for writing"};
  Counter empty{this, "seg_segment_empty", "segments freed because all their items were gone"};
};

struct SegEngine;

struct SegGauges : MetricGroup {
  // Of no engine: the table for `-s`, all 0.
  explicit SegGauges(MetricRegistry& registry) : MetricGroup(registry), refresh(this, [] {}) {}
  // REQUIRES: the engine outlives it
  SegGauges(MetricRegistry& registry, const SegEngine& engine);

  Gauge item_kept{this, "seg_item_kept", "items that came with the pool and were not read yet"};
  Gauge budget_byte{this, "seg_budget_byte",
                    "most bytes the store may take: seg_memory, or cache_memlimit's"};
  Gauge memory_byte{this, "seg_memory_byte", "bytes of segments in use, headers, table and wheel"};
  Gauge segment_byte{this, "seg_segment_byte", "bytes of one segment"};
  Gauge segment_total{this, "seg_segment_total", "segments there are"};
  Gauge segment_free{this, "seg_segment_free", "free segments"};
  Gauge segment_open{this, "seg_segment_open_now", "segments open for writing"};
  Gauge segment_sealed{this, "seg_segment_sealed", "segments full of items"};
  Gauge segment_draining{this, "seg_segment_draining", "segments being emptied"};
  Gauge segment_limbo{this, "seg_segment_limbo", "emptied segments readers may still look at"};
  Gauge segment_large{this, "seg_segment_large", "segments that continue a large value"};
  Gauge segment_withheld{this, "seg_segment_withheld",
                         "segments not to be used: cache_memlimit lowered the limit, or large "
                         "collections take their bytes"};
  Gauge live_byte{this, "seg_live_byte", "bytes of items in the table"};
  Gauge dead_byte{this, "seg_dead_byte", "bytes of items replaced, deleted or expired in place"};
  Gauge tail_byte{this, "seg_tail_byte", "unused bytes at the end of segments"};
  Gauge handle_byte{this, "seg_handle_byte",
                    "bytes of large collections, which lie outside segments"};
  Gauge table_byte{this, "seg_table_byte", "bytes of the hash table with its overflow buckets"};
  Gauge table_slot{this, "seg_table_slot", "slots of the hash table without overflow buckets"};
  Gauge table_load{this, "seg_table_load_percent", "items in the table per 100 of its slots"};
  Gauge overflow_total{this, "seg_overflow_total", "overflow buckets there are"};
  Gauge overflow_used{this, "seg_overflow_used", "overflow buckets in use"};
  BeforeRead refresh;

 private:
  void compute(const SegEngine& engine) noexcept;
};

}  // namespace pelikan
