// SCAN, KEYS and RANDOMKEY: walks over the keys of the whole store.
//
// A walk goes over the hash table, so each key that is there from its first step to its last is
// seen, whatever is written meanwhile. A step looks at no more than kPlaces places, so nobody waits
// long for it, however few keys there are and however large the table is. A call of SCAN that meets
// no key goes on for several steps, between which others have their turn: a cache that is nearly
// empty is walked over in few calls.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "service/resp/call.h"
#include "service/resp/handler_table.h"
#include "service/resp/key_list.h"
#include "service/resp/scan_options.h"

namespace pelikan {

template <class Store>
class RespScan {
 public:
  using Call = RespStoreCall<Store>;
  using Item = typename Store::ItemView;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    using resp::Command;
    handlers[Command::kScan] = scan;
    handlers[Command::kKeys] = keys;
    handlers[Command::kRandomkey] = randomkey;
  }

 private:
  static constexpr size_t kPlaces = 16 * 1024;
  static constexpr size_t kMostBytes = 64 * 1024;  // of keys in a reply of SCAN, but for one key

  static RespOutcome scan(Call& call) noexcept {
    RespScanOptions options;
    if (const auto refusal = options.read_cursor(call, 1)) return *refusal;
    if (const auto refusal = options.read_words(call, 2, RespScanned::kKeys)) return *refusal;
    RespKeyList& list = call.worker.scanned;
    list.clear();
    RespProgress& progress = call.client.progress;
    const uint64_t begin = progress.argument == 0 ? options.cursor : progress.number;
    size_t seen = 0;
    const uint64_t cursor =
        call.store.scan(begin, kPlaces, [&](const Item& item, int64_t /*used_ms*/) {
          if (options.wants(type_of(item)) && options.fits(item.key())) list.add(item.key());
          return ++seen < options.count && list.bytes() < kMostBytes;
        });
    if (seen == 0 && cursor != 0 && progress.argument + 1 < most_steps(options)) {
      ++progress.argument;
      progress.number = cursor;
      return RespOutcome::kNextRound;
    }
    return list.reply_behind_cursor(call, cursor);
  }

  // Of a call that meets no key. Redis looks at ten places for each key that is asked for.
  static uint64_t most_steps(const RespScanOptions& options) noexcept {
    constexpr uint64_t kFewSteps = 64;
    return std::max(kFewSteps, options.count / (kPlaces / 10));
  }

  // Collects in steps, between which others have their turn.
  static RespOutcome keys(Call& call) noexcept {
    std::unique_ptr<RespKeyList>& list = call.client.keys;
    if (list == nullptr) list = std::make_unique<RespKeyList>();
    const uint64_t most_bytes = call.worker.control.gather_max();
    bool fits = true;
    uint64_t& cursor = call.client.progress.number;
    cursor = call.store.scan(cursor, kPlaces, [&](const Item& item, int64_t /*used_ms*/) {
      if (resp::matches_glob(call.args[1], item.key())) list->add(item.key());
      return fits = list->bytes() <= most_bytes;
    });
    if (fits && cursor != 0) return RespOutcome::kNextRound;
    const std::unique_ptr<RespKeyList> whole = std::move(list);
    if (!fits) return call.reply_error("ERR too many keys for one reply, use SCAN");
    return whole->reply_all(call);
  }

  // The first key behind a place drawn at random. When there is none in the rest of the table, the
  // walk goes on at its start.
  static RespOutcome randomkey(Call& call) noexcept {
    RespProgress& progress = call.client.progress;
    if (call.store.size().items == 0) return call.reply_null();
    if (progress.argument == 0) {
      progress.argument = 1;
      progress.number = call.store.cursor_at(call.worker.draw());
    }
    RespOutcome outcome = RespOutcome::kNextRound;
    progress.number =
        call.store.scan(progress.number, kPlaces, [&](const Item& item, int64_t /*used_ms*/) {
          outcome = call.reply_bulk(item.key());
          return false;
        });
    if (outcome != RespOutcome::kNextRound) return outcome;
    constexpr size_t kMostRounds = 2;
    if (progress.number == 0 && ++progress.argument > kMostRounds) return call.reply_null();
    return outcome;
  }
};

}  // namespace pelikan
