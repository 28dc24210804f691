// Drain: empties a segment that the heap gave for it. Every item is judged under its bucket lock:
// dead ones leave the table; what becomes of the others depends on the kind of drain.
//
//   kExpire    they stay. Afterwards: nothing left - the segment retires; less than a quarter of
//              its bytes left (touched items) - they are moved; else it waits for the last of them.
//   kRelocate  they are moved to the open segment of their remaining TTL, or dropped when there is
//              none to be had.
//   kEvict     the eviction policy says whether they are dropped or moved. After four victims in a
//              row that gained no segment the next is dropped whole.
//   kFlush     there are no others.
//   kDamaged   they go as well: what came with the pool cannot be walked over. They are found by a
//              look at the whole table.
//
// Works in epochs of 16 items. While they are judged, the buckets of the next 16 are being fetched,
// and the items of those behind.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "storage/seg/engine.h"
#include "storage/seg/item.h"
#include "storage/seg/item_writer.h"

namespace pelikan {

// Thread safety: its own thread only. Outside an epoch.
class Drain {
 public:
  Drain(SegThread& thread, ItemWriter& writer) noexcept : thread_(thread), writer_(writer) {}

  // Judges about so many items more. True: done, the segment is retired or waits for its next turn.
  // False: call again, or give_up(). REQUIRES: the segment was taken for draining by this thread
  [[nodiscard]] bool step(SegmentId id, size_t items) noexcept;
  // Leaves the rest to whoever takes the segment next.
  void give_up(SegmentId id) noexcept;

 private:
  static constexpr size_t kBatchItems = 16;
  static constexpr int kFruitlessVictims = 4;

  struct Candidate {
    Location location;
    ItemRef item;
    size_t bytes;
    uint64_t hash;
    uint64_t* place;  // the slot it is probably in; null: none of its home bucket
  };
  // What is to be done about an item that is not dead.
  enum class Fate : uint8_t { kStay, kMove, kDrop };
  enum class Moved : uint8_t { kDone, kChanged, kNoRoom };

  struct Batch {
    std::array<Candidate, kBatchItems> all;
    size_t count = 0;
    uint32_t end = 0;  // where it ends in the segment
    [[nodiscard]] std::span<Candidate> candidates() noexcept { return std::span(all).first(count); }
  };

  void judge_batch(SegmentId id, Batch& batch) noexcept;
  uint32_t read(SegmentId id, uint32_t at, Batch& batch) noexcept;
  void approach(Batch& batch) const noexcept;
  [[nodiscard]] size_t odd_item_bytes(Location location, const ItemRef& item) const noexcept;
  void admit(Batch& batch) noexcept;
  void judge_item(DrainKind kind, const Candidate& candidate) noexcept;
  [[nodiscard]] HashTable::Found find(const Candidate& candidate) const noexcept;
  [[nodiscard]] Entry look_again(Location location, const ItemRef& seen,
                                 const HashTable::Found& found) noexcept;
  [[nodiscard]] Fate fate(DrainKind kind, const Entry& entry, size_t bytes, bool can_move) noexcept;
  [[nodiscard]] Fate fate_of_handle(const Entry& entry) noexcept;
  void count_gone(const Entry& entry) noexcept;
  [[nodiscard]] Moved move(const Entry& entry) noexcept;
  [[nodiscard]] bool finish(SegmentId id) noexcept;
  [[nodiscard]] bool finish_expiry(SegmentId id) noexcept;

  SegThread& thread_;
  ItemWriter& writer_;
  size_t dead_bytes_ = 0;  // of the present batch, not counted in its segment yet
  size_t opened_ = 0;      // segments opened for what was moved out of the present victim
  int fruitless_ = 0;      // victims in a row that gained no segment
  size_t freed_ = 0;       // bytes that items dropped from the present victim held
};

}  // namespace pelikan
