// TimingWheel: sealed segments by the second in which somebody should look at them. 4096 cells of a
// second, behind them 4096 cells of 64 s (three days); what lies further waits in the last cell and
// is put in again. Every operation is O(1), but for the seconds that pass.
//
// Thread safety: the engine mutex.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "storage/seg/segment.h"

namespace pelikan {

class TimingWheel {
 public:
  static constexpr uint32_t kCells = 4096;     // of each of the two rows
  static constexpr uint32_t kFarSeconds = 64;  // of a cell in the second row

  // REQUIRES: 2 * kCells cells that outlive the wheel
  TimingWheel(std::span<Segment> segments, std::span<SegmentId> cells) noexcept;

  // Time goes on from here. REQUIRES: empty
  void begin_at(uint32_t tick) noexcept { second_ = tick / kTicksPerSecond; }
  // Due at `tick`. REQUIRES: not in the wheel
  void insert(SegmentId id, uint32_t tick) noexcept;
  // Nothing happens if it is not in the wheel.
  void remove(SegmentId id) noexcept;
  // A segment whose tick has come, taken out; kNoSegment: none.
  [[nodiscard]] SegmentId pop_due(uint32_t now_tick) noexcept;
  [[nodiscard]] size_t size() const noexcept { return near_count_ + far_count_; }

 private:
  void link(SegmentId id) noexcept;
  void step(uint32_t now) noexcept;
  void spread(uint32_t far_cell) noexcept;
  [[nodiscard]] size_t& count_of(uint16_t cell) noexcept {
    return cell < kCells ? near_count_ : far_count_;
  }

  std::span<Segment> segments_;
  std::span<SegmentId> cells_;
  uint32_t second_ = 0;  // the first whose segments may still be here
  size_t near_count_ = 0;
  size_t far_count_ = 0;
};

}  // namespace pelikan
