// A SegStore with all it needs around it and a clock that a test turns; its maintenance runs when
// the test says so. When it goes, the store's invariants are checked.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/clock.h"
#include "metric/registry.h"
#include "storage/seg/maintenance.h"
#include "storage/seg/seg_access.h"
#include "storage/seg/seg_options.h"
#include "storage/seg/seg_store.h"

namespace pelikan::test {

// Options for small stores that come and go quickly.
struct SmallSegOptions : SegOptions {
  SmallSegOptions(Bytes memory_bytes, Bytes segment_bytes, Bytes item_bytes) {
    memory.set(memory_bytes);
    segment_size.set(segment_bytes);
    item_max.set(item_bytes);
    prefault.set(false);
    huge_pages.set(false);
  }
};

class SegFixture {
 public:
  using Store = SegStore::Access;

  SegFixture() : SegFixture(Bytes{64 * kMiB}, Bytes{64 * kKiB}, Bytes{kMiB}) {}
  // `threads` Accesses may be had, the fixture's and its maintenance's among them.
  SegFixture(Bytes memory, Bytes segment, Bytes item_max, size_t threads = 2)
      : options_(memory, segment, item_max), segments_(options_, threads, time_, registry_) {}
  ~SegFixture() { segments_.check_invariants(); }
  SegFixture(const SegFixture&) = delete;
  SegFixture& operator=(const SegFixture&) = delete;

  Store& store() { return store_; }
  SegStore& segments() { return segments_; }
  const Clock& clock() { return clock_; }
  MetricRegistry& registry() { return registry_; }
  void advance_ms(int64_t ms) {
    time_.advance_ms(ms);
    clock_.refresh();
  }
  void maintain() { maintenance_.run_once(); }

 private:
  const SmallSegOptions options_;
  FakeTime time_;
  MetricRegistry registry_;
  SegStore segments_;
  Clock clock_{time_};
  Maintenance maintenance_{segments_, time_};
  Store store_{segments_.access(clock_)};
};

}  // namespace pelikan::test
