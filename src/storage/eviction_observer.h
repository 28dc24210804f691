// Who wants to know which items a store evicts, while it does so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "storage/store.h"

namespace pelikan {

struct EvictedItem {
  std::string_view key;
  Expiry expiry{};
  int64_t used_ms = 0;  // as ScannableStore::scan() tells it
  int64_t now_ms = 0;   // on the same clock
  size_t value_bytes = 0;
  bool was_found = false;  // by a get, since it was written
};

class EvictionObserver {
 public:
  virtual ~EvictionObserver() = default;
  // Asked for each eviction, from any thread of the store: cheap.
  [[nodiscard]] virtual bool wants_evictions() const noexcept = 0;
  // The views live as long as the call, which may stand under a lock of the store: it is short, and
  // calls nothing of the store. `thread` < the store's threads is one thread's at a time.
  virtual void evicted(size_t thread, const EvictedItem& item) noexcept = 0;
};

}  // namespace pelikan
