// What watchers are told, in memcached's words: an operation on a key, an eviction, a connection
// that comes or goes. Source: memcached's doc/protocol.txt, "watchers", and the lines of memcached
// 1.6.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/processor.h"
#include "protocol/memcache/request.h"
#include "service/memcache_metrics.h"
#include "service/memcache_watch.h"
#include "storage/eviction_observer.h"

namespace pelikan {

// A client, as the framework names it.
struct WatchedPeer {
  std::string_view text;  // "tcp:127.0.0.1:53920", "unix:/run/cache.sock"
  int fd = -1;
};

// A key operation that has been run. `size_before` is the size of the value that was there.
// REQUIRES: nothing else was counted between `before` and `after`; the key is still there
void watch_operation(WatchWriter& writer, const WatchedPeer& peer, const memcache::Request& request,
                     const MemcacheTally& before, const MemcacheTally& after, size_t size_before,
                     int64_t unix_s) noexcept;

void watch_opened(WatchWriter& writer, const WatchedPeer& peer) noexcept;
void watch_closed(WatchWriter& writer, const WatchedPeer& peer, CloseReason reason) noexcept;

// What a store evicts, told to watchers.
class WatchedEvictions final : public EvictionObserver {
 public:
  explicit WatchedEvictions(MemcacheWatch& watch) noexcept : watch_(watch) {}

  // For so many threads of the store, before they run. REQUIRES: threads > 0
  void open(size_t threads);

  [[nodiscard]] bool wants_evictions() const noexcept override {
    return writers_.front()->is_on(WatchKind::kEvictions);
  }
  void evicted(size_t thread, const EvictedItem& item) noexcept override;

 private:
  MemcacheWatch& watch_;
  std::vector<WatchWriter*> writers_;  // by thread
};

}  // namespace pelikan
