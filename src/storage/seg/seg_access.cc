#include "storage/seg/seg_access.h"

#include <sched.h>

#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <thread>

#include "base/assertion.h"

namespace pelikan {
namespace {

// make_room() takes at most so long. Memory is short for milliseconds when a thread lost its
// processor inside an epoch, and for tens of them on a crowded machine; a container's processor
// quota is given anew every 100 ms. After a wait in vain the next ones are short, until one gains.
constexpr int64_t kRoomNs = 100'000'000;
constexpr int64_t kRoomAgainNs = 2'000'000;
constexpr int64_t kRoundNs = 100'000;  // of a round with a nap, should the clock stand still
constexpr int kRoomYields = 64;        // rounds before it leaves its processor to the others
constexpr size_t kRoomItems = 256;     // judged between two looks at the clock
constexpr std::chrono::microseconds kNap{50};

// relaxed: a hint for evictions; a count that is lost does not matter.
[[gnu::always_inline]] inline void count_use(SegThread& thread, const Entry& entry) noexcept {
  thread.engine.access_times.note(entry.slot, thread.now);
  if (entry.item.freq_lies()) [[unlikely]] {
    char* item = thread.engine.heap.at(entry.location());
    clear_bits(*reinterpret_cast<uint64_t*>(item), kFreqLiesBit, std::memory_order_relaxed);
  }
  if (slot::freq(entry.value) == 3) return;
  exchange_word_if(*entry.slot, entry.value, entry.value + slot::kFreqUnit,
                   std::memory_order_relaxed);
}

// Where the item of this hash will be looked for first, if it can be in this bucket; its header and
// key are being fetched. An item that begins a line has them there; one that does not goes on in
// the next.
[[gnu::always_inline]] inline bool foresee_item(SegmentMemory memory, Bucket& bucket,
                                                Lookup& lookup) noexcept {
  constexpr size_t kLine = 64;
  lookup.place = HashTable::guess(bucket, lookup.hash);
  if (lookup.place == nullptr) return false;
  lookup.seen = load_word(*lookup.place, std::memory_order_acquire);
  lookup.item = memory.at(slot::location(lookup.seen));
  __builtin_prefetch(lookup.item);
  if (reinterpret_cast<uintptr_t>(lookup.item) % kLine != 0) {
    __builtin_prefetch(lookup.item + kLine);
  }
  return true;
}

}  // namespace

SegStore::Access::Access(SegEngine& engine, size_t line, const Clock& clock)
    : thread_{engine, *engine.thread_metrics[line], clock, line},
      writer_(thread_),
      drain_(thread_, writer_) {}

SegStore::Access::~Access() { thread_.engine.epochs.give_back_line(thread_.line); }

SegStore::Access::Epoch SegStore::Access::enter() noexcept {
  SegmentHeap& heap = thread_.engine.heap;
  if (heap.is_flush_due(thread_.clock.now_ms())) [[unlikely]] {
    thread_.engine.note_flush();
    if (heap.perform_due_flush(thread_.clock.now_ms())) thread_.metrics.flush.add();
  }
  thread_.enter();
  return Epoch(*this);
}

void SegStore::Access::leave() noexcept {
  thread_.leave();
  if (!thread_.calls_maintenance) return;
  thread_.calls_maintenance = false;
  thread_.engine.wakeup.notify();
}

// Buckets and segments are never unmapped, and what is found there is only prefetched: no epoch is
// needed.
void SegStore::Access::foresee(std::string_view key) noexcept {
  const HashTable& table = thread_.engine.table;
  const uint64_t hash = table.hash(key);
  __builtin_prefetch(&table.home(hash));
  Lookup before{.key = {}, .hash = foreseen_};
  (void)foresee_item(thread_.engine.heap.memory(), table.home(foreseen_), before);
  foreseen_ = hash;
}

void SegStore::Access::locate(std::span<Lookup> batch) const noexcept {
  const HashTable& table = thread_.engine.table;
  for (Lookup& lookup : batch) {
    lookup.hash = table.hash(lookup.key);
    __builtin_prefetch(&table.home(lookup.hash));
  }
}

// What it sees outside an epoch may be reused before the look-up: that compares slot and key anew.
bool SegStore::Access::approach(std::span<Lookup> batch) const noexcept {
  const HashTable& table = thread_.engine.table;
  const SegmentMemory memory = thread_.engine.heap.memory();
  bool goes_on = false;
  for (Lookup& lookup : batch) {
    Bucket& home = table.home(lookup.hash);
    if (foresee_item(memory, home, lookup)) continue;
    if (const Bucket* next = table.next(home.word())) {
      __builtin_prefetch(next);
      goes_on = true;
    }
  }
  return goes_on;
}

void SegStore::Access::reach(std::span<Lookup> batch) const noexcept {
  const HashTable& table = thread_.engine.table;
  const SegmentMemory memory = thread_.engine.heap.memory();
  for (Lookup& lookup : batch) {
    if (lookup.place != nullptr) continue;
    Bucket* next = table.next(table.home(lookup.hash).word());
    if (next != nullptr) (void)foresee_item(memory, *next, lookup);
  }
}

std::optional<ItemView> SegStore::Access::get(const Lookup& lookup) noexcept {
  const Entry entry = find_prepared(thread_, lookup);
  if (!entry.is_live()) [[unlikely]]
    return search_live(lookup);
  count_use(thread_, entry);
  return ItemView(thread_.engine.heap, entry.value, entry.item);
}

std::optional<ItemView> SegStore::Access::peek(const Lookup& lookup) noexcept {
  const Entry entry = find(thread_, lookup);
  if (!entry.is_live()) return std::nullopt;
  return ItemView(thread_.engine.heap, entry.value, entry.item);
}

std::optional<ItemView> SegStore::Access::search_live(const Lookup& lookup) noexcept {
  const Entry entry = search(thread_, lookup);
  if (entry.is_live()) {
    count_use(thread_, entry);
    return ItemView(thread_.engine.heap, entry.value, entry.item);
  }
  if (entry.liveness == Liveness::kExpired) thread_.metrics.get_expired.add();
  if (entry.liveness == Liveness::kFlushed) thread_.metrics.get_flushed.add();
  return std::nullopt;
}

void SegStore::Access::prefetch_items(const Bucket& bucket) const noexcept {
  for (size_t i = 1; i <= Bucket::kSlots; ++i) {
    const uint64_t value = bucket.slot(i);
    if (slot::is_live(value)) __builtin_prefetch(thread_.engine.heap.at(slot::location(value)));
  }
}

Entry SegStore::Access::scanned(uint64_t value, const Bucket& home, size_t place,
                                uint64_t horizon) const noexcept {
  const SegEngine& engine = thread_.engine;
  const Location location = slot::location(value);
  PELIKAN_STEP("scan.slot");
  const ItemRef item(engine.heap.at(location));
  // A bucket behind the home may have gone over to another chain.
  const bool is_own =
      place < Bucket::kSlots || &engine.table.home(engine.table.hash(item.key())) == &home;
  if (!is_own) return {};
  return {nullptr, value, item, judge(thread_, location, item, horizon)};
}

bool SegStore::Access::erase(const Lookup& lookup) noexcept {
  bool was_live = false;
  writer_.remove(lookup, [&](const Entry& entry) {
    was_live = entry.is_live();
    return was_live;
  });
  if (was_live) thread_.metrics.item_erase.add();
  return was_live;
}

EraseStatus SegStore::Access::erase_if(const Lookup& lookup, uint64_t cas) noexcept {
  EraseStatus status = EraseStatus::kNotFound;
  writer_.remove(lookup, [&](const Entry& entry) {
    if (!entry.is_live()) return false;
    const bool is_same = token_of(thread_.engine.heap, entry.location(), entry.item) == cas;
    status = is_same ? EraseStatus::kErased : EraseStatus::kExists;
    return is_same;
  });
  if (status == EraseStatus::kErased) thread_.metrics.item_erase.add();
  return status;
}

bool SegStore::Access::claim(const Lookup& lookup, const ItemView& item) noexcept {
  SegmentHeap& heap = thread_.engine.heap;
  const BucketLock lock(thread_.engine.table.home(lookup.hash));
  const Entry entry = find_locked(thread_, lookup);
  if (!entry.is_live() || entry.item.has_winner()) return false;
  // It may have been moved, but not been written.
  if (token_of(heap, entry.location(), entry.item) != item.cas()) return false;
  change_header(heap.at(entry.location()), [](uint64_t header) { return header | kWinnerBit; });
  return true;
}

Expiry SegStore::Access::expiry(const ItemView& item) const noexcept {
  return thread_.engine.time.expiry_at(item.exact_expiry());
}

int64_t SegStore::Access::last_access_ms(const Lookup& lookup, const ItemView& item) noexcept {
  AccessTimes& times = thread_.engine.access_times;
  times.start();
  const Entry entry = find(thread_, lookup);
  const uint64_t* slot = entry.slot;
  if (slot == nullptr || entry.item.key().data() != item.key().data())
    return thread_.clock.now_ms();
  return thread_.engine.time.expiry_at(times.last(slot, entry.location().segment())).at_ms;
}

size_t SegStore::Access::value_limit(size_t key_bytes) const noexcept {
  const SegGeometry& geometry = thread_.engine.geometry;
  const size_t overhead = kItemOverhead + key_bytes;
  if (key_bytes > geometry.key_max || overhead > geometry.item_max) return 0;
  return geometry.item_max - overhead;
}

bool SegStore::Access::fits(size_t key_bytes, size_t value_bytes) const noexcept {
  return key_bytes <= thread_.engine.geometry.key_max && value_bytes <= value_limit(key_bytes);
}

bool SegStore::Access::is_large(size_t key_bytes, size_t value_bytes) const noexcept {
  return kItemOverhead + key_bytes + value_bytes > thread_.engine.geometry.inline_max;
}

void SegStore::Access::charge(Handled& handled, size_t bytes) noexcept {
  if (!thread_.engine.handles.charge(handled, bytes)) [[likely]]
    return;
  thread_.engine.make_way_for_handles();
  thread_.calls_maintenance = true;
}

bool SegStore::Access::can_charge(size_t bytes) noexcept {
  SegEngine& engine = thread_.engine;
  if (!engine.lacks_room_for_handles(bytes)) [[likely]]
    return true;
  thread_.wanted_for_handles = bytes;
  engine.wanted_for_handles.store(bytes, std::memory_order_relaxed);
  thread_.calls_maintenance = true;
  return false;
}

void SegStore::Access::flush(Expiry at) noexcept {
  const int64_t now_ms = thread_.clock.now_ms();
  if (at.at_ms <= now_ms) thread_.engine.note_flush();
  thread_.engine.heap.flush(at.at_ms, now_ms);
  if (at.at_ms > now_ms) return;
  thread_.metrics.flush.add();
  thread_.calls_maintenance = true;
  PELIKAN_STEP("flush.done");
}

bool SegStore::Access::make_room() noexcept {
  DCHECK(!thread_.engine.epochs.is_inside(thread_.line));
  thread_.metrics.reclaim_wait.add();
  waited_in_vain_ = !wait_for_room(waited_in_vain_ ? kRoomAgainNs : kRoomNs);
  thread_.wanted_for_handles = 0;
  if (waited_in_vain_) thread_.metrics.no_memory.add();
  return !waited_in_vain_;
}

bool SegStore::Access::wait_for_room(int64_t most_ns) noexcept {
  SegmentHeap& heap = thread_.engine.heap;
  // Others are waiting too, each for at least one segment of what is pending.
  const size_t enough = thread_.wanted + thread_.engine.geometry.reserve;
  const int64_t end_ns = thread_.clock.precise_ns() + most_ns;
  const int64_t most_rounds = kRoomYields + most_ns / kRoundNs;
  for (int64_t round = 0; round < most_rounds; ++round) {
    if (heap.reclaim() >= thread_.wanted && has_room_for_handles(end_ns)) return true;
    if (thread_.clock.precise_ns() >= end_ns) return false;
    if (heap.free_count() + heap.pending_count() < enough && drain_one(end_ns)) continue;
    if (!thread_.engine.policy->evicts() && heap.pending_count() == 0) return false;
    if (round < kRoomYields) {
      sched_yield();
    } else {
      std::this_thread::sleep_for(kNap);
    }
  }
  return false;
}

// Helps with what maintenance does for them.
bool SegStore::Access::has_room_for_handles(int64_t end_ns) noexcept {
  SegEngine& engine = thread_.engine;
  const size_t wanted = thread_.wanted_for_handles;
  if (wanted == 0 || !engine.lacks_room_for_handles(wanted)) return true;
  engine.wanted_for_handles.store(wanted, std::memory_order_relaxed);
  engine.wakeup.notify();
  if (engine.handles.has_gone()) {
    engine.collect_handles();
  } else if (engine.have_handles_too_much(wanted)) {
    (void)drain_one(end_ns);
  }
  return !engine.lacks_room_for_handles(wanted);
}

// False: there is no segment to drain now.
bool SegStore::Access::drain_one(int64_t end_ns) noexcept {
  SegmentHeap& heap = thread_.engine.heap;
  SegmentId id = heap.take_due(thread_.now);
  if (id == kNoSegment) id = heap.take_victim(*thread_.engine.policy);
  if (id == kNoSegment) return false;
  while (!drain_.step(id, kRoomItems)) {
    if (thread_.clock.precise_ns() < end_ns) continue;
    drain_.give_up(id);
    break;
  }
  return true;
}

}  // namespace pelikan
