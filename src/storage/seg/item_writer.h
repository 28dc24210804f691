// ItemWriter: how an item gets into the table and out of it.
//
// A write is: look up, reserve(), write, publish(), all in one epoch. publish() takes the bucket
// lock, looks the key up again, asks the caller to decide, and stores one slot. Whoever unlinks an
// item by its store counts the item's bytes dead, nobody else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "storage/seg/bucket.h"
#include "storage/seg/engine.h"
#include "storage/seg/item.h"
#include "storage/seg/item_lookup.h"
#include "storage/seg/step.h"
#include "storage/store.h"

namespace pelikan {

// A reservation on its way to become an item.
struct Draft {
  Location location;
  char* at = nullptr;
  size_t bytes = 0;  // reserved in the segment
  ItemShape shape;   // its explicit_cas: there is room for a token
};

enum class Decision : uint8_t { kGo, kStop, kAgain };

class ItemWriter {
 public:
  explicit ItemWriter(SegThread& thread) noexcept : thread_(thread) {}
  [[nodiscard]] SegThread& thread() const noexcept { return thread_; }

  // Room for an item in place of `former` (maybe missing); with room for a cas token if the item's
  // own would be too low. Empty: no segment is free.
  [[nodiscard]] std::optional<Draft> reserve(const ItemShape& shape, uint32_t expiry,
                                             const Entry& former) noexcept;
  // Closes the reservation: it becomes no item.
  void abandon(const Draft& draft) noexcept;

  // Puts the written item in the place of what is under the key now, if decide(entry), asked under
  // the bucket lock, says kGo. Else the draft is abandoned. kAgain: decide() said so, or the
  // item needs room for a cas token; the caller begins anew with explicit_cas.
  template <class Decide>
  [[nodiscard]] Decision publish(const Lookup& lookup, const Entry& seen, const Draft& draft,
                                 Decide&& decide) noexcept;

  // Takes what is under the key out of the table if decide(entry) says so.
  template <class Decide>
  void remove(const Lookup& lookup, Decide&& decide) noexcept;

  // After the slot was changed and the lock left: the item's bytes are dead.
  void bury(Location location, const ItemRef& item) noexcept;
  // An item left that nobody had asked to go.
  void count_evicted(uint64_t slot_value) noexcept;

 private:
  [[nodiscard]] Entry find_again(const Lookup& lookup, const Entry& seen) noexcept;
  [[nodiscard]] bool order_token(const Draft& draft, const Entry& former) noexcept;
  // Returns what had to give way for want of a slot: a slot's value, kEmpty: nothing.
  [[nodiscard]] uint64_t link(const Lookup& lookup, const Draft& draft,
                              const Entry& former) noexcept;
  void settle(const Entry& former, uint64_t displaced) noexcept;
  [[nodiscard]] uint64_t token_above(uint64_t former) noexcept;

  SegThread& thread_;
  uint64_t next_token_ = 0;  // of a block of 2^20 that this thread drew for itself
};

template <class Decide>
Decision ItemWriter::publish(const Lookup& lookup, const Entry& seen, const Draft& draft,
                             Decide&& decide) noexcept {
  PELIKAN_STEP("put.written");
  BucketLock lock(thread_.engine.table.home(lookup.hash));
  const Entry former = find_again(lookup, seen);
  PELIKAN_STEP("put.locked");
  Decision decision = decide(former);
  if (decision == Decision::kGo && !order_token(draft, former)) decision = Decision::kAgain;
  if (decision != Decision::kGo) {
    lock.unlock();
    abandon(draft);
    return decision;
  }
  const uint64_t displaced = link(lookup, draft, former);
  lock.unlock();
  PELIKAN_STEP("put.unlinked");
  settle(former, displaced);
  return Decision::kGo;
}

template <class Decide>
void ItemWriter::remove(const Lookup& lookup, Decide&& decide) noexcept {
  HashTable& table = thread_.engine.table;
  Bucket& home = table.home(lookup.hash);
  BucketLock lock(home);
  const Entry entry = find_locked(thread_, lookup);
  PELIKAN_STEP("put.locked");
  if (!decide(entry) || !entry) return;
  table.clear(home, entry.slot);
  lock.unlock();
  PELIKAN_STEP("put.unlinked");
  thread_.metrics.item_live.add(-1);
  bury(entry.location(), entry.item);
}

}  // namespace pelikan
