// Answers to requests that no handler runs for.
#pragma once

#include "service/resp/call.h"

namespace pelikan {

// Whether the request may run: it is a command's, has the right number of arguments, and its client
// has authenticated if it must.
[[nodiscard]] inline bool may_run(const RespCall& call) noexcept {
  return call.spec != nullptr && call.spec->takes(call.args.size()) &&
         (call.client.is_authenticated || call.spec->has(resp::flag::kNoAuth));
}

// Says why it may not, or that the container has no such subcommand. REQUIRES: out.has_room()
RespOutcome refuse(RespCall& call) noexcept;

// The command takes another number of arguments, as a handler has found. REQUIRES: out.has_room()
RespOutcome refuse_count(RespCall& call) noexcept;

// Ends a write for which no memory came free. What stood under its key goes: nothing stale is read.
// REQUIRES: in an epoch; out.has_room()
template <class Store>
RespOutcome give_up(RespStoreCall<Store>& call) noexcept {
  call.worker.metrics.no_memory.add();
  const size_t at = call.client.progress.argument;
  Lookup lookup{.key = at == 0 ? call.lookup->key : call.args[at]};
  call.store.prepare({&lookup, 1});
  (void)call.store.erase(lookup);
  return call.reply_error(resp::Error::kOutOfMemory);
}

}  // namespace pelikan
