#include "storage/seg/drain.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/assertion.h"
#include "storage/seg/bucket.h"
#include "storage/seg/item_check.h"
#include "storage/seg/kept_items.h"
#include "storage/seg/step.h"

namespace pelikan {
namespace {

constexpr size_t kFetchedAhead = 1024;  // bytes of a segment

}  // namespace

bool Drain::step(SegmentId id, size_t items) noexcept {
  Segment& segment = thread_.engine.heap[id];
  if (segment.cursor == 0) {
    PELIKAN_STEP("drain.taken");
    freed_ = 0;
    // Those that stay say when to look next.
    if (segment.drain == DrainKind::kExpire) {
      segment.deadline.store(kNoExpiry, std::memory_order_relaxed);
    }
  }
  const size_t batches = (items + kBatchItems - 1) / kBatchItems;
  uint32_t at = segment.cursor;
  std::array<Batch, 3> ring;
  for (size_t i = 0; i < batches + 2; ++i) {
    if (i < batches) at = read(id, at, ring[i % 3]);
    if (i >= 1 && i <= batches) approach(ring[(i - 1) % 3]);
    if (i < 2) continue;
    Batch& batch = ring[(i - 2) % 3];
    if (batch.count == 0) return finish(id);
    thread_.enter();
    judge_batch(id, batch);
    thread_.leave();
    segment.cursor = batch.end;
  }
  return false;
}

void Drain::give_up(SegmentId id) noexcept {
  const bool is_due = thread_.engine.heap[id].drain != DrainKind::kEvict;
  thread_.engine.heap.put_back(id, is_due ? thread_.now : kNoExpiry);
}

// Most segments are emptied without a move: all else is one function.
[[gnu::flatten]] void Drain::judge_batch(SegmentId id, Batch& batch) noexcept {
  PELIKAN_STEP("drain.batch");
  if (came_with_pool(thread_.engine, id)) admit(batch);
  Segment& segment = thread_.engine.heap[id];
  dead_bytes_ = 0;
  for (const Candidate& candidate : batch.candidates()) judge_item(segment.drain, candidate);
  segment.dead_bytes.fetch_add(static_cast<uint32_t>(dead_bytes_), std::memory_order_relaxed);
}

// Of what came with a pool or begins a large value: the bytes of the item or dead reservation
// there; 0: it cannot be one.
size_t Drain::odd_item_bytes(Location location, const ItemRef& item) const noexcept {
  const Segment& segment = thread_.engine.heap[location.segment()];
  const size_t room = segment.end() - location.offset_bytes();
  if (segment.segment_class == SegmentClass::kLargeHead) return room;
  return room < kMinItemBytes ? 0 : bounded_item(item.data(), room).value_or(0);
}

// What lies there, dead reservations left out; returns where the next batch begins.
uint32_t Drain::read(SegmentId id, uint32_t at, Batch& batch) noexcept {
  const HashTable& table = thread_.engine.table;
  const SegmentHeap& heap = thread_.engine.heap;
  Segment& segment = thread_.engine.heap[id];
  const bool is_odd =
      came_with_pool(thread_.engine, id) || segment.segment_class != SegmentClass::kItems;
  const size_t end = segment.end();
  size_t count = 0;
  while (at < end && count < kBatchItems) {
    const Location location(id, at);
    const ItemRef item(heap.at(location));
    const size_t bytes =
        is_odd ? odd_item_bytes(location, item) : item.item_bytes(heap.check_bytes());
    if (bytes == 0) {
      segment.drain = DrainKind::kDamaged;
      at = static_cast<uint32_t>(end);
      break;
    }
    at += static_cast<uint32_t>(bytes);
    __builtin_prefetch(item.data() + kFetchedAhead);
    if (item.type() == ItemType::kDead) continue;
    const uint64_t hash = table.hash(item.key());
    __builtin_prefetch(&table.home(hash), 1);
    batch.all[count++] = {location, item, bytes, hash, nullptr};
  }
  batch.count = count;
  return batch.end = at;
}

// Where the items probably are; of those that are not in their home bucket, the next is fetched.
void Drain::approach(Batch& batch) const noexcept {
  const HashTable& table = thread_.engine.table;
  for (Candidate& candidate : batch.candidates()) {
    Bucket& home = table.home(candidate.hash);
    candidate.place = HashTable::guess(home, candidate.hash);
    if (candidate.place != nullptr) continue;
    if (const Bucket* next = table.next(home.word())) __builtin_prefetch(next, 1);
  }
}

// Those that came with a pool are checked first.
void Drain::admit(Batch& batch) noexcept {
  for (const Candidate& candidate : batch.candidates()) {
    const BucketLock lock(thread_.engine.table.home(candidate.hash));
    admit_kept(thread_, candidate.hash);
  }
}

void Drain::judge_item(DrainKind kind, const Candidate& candidate) noexcept {
  HashTable& table = thread_.engine.table;
  for (bool can_move = true;;) {
    // A location that is not in the table will not be there again: most of what was replaced or
    // deleted needs no lock.
    const HashTable::Found found = find(candidate);
    if (!found) return;
    Bucket& home = table.home(candidate.hash);
    BucketLock lock(home);
    const Entry now = look_again(candidate.location, candidate.item, found);
    if (!now) return;
    switch (now.is_live() ? fate(kind, now, candidate.bytes, can_move) : Fate::kDrop) {
      case Fate::kStay:
        thread_.engine.heap[candidate.location.segment()].raise_deadline(now.item.expiry());
        return;
      case Fate::kDrop:
        table.clear(home, found.slot);
        lock.unlock();
        count_gone(now);
        if (now.item.has_ext()) writer_.forget_ext(candidate.location, now.item);
        dead_bytes_ += candidate.bytes;
        return;
      case Fate::kMove:
        lock.unlock();
        break;
    }
    const Moved moved = move(now);
    if (moved == Moved::kDone) return;
    can_move = moved == Moved::kChanged;
  }
}

HashTable::Found Drain::find(const Candidate& candidate) const noexcept {
  const uint64_t own = HashTable::pattern(candidate.hash) | candidate.location.bits();
  if (candidate.place != nullptr) [[likely]] {
    const uint64_t value = load_word(*candidate.place, std::memory_order_acquire);
    if (slot::same_item(value, own)) [[likely]]
      return {candidate.place, value};
  }
  return thread_.engine.table.find(candidate.hash,
                                   [own](uint64_t value) { return slot::same_item(value, own); });
}

// Under the bucket lock: the item as it is now; empty: it is no longer in the table.
Entry Drain::look_again(Location location, const ItemRef& seen,
                        const HashTable::Found& found) noexcept {
  const uint64_t horizon = thread_.engine.heap.flush_horizon();
  Entry entry;
  entry.slot = found.slot;
  entry.value = load_word(*found.slot, std::memory_order_acquire);
  if (!slot::same_item(entry.value, found.value)) return {};
  entry.item = ItemRef(seen.data());
  entry.liveness = judge(thread_, location, entry.item, horizon);
  return entry;
}

Drain::Fate Drain::fate(DrainKind kind, const Entry& entry, size_t bytes, bool can_move) noexcept {
  DCHECK(kind != DrainKind::kFlush);  // nothing flushed is live
  if (kind == DrainKind::kExpire) return Fate::kStay;
  if (kind == DrainKind::kDamaged) return Fate::kDrop;
  if (!can_move) {
    thread_.metrics.relocate_drop.add();
    return Fate::kDrop;
  }
  if (kind == DrainKind::kRelocate) return Fate::kMove;
  if (entry.item.is_large()) return Fate::kDrop;
  if (entry.item.is_handle()) [[unlikely]]
    return fate_of_handle(entry);
  if (fruitless_ >= kFruitlessVictims) return Fate::kDrop;
  const EvictionItem item{slot::freq(entry.value), bytes};
  return thread_.engine.policy->verdict(item) == Verdict::kKeep ? Fate::kMove : Fate::kDrop;
}

// An item of some bytes may hold much: of a segment full of such, only so many go as have held what
// a segment has.
Drain::Fate Drain::fate_of_handle(const Entry& entry) noexcept {
  if (freed_ >= thread_.engine.geometry.segment_bytes) return Fate::kMove;
  freed_ += entry.item.handled().charged();
  return Fate::kDrop;
}

void Drain::count_gone(const Entry& entry) noexcept {
  SegMetrics& metrics = thread_.metrics;
  switch (entry.liveness) {
    case Liveness::kExpired:
      metrics.item_live.add(-1);
      metrics.expire_item.add();
      if (slot::freq(entry.value) == 0) metrics.expire_unfetched.add();
      return;
    case Liveness::kFlushed:
      metrics.item_live.add(-1);
      metrics.flush_item.add();
      return;
    case Liveness::kLive:
    case Liveness::kMissing:
      writer_.count_evicted(entry.value, entry.slot);
      return;
  }
}

// Reserves and copies first; then, under the lock, the item must still be where it was, as it was,
// and alive: a flush since then must not be outrun. The copy keeps the cas token.
[[gnu::noinline]] Drain::Moved Drain::move(const Entry& entry) noexcept {
  SegmentHeap& heap = thread_.engine.heap;
  HashTable& table = thread_.engine.table;
  const ItemRef& item = entry.item;
  ItemShape shape = item.shape();
  shape.traits |= kCasBit;
  const size_t opened = thread_.opened;
  const Draft draft = writer_.reserve(shape, item.expiry(), entry);
  opened_ += thread_.opened - opened;
  if (!draft) return Moved::kNoRoom;
  char* value = write_item(draft.at, draft.shape, item.exact_expiry(), item.key());
  const std::string_view bytes = item.inline_value();
  std::memcpy(value, bytes.data(), bytes.size());
  write_cas(draft.at, token_of(heap, entry.location(), item));
  mark_header(draft.at, lasting_state(entry));  // its freq begins anew
  PELIKAN_STEP("relocate.copied");

  const uint64_t hash = table.hash(item.key());
  BucketLock lock(table.home(hash));
  const Entry now = look_again(entry.location(), item, {entry.slot, entry.value});
  if (!now || now.item.header() != item.header() || !now.is_live()) {
    lock.unlock();
    writer_.abandon(draft);
    return Moved::kChanged;
  }
  writer_.commit(draft);
  table.set(entry.slot, HashTable::pattern(hash) | draft.location.bits());
  AccessTimes& times = thread_.engine.access_times;
  times.note(entry.slot, times.last(entry.slot, entry.location().segment()));
  lock.unlock();
  writer_.seal(draft);
  thread_.metrics.relocate.add();
  thread_.metrics.relocate_byte.add(draft.bytes);
  dead_bytes_ += item.item_bytes(heap.check_bytes());
  return Moved::kDone;
}

bool Drain::finish(SegmentId id) noexcept {
  PELIKAN_STEP("drain.done");
  Segment& segment = thread_.engine.heap[id];
  // Walked over and not all dead: something was passed by.
  const bool is_damaged = segment.drain != DrainKind::kExpire &&
                          came_with_pool(thread_.engine, id) && !segment.is_all_dead();
  if (is_damaged) segment.drain = DrainKind::kDamaged;
  switch (segment.drain) {
    case DrainKind::kExpire:
      return finish_expiry(id);
    case DrainKind::kDamaged:
      drop_items_of(thread_, id);
      break;
    case DrainKind::kRelocate:
      thread_.metrics.expire.add();
      break;
    case DrainKind::kFlush:
      break;
    case DrainKind::kEvict:
      thread_.metrics.evict.add();
      fruitless_ = opened_ == 0 || fruitless_ >= kFruitlessVictims ? 0 : fruitless_ + 1;
      opened_ = 0;
      break;
  }
  thread_.engine.heap.retire(id);
  return true;
}

bool Drain::finish_expiry(SegmentId id) noexcept {
  Segment& segment = thread_.engine.heap[id];
  const size_t left = segment.end() - segment.dead_bytes.load(std::memory_order_relaxed);
  if (left == 0) {
    thread_.metrics.expire.add();
    thread_.engine.heap.retire(id);
    return true;
  }
  segment.cursor = 0;
  if (left < segment.end() / 4 && segment.segment_class == SegmentClass::kItems) {
    segment.drain = DrainKind::kRelocate;
    return false;
  }
  thread_.engine.heap.put_back(id, kNoExpiry);
  return true;
}

}  // namespace pelikan
