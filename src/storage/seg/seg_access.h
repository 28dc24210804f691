// SegStore::Access: one thread's door to a SegStore. It holds the thread's line in the epochs, its
// metric cells and its clock, and is what the concepts of storage/store.h describe.
//
// Thread safety: its own thread only. The calls named "in an epoch" need a live Epoch of this
// Access, and Lookups that went through prepare(), maybe before it; the others must be called
// outside one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "storage/seg/drain.h"
#include "storage/seg/engine.h"
#include "storage/seg/item_lookup.h"
#include "storage/seg/item_view.h"
#include "storage/seg/item_writer.h"
#include "storage/seg/kept_items.h"
#include "storage/seg/large_value.h"
#include "storage/seg/seg_store.h"
#include "storage/store.h"

namespace pelikan {

class SegStore::Access {
 public:
  using ItemView = pelikan::ItemView;
  using Reservation = LargeReservation;

  // While it lives, nothing this thread has looked at is reused. It ends before any system call.
  class Epoch {
   public:
    Epoch(Epoch&& other) noexcept : access_(std::exchange(other.access_, nullptr)) {}
    Epoch& operator=(Epoch&&) = delete;
    ~Epoch() {
      if (access_ != nullptr) access_->leave();
    }

   private:
    friend class Access;
    explicit Epoch(Access& access) noexcept : access_(&access) {}
    Access* access_;
  };

  Access(const Access&) = delete;
  Access& operator=(const Access&) = delete;
  ~Access();

  // Performs a delayed flush that is due, then enters. REQUIRES: not in an epoch
  [[nodiscard]] Epoch enter() noexcept;

  // In an epoch or outside: prefetches the bucket of this key, and the item of the one foreseen
  // before it, whose bucket has arrived meanwhile.
  void foresee(std::string_view key) noexcept;
  // In an epoch or outside: hashes the keys and prefetches what the calls below will touch; decides
  // nothing. In three steps, best with something else to do between: the home buckets; the items
  // that these lead to, or the buckets behind full ones that lead nowhere; the items that those
  // lead to, if approach() says that there are such buckets.
  void prepare(std::span<Lookup> batch) const noexcept {
    locate(batch);
    if (approach(batch)) reach(batch);
  }
  void locate(std::span<Lookup> batch) const noexcept;
  [[nodiscard]] bool approach(std::span<Lookup> batch) const noexcept;
  void reach(std::span<Lookup> batch) const noexcept;

  // In an epoch: the live item under the key. Counts as a use of it.
  [[nodiscard]] std::optional<ItemView> get(const Lookup& lookup) noexcept;

  // In an epoch: as get, but counts as no use.
  [[nodiscard]] std::optional<ItemView> peek(const Lookup& lookup) noexcept;

  // In an epoch. kTooLarge: see value_limit(). kNoMemory: nothing changed.
  [[nodiscard]] PutStatus put(const Lookup& lookup, const Value& value, PutMode mode) noexcept;
  // In an epoch: as put, if the live item's cas() is `cas`.
  [[nodiscard]] PutStatus compare_and_put(const Lookup& lookup, const Value& value,
                                          uint64_t cas) noexcept;
  // In an epoch: adds bytes behind (or before) the live item's value; flags and expiry stay.
  // kNotStored also when the joined value would be too large.
  [[nodiscard]] PutStatus join(const Lookup& lookup, std::string_view bytes,
                               JoinMode mode) noexcept;
  // In an epoch: the live value is a decimal number of 1 to 20 digits below 2^64, maybe with
  // spaces behind it. Increment wraps at 2^64, decrement stops at 0; flags and expiry stay.
  [[nodiscard]] ArithmeticResult arithmetic(const Lookup& lookup, uint64_t delta,
                                            ArithmeticMode mode) noexcept;
  // In an epoch: false when there is no live item.
  [[nodiscard]] bool touch(const Lookup& lookup, Expiry expiry) noexcept;
  // In an epoch: sets the expiry to the millisecond. The cas token stays, but for an item that was
  // written without room for such an expiry: it is written anew.
  [[nodiscard]] ExpireStatus expire(const Lookup& lookup, Expiry expiry,
                                    const ExpireTerms& terms) noexcept;
  [[nodiscard]] bool erase(const Lookup& lookup) noexcept;

  // In an epoch: the same on terms.
  [[nodiscard]] Written put(const Lookup& lookup, const Value& value,
                            const WriteTerms& terms) noexcept;
  [[nodiscard]] Written join(const Lookup& lookup, std::string_view bytes, JoinMode mode,
                             const WriteTerms& terms) noexcept;
  [[nodiscard]] ArithmeticResult arithmetic(const Lookup& lookup, uint64_t delta,
                                            ArithmeticMode mode, const WriteTerms& terms) noexcept;
  // In an epoch: see EditableStore. The whole value is copied.
  [[nodiscard]] Written overlay(const Lookup& lookup, size_t offset, std::string_view bytes,
                                const WriteTerms& terms) noexcept;
  [[nodiscard]] EraseStatus erase_if(const Lookup& lookup, uint64_t cas) noexcept;

  // In an epoch, of an item found in it: gives it a winner; false: it has one, or was written anew.
  [[nodiscard]] bool claim(const Lookup& lookup, const ItemView& item) noexcept;
  [[nodiscard]] Expiry expiry(const ItemView& item) const noexcept;
  // CLOCK_BOOTTIME milliseconds: see access_times.h for how exact they are.
  [[nodiscard]] int64_t last_access_ms(const Lookup& lookup, const ItemView& item) noexcept;

  // The largest value that can be stored under a key of this length (0 also when not even an empty
  // one can be).
  [[nodiscard]] size_t value_limit(size_t key_bytes) const noexcept;

  // A value of this size goes through reserve() and publish(): it gets segments of its own.
  [[nodiscard]] bool is_large(size_t key_bytes, size_t value_bytes) const noexcept;
  // In an epoch or outside: takes all segments the value needs. Empty: too large, or no memory;
  // make_room() then makes room for this much. REQUIRES: is_large(key.size(), value_bytes)
  [[nodiscard]] std::optional<Reservation> reserve(std::string_view key,
                                                   size_t value_bytes) noexcept;
  // In an epoch: as put and compare_and_put, with the bytes that were written to the reservation
  // (`value.bytes` is ignored). REQUIRES: reservation.next().empty(), and it was made for this key
  [[nodiscard]] PutStatus publish(const Lookup& lookup, Reservation&& reservation,
                                  const Value& value, PutMode mode) noexcept;
  [[nodiscard]] PutStatus publish_if(const Lookup& lookup, Reservation&& reservation,
                                     const Value& value, uint64_t cas) noexcept;
  [[nodiscard]] Written publish(const Lookup& lookup, Reservation&& reservation, const Value& value,
                                const WriteTerms& terms) noexcept;

  // In an epoch: shows visit(ItemView, used_ms) the live items of so many home buckets, until it
  // says no; returns the cursor to go on with, 0: all were seen. See ScannableStore for what is
  // seen. The cursor is home bucket 56 | place in its chain 8.
  template <class Visit>
  [[nodiscard]] uint64_t scan(uint64_t cursor, size_t buckets, Visit&& visit) noexcept;

  [[nodiscard]] uint64_t cursor_at(uint32_t share) const noexcept {
    return (thread_.engine.table.homes().size() * share >> 32) << kScanPlaceBits;
  }

  // See HandlingStore; all but hold() in an epoch or outside.
  [[nodiscard]] bool hold(Handled& handled) noexcept { return Handles::hold(handled); }
  void let_go(Handled& handled) noexcept {
    thread_.calls_maintenance |= thread_.engine.handles.let_go(handled);
  }
  void charge(Handled& handled, size_t bytes) noexcept;
  [[nodiscard]] bool can_charge(size_t bytes) noexcept;

  // From any epoch or none: see CountedStore.
  [[nodiscard]] StoreSize size() const noexcept { return thread_.engine.size(); }

  // Outside an epoch: frees segments until the last write that failed for memory can be repeated;
  // takes at most 100 ms, and 2 ms when the last try was in vain. False: it still cannot.
  [[nodiscard]] bool make_room() noexcept;

  // Everything stored before `at` is dead from then on (at or before now: at once). Replaces an
  // earlier flush that is still to come.
  void flush(Expiry at) noexcept;
  // All memory of the store shall be so many bytes. Evictions make room for that on the maintenance
  // thread; the hash table keeps its size. False: nothing changed, for it is more than seg_memory
  // or less than the store can work with. REQUIRES: not in an epoch
  [[nodiscard]] bool limit_memory(uint64_t bytes) noexcept {
    return thread_.engine.limit_memory(bytes);
  }

 private:
  friend class SegStore;
  friend class Maintenance;

  Access(SegEngine& engine, size_t line, const Clock& clock);
  void leave() noexcept;
  [[nodiscard]] bool wait_for_room(int64_t most_ns) noexcept;
  [[nodiscard]] bool has_room_for_handles(int64_t end_ns) noexcept;
  [[nodiscard]] bool drain_one(int64_t end_ns) noexcept;

  [[nodiscard]] std::optional<ItemView> search_live(const Lookup& lookup) noexcept;
  [[nodiscard]] bool fits(size_t key_bytes, size_t value_bytes) const noexcept;
  // It fits, and shares a segment with others.
  [[nodiscard]] bool fits_inline(size_t key_bytes, size_t value_bytes) const noexcept {
    const SegGeometry& geometry = thread_.engine.geometry;
    const size_t bytes = kItemOverhead + key_bytes + value_bytes;
    return key_bytes <= geometry.key_max && bytes <= geometry.inline_max &&
           bytes <= geometry.item_max;
  }
  void set_expiry(const Entry& entry, uint64_t expiry) noexcept;
  [[nodiscard]] ExpireStatus erase_expired(const Lookup& lookup, Expiry expiry,
                                           const ExpireTerms& terms) noexcept;
  [[nodiscard]] ExpireStatus expire_in_place(const Lookup& lookup, Expiry expiry, uint64_t exact,
                                             const ExpireTerms& terms, Entry& seen) noexcept;
  [[nodiscard]] ItemView view(const Entry& entry) const noexcept {
    return ItemView(thread_.engine.heap, entry.value, entry.item);
  }
  struct Splice;
  template <class Plan>
  [[nodiscard]] Written change(const Lookup& lookup, const WriteTerms& terms, Plan&& plan) noexcept;
  [[nodiscard]] Draft draft_inline(const Lookup& lookup, const Entry& seen, const Splice& splice,
                                   const ItemShape& shape) noexcept;
  [[nodiscard]] Draft draft_large(const Lookup& lookup, const Entry& seen, const Splice& splice,
                                  const ItemShape& shape) noexcept;

  void prefetch_items(const Bucket& bucket) const noexcept;
  // The item of a slot met in a scan at this home; not live: not to be seen there.
  [[nodiscard]] Entry scanned(uint64_t value, const Bucket& home, size_t place,
                              uint64_t horizon) const noexcept;

  static constexpr unsigned kScanPlaceBits = 8;
  static_assert(HashTable::kPlaces < 1U << kScanPlaceBits);

  SegThread thread_;
  ItemWriter writer_;
  Drain drain_;
  uint64_t foreseen_ = 0;        // hash of the last key foreseen
  bool waited_in_vain_ = false;  // the last time for room
};

template <class Visit>
uint64_t SegStore::Access::scan(uint64_t cursor, size_t buckets, Visit&& visit) noexcept {
  const SegEngine& engine = thread_.engine;
  const std::span<const Bucket> homes = engine.table.homes();
  const uint64_t horizon = engine.heap.flush_horizon();
  size_t at = cursor >> kScanPlaceBits;
  size_t first = cursor & ((1U << kScanPlaceBits) - 1);
  for (; buckets > 0 && at < homes.size(); --buckets, ++at, first = 0) {
    const Bucket& home = homes[at];
    if (at + 1 < homes.size()) prefetch_items(homes[at + 1]);
    if (has_kept(engine)) [[unlikely]]
      admit_home(thread_, engine.table.home_at(at));
    const auto show = [&](const uint64_t* slot, uint64_t value, size_t place) {
      const Entry entry = scanned(value, home, place, horizon);
      if (!entry.is_live()) return true;
      const uint32_t used = engine.access_times.last(slot, entry.location().segment());
      return visit(ItemView(engine.heap, value, entry.item), engine.time.expiry_at(used).at_ms);
    };
    const size_t behind = engine.table.visit_chain(home, first, show);
    if (behind != 0) return at << kScanPlaceBits | behind;
  }
  return at < homes.size() ? at << kScanPlaceBits : 0;
}

static_assert(MemcacheStore<SegStore::Access> && ConditionalStore<SegStore::Access>);
static_assert(ScannableStore<SegStore::Access> && LargeValueStore<SegStore::Access>);
static_assert(ExactExpiryStore<SegStore::Access> && EditableStore<SegStore::Access>);
static_assert(CountedStore<SegStore::Access> && HandlingStore<SegStore::Access>);

}  // namespace pelikan
