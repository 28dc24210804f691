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
  for (size_t judged = 0; judged < items;) {
    thread_.enter();
    const size_t batch = judge_batch(id);
    thread_.leave();
    if (batch == 0) return finish(id);
    judged += batch;
  }
  return false;
}

void Drain::give_up(SegmentId id) noexcept {
  const bool is_due = thread_.engine.heap[id].drain != DrainKind::kEvict;
  thread_.engine.heap.put_back(id, is_due ? thread_.now : kNoExpiry);
}

size_t Drain::judge_batch(SegmentId id) noexcept {
  std::array<Candidate, kBatchItems> batch;
  const size_t count = read_batch(id, batch.data());
  PELIKAN_STEP("drain.batch");
  Segment& segment = thread_.engine.heap[id];
  dead_bytes_ = 0;
  for (size_t i = 0; i < count; ++i) judge_item(segment.drain, batch[i]);
  segment.dead_bytes.fetch_add(static_cast<uint32_t>(dead_bytes_), std::memory_order_relaxed);
  return count;
}

// What is not walked over yet, dead reservations left out.
size_t Drain::read_batch(SegmentId id, Candidate* batch) noexcept {
  const HashTable& table = thread_.engine.table;
  Segment& segment = thread_.engine.heap[id];
  const size_t end = segment.end();
  size_t count = 0;
  while (segment.cursor < end && count < kBatchItems) {
    const Location location(id, segment.cursor);
    const ItemRef item(thread_.engine.heap.at(location));
    const auto bytes = item_bytes(location, item);
    if (!bytes) {
      segment.drain = DrainKind::kDamaged;
      segment.cursor = static_cast<uint32_t>(end);
      return count;
    }
    segment.cursor += static_cast<uint32_t>(*bytes);
    __builtin_prefetch(item.data() + kFetchedAhead);
    if (item.type() == ItemType::kDead) continue;
    const uint64_t hash = table.hash(item.key());
    __builtin_prefetch(&table.home(hash), 1);
    batch[count++] = {location, item, hash};
  }
  return count;
}

// Of the item or dead reservation there; empty: it cannot be one.
std::optional<size_t> Drain::item_bytes(Location location, const ItemRef& item) const noexcept {
  const SegmentHeap& heap = thread_.engine.heap;
  const Segment& segment = heap[location.segment()];
  const size_t room = segment.end() - location.offset_bytes();
  if (segment.segment_class == SegmentClass::kLargeHead) return room;
  if (!came_with_pool(thread_.engine, location.segment())) {
    return item.item_bytes(heap.check_bytes());
  }
  return room < kMinItemBytes ? std::nullopt : bounded_item(item.data(), room);
}

void Drain::judge_item(DrainKind kind, const Candidate& candidate) noexcept {
  HashTable& table = thread_.engine.table;
  const auto is_it = [&](uint64_t value) { return slot::location(value) == candidate.location; };
  if (came_with_pool(thread_.engine, candidate.location.segment())) {
    const BucketLock lock(table.home(candidate.hash));
    admit_kept(thread_, candidate.hash);
  }
  for (bool can_move = true;;) {
    // A location that is not in the table will not be there again: most of what was replaced or
    // deleted needs no lock.
    const HashTable::Found found = table.find(candidate.hash, is_it);
    if (!found) return;
    Bucket& home = table.home(candidate.hash);
    BucketLock lock(home);
    const Entry now = look_again(candidate, found);
    if (!now) return;
    switch (now.is_live() ? fate(kind, now, can_move) : Fate::kDrop) {
      case Fate::kStay:
        thread_.engine.heap[candidate.location.segment()].raise_deadline(now.item.expiry());
        return;
      case Fate::kDrop:
        table.clear(home, found.slot);
        lock.unlock();
        count_gone(now);
        dead_bytes_ += writer_.forget(candidate.location, now.item);
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

// Under the bucket lock: the item as it is now; empty: it is no longer in the table.
Entry Drain::look_again(const Candidate& candidate, const HashTable::Found& found) noexcept {
  const uint64_t horizon = thread_.engine.heap.flush_horizon();
  Entry entry;
  entry.slot = found.slot;
  entry.value = load_word(*found.slot, std::memory_order_acquire);
  if (!slot::same_item(entry.value, found.value)) return {};
  entry.item = ItemRef(candidate.item.data());
  entry.liveness = judge(thread_, candidate.location, entry.item, horizon);
  return entry;
}

Drain::Fate Drain::fate(DrainKind kind, const Entry& entry, bool can_move) noexcept {
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
  const EvictionItem item{slot::freq(entry.value),
                          entry.item.item_bytes(thread_.engine.heap.check_bytes())};
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
Drain::Moved Drain::move(const Entry& entry) noexcept {
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
  const Entry now = look_again({entry.location(), item, hash}, {entry.slot, entry.value});
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
