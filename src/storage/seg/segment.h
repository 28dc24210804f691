// A segment's header; the segment's bytes lie elsewhere, at its id times the segment size.
//
//   free -> open -> sealed -(grace)-> draining -> limbo -(grace)-> free
//   free -> large -> limbo                                  (a large value's bodies)
//   free -> large -> sealed -> draining or straight -> limbo (its head)
//   free -> withheld -> free                                (the store may use less memory)
//
// A sealed segment is drained only one grace period after its seal: then every reservation in it is
// an item or closed. A retired one is reused only one grace period after that: then nobody looks at
// it.
//
// Who may write what: tail, dead bytes and deadline any thread inside an epoch; cursor and drain
// the thread that drains it; the rest under the engine mutex.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "storage/seg/slot.h"
#include "storage/seg/ttl.h"

namespace pelikan {

enum class SegmentState : uint8_t { kFree, kOpen, kSealed, kDraining, kLimbo, kLarge, kWithheld };
inline constexpr size_t kSegmentStates = 7;
enum class SegmentClass : uint8_t { kItems, kLargeHead };
// Why a segment is drained: drain.h.
enum class DrainKind : uint8_t { kExpire, kRelocate, kEvict, kFlush, kDamaged };

struct alignas(64) Segment {
  static constexpr uint64_t kSealedBit = uint64_t{1} << 63;
  static constexpr uint16_t kNoCell = UINT16_MAX;  // not in the wheel

  // sealed 1 | bytes reserved 63. Once sealed the bytes are the data's end, for ever.
  std::atomic<uint64_t> tail{0};
  // Counted by whoever took the item out of the table: live = end - dead.
  std::atomic<uint32_t> dead_bytes{0};
  // The latest expiry among its items that have one, in ticks; 0: none has. Says when to look, not
  // what to drop.
  std::atomic<uint32_t> deadline{kNoExpiry};
  // Drawn when it was opened, never drawn again.
  std::atomic<uint64_t> sequence{0};
  uint64_t retire_epoch = 0;
  SegmentId next = kNoSegment;  // of the queue it is in: free, sealed, limbo or withheld
  SegmentId prev = kNoSegment;
  SegmentId wheel_next = kNoSegment;
  SegmentId wheel_prev = kNoSegment;
  uint32_t wheel_second = 0;
  uint32_t cursor = 0;  // bytes drained so far
  uint16_t wheel_cell = kNoCell;
  uint16_t ttl_bucket = 0;
  std::atomic<SegmentState> state{SegmentState::kFree};
  SegmentClass segment_class = SegmentClass::kItems;
  DrainKind drain = DrainKind::kEvict;

  // Where `bytes` were reserved; empty: sealed, or no room. The offset moves only if the item fits,
  // so it is always the end of what was reserved.
  // relaxed: the reserver publishes what it writes by its slot store; a drain sees it because the
  // reserver's epoch is over.
  [[nodiscard]] std::optional<size_t> reserve(size_t bytes, size_t segment_bytes) noexcept {
    uint64_t offset = tail.load(std::memory_order_relaxed);
    do {
      if ((offset & kSealedBit) != 0 || bytes > segment_bytes - offset) return std::nullopt;
    } while (!tail.compare_exchange_weak(offset, offset + bytes, std::memory_order_relaxed));
    return offset;
  }
  // Takes back the end of a reservation; false: it is no longer the end of what was reserved, or
  // the segment is sealed.
  bool give_back(size_t begin, size_t end) noexcept {
    uint64_t expected = end;
    return tail.compare_exchange_strong(expected, begin, std::memory_order_relaxed);
  }
  void mark_sealed() noexcept { tail.fetch_or(kSealedBit, std::memory_order_relaxed); }
  [[nodiscard]] bool is_sealed() const noexcept {
    return (tail.load(std::memory_order_relaxed) & kSealedBit) != 0;
  }
  [[nodiscard]] size_t end() const noexcept {
    return tail.load(std::memory_order_relaxed) & ~kSealedBit;
  }
  [[nodiscard]] bool is_all_dead() const noexcept {
    return is_sealed() && dead_bytes.load(std::memory_order_relaxed) == end();
  }

  void raise_deadline(uint32_t expiry) noexcept {
    uint32_t now = deadline.load(std::memory_order_relaxed);
    while (expiry > now &&
           !deadline.compare_exchange_weak(now, expiry, std::memory_order_relaxed)) {
    }
  }

  [[nodiscard]] uint64_t opened() const noexcept {
    return sequence.load(std::memory_order_relaxed);
  }
};
static_assert(sizeof(Segment) == 64);

}  // namespace pelikan
