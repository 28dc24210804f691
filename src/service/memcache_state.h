// What outlives one call of process(): a worker's share and a connection's.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "log/klog_writer.h"
#include "protocol/memcache/parse.h"
#include "service/memcache_batch.h"
#include "service/memcache_control.h"
#include "service/memcache_dump.h"
#include "service/memcache_incoming.h"
#include "service/memcache_metrics.h"
#include "service/memcache_watch.h"

namespace pelikan {

// What a worker's conversations share.
template <MemcacheBackend Store>
struct MemcacheShared {
  Store& store;
  const Clock& clock;
  const MemcacheControl& control;
  MemcacheMetrics& metrics;
  KlogWriter& klog;
  // Of the turn that is on, in either protocol.
  MemcacheBatches<memcache::RequestParser> batches{};
  MemcacheBatches<memcache::BinaryParser> binary_batches{};
  WatchWriter* watch = nullptr;  // null: nothing is told to watchers

  template <class Parser>
  [[nodiscard]] MemcacheBatches<Parser>& batches_of() noexcept {
    if constexpr (std::same_as<Parser, memcache::BinaryParser>)
      return binary_batches;
    else
      return batches;
  }
  [[nodiscard]] bool is_watched() const noexcept { return watch != nullptr && watch->is_on(); }
};

// What a connection remembers between two turns.
template <MemcacheBackend Store, class Parser>
struct MemcacheState {
  std::string_view peer;  // the framework's text
  int fd = -1;            // and number
  Parser parser{};
  uint64_t swallow = 0;  // bytes of a refused value still to come
  std::unique_ptr<IncomingValue<Store, Parser>> incoming{};  // a value that does not fit the input
  MemcacheDump dump{};                                       // that is on
  std::optional<WatcherSeat> watcher{};  // it watches, and asks for nothing any more
};

}  // namespace pelikan
