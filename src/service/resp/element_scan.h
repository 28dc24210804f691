// HSCAN, SSCAN and ZSCAN: walks over the elements of one collection. Those of a packed one are
// shown at once. A large one is walked over by hashes (structure/row_table.h), so each element that
// is there from the first step to the last is seen, whatever is changed meanwhile.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "service/resp/collection.h"
#include "service/resp/element_reply.h"
#include "service/resp/readable.h"
#include "service/resp/scan_options.h"

namespace pelikan {

// One step; where the next begins.
template <class Collection, class Visit>
uint64_t visit_step(const Collection& collection, const RespScanOptions& options, Visit&& visit) {
  constexpr uint64_t kMostRows = 10'000;  // whatever is asked for, so that nobody waits long
  if constexpr (requires { collection.scan(options.cursor, size_t{}, visit); }) {
    return collection.scan(options.cursor, std::min(options.count, kMostRows), visit);
  } else {
    visit_members(collection, visit);
    return 0;
  }
}

// show(reply, options, row) composes what the options want of a row, and returns how many elements
// that are.
template <class Kind, class Store, class Show>
RespOutcome scan_collection(RespStoreCall<Store>& call, RespScanned scanned, Show&& show) noexcept {
  RespScanOptions options;
  if (const auto refusal = options.read_cursor(call, 2)) return *refusal;
  return read_collection<Kind>(call, *call.lookup, [&](const auto& collection) {
    if (collection.size() != 0) {  // else Redis does not look at the words
      if (const auto refusal = options.read_words(call, 3, scanned)) return *refusal;
    }
    return reply_elements(call, [&](RespElementReply& reply) {
      size_t shown = 0;
      const uint64_t cursor = visit_step(
          collection, options, [&](const auto& row) { shown += show(reply, options, row); });
      reply.put_behind_cursor(cursor, shown);
    });
  });
}

}  // namespace pelikan
