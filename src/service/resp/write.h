// Writes that the store refuses.
#pragma once

#include "protocol/resp/error.h"
#include "service/resp/call.h"
#include "storage/store.h"

namespace pelikan {

// A value that the store does not take: one that is too large for it takes the old one away.
// REQUIRES: status is kTooLarge or kNoMemory
template <class Store>
RespOutcome refuse_write(RespStoreCall<Store>& call, const Lookup& lookup,
                         PutStatus status) noexcept {
  if (status == PutStatus::kNoMemory) return RespOutcome::kNoMemory;
  call.worker.metrics.too_large.add();
  (void)call.store.erase(lookup);
  const bool is_key = call.store.value_limit(lookup.key.size()) == 0;
  return call.reply_error(is_key ? resp::Error::kKeyTooLarge : resp::Error::kValueTooLarge);
}

}  // namespace pelikan
