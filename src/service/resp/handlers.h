// Which function runs which command. Each family of commands enters its own; those about keys once
// for every store, the others once for all.
#pragma once

#include "service/resp/arithmetic.h"
#include "service/resp/bitmaps.h"
#include "service/resp/bitop.h"
#include "service/resp/expiry.h"
#include "service/resp/handler_table.h"
#include "service/resp/hash_changes.h"
#include "service/resp/hash_expiry.h"
#include "service/resp/hashes.h"
#include "service/resp/keys.h"
#include "service/resp/list_moves.h"
#include "service/resp/lists.h"
#include "service/resp/locks.h"
#include "service/resp/msetnx.h"
#include "service/resp/scan.h"
#include "service/resp/set.h"
#include "service/resp/set_operations.h"
#include "service/resp/sets.h"
#include "service/resp/several.h"
#include "service/resp/sorted_set_operations.h"
#include "service/resp/sorted_set_pops.h"
#include "service/resp/sorted_set_ranges.h"
#include "service/resp/sorted_sets.h"
#include "service/resp/strings.h"

namespace pelikan {

// Of the commands about no key.
[[nodiscard]] const RespControlHandlers& control_handlers() noexcept;

// Runs such a command; an error is the answer where there is none of that kind, or no memory for
// it.
RespOutcome run_control_command(RespCall& call) noexcept;

// Of those about keys, in the store.
template <class Store>
inline constexpr RespStoreHandlers<Store> kRespStoreHandlers = [] {
  RespStoreHandlers<Store> handlers;
  RespStrings<Store>::enter(handlers);
  RespSortedSets<Store>::enter(handlers);
  RespSets<Store>::enter(handlers);
  RespSetOperations<Store>::enter(handlers);
  RespSortedSetOperations<Store>::enter(handlers);
  RespSortedSetPops<Store>::enter(handlers);
  RespSortedSetRanges<Store>::enter(handlers);
  RespLists<Store>::enter(handlers);
  RespListMoves<Store>::enter(handlers);
  RespArithmetic<Store>::enter(handlers);
  RespBitmaps<Store>::enter(handlers);
  RespBitop<Store>::enter(handlers);
  RespExpiry<Store>::enter(handlers);
  RespHashes<Store>::enter(handlers);
  RespHashChanges<Store>::enter(handlers);
  RespHashExpiry<Store>::enter(handlers);
  RespKeys<Store>::enter(handlers);
  RespLocks<Store>::enter(handlers);
  RespMsetnx<Store>::enter(handlers);
  RespScan<Store>::enter(handlers);
  RespSet<Store>::enter(handlers);
  RespSeveral<Store>::enter(handlers);
  return handlers;
}();

}  // namespace pelikan
