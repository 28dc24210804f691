// MemcacheNote notes what came of one operation: for those who watch, by the prefix of its key, and
// in the command log.
#pragma once

#include <cstddef>

#include "protocol/memcache/meta.h"
#include "protocol/memcache/parse_binary.h"
#include "protocol/memcache/request.h"
#include "service/memcache_batch.h"
#include "service/memcache_klog.h"
#include "service/memcache_metrics.h"
#include "service/memcache_state.h"
#include "service/memcache_watch_events.h"

namespace pelikan {

// Made before the operation runs, in the epoch in which it will.
template <MemcacheBackend Store, class Parser>
class MemcacheNote {
 public:
  // Of the batch's next operation; `tally` and `size` are what was counted and written so far.
  // REQUIRES: all references outlive it
  MemcacheNote(MemcacheShared<Store>& shared, const MemcacheState<Store, Parser>& state,
               const MemcacheBatch<Parser>& batch, const MemcacheTally& tally, size_t size) noexcept
      : shared_(shared),
        state_(state),
        request_(batch.request()),
        flags_(batch.flags()),
        before_(tally),
        size_(size) {
    if (!shared.is_watched() || memcache::is_control(request_.command)) return;
    const auto item = shared.store.peek(batch.lookup());
    if (item) value_before_ = item->value_size();
  }

  // The operation is done.
  void finish(const MemcacheTally& tally, size_t size) noexcept {
    if (shared_.is_watched()) {
      watch_operation(*shared_.watch, {state_.peer, state_.fd}, request_, before_, tally,
                      value_before_, shared_.clock.unix_ms() / 1000);
    }
    if (MemcachePrefixes& prefixes = shared_.control.prefixes(); prefixes.is_on()) {
      prefixes.count(request_, tally[MemcacheCount::kGetHit] != before_[MemcacheCount::kGetHit]);
    }
    if (shared_.klog.ahead() != 0) return shared_.klog.pass(1);
    log_request(shared_.klog, state_.peer, request_, meta_flags(flags_),
                klog_code(request_.command, before_, tally), size - size_);
  }

 private:
  const memcache::MetaFlags* meta_flags(const memcache::MetaFlags& flags) const noexcept {
    return is_meta(request_.command) ? &flags : nullptr;
  }
  static const memcache::MetaFlags* meta_flags(memcache::NoFlags /*flags*/) noexcept {
    return nullptr;
  }

  MemcacheShared<Store>& shared_;
  const MemcacheState<Store, Parser>& state_;
  const typename Parser::Request& request_;
  const typename Parser::Flags& flags_;
  const MemcacheTally before_;
  const size_t size_;
  size_t value_before_ = 0;  // bytes of what stands under the key; only for those who watch
};

}  // namespace pelikan
