#include "storage/seg/timing_wheel.h"

#include <algorithm>
#include <utility>

#include "base/assertion.h"

namespace pelikan {

TimingWheel::TimingWheel(std::span<Segment> segments, std::span<SegmentId> cells) noexcept
    : segments_(segments), cells_(cells) {
  CHECK(cells.size() == 2 * kCells);
  std::ranges::fill(cells_, kNoSegment);
}

void TimingWheel::insert(SegmentId id, uint32_t tick) noexcept {
  DCHECK(segments_[id].wheel_cell == Segment::kNoCell);
  const uint32_t second = tick / kTicksPerSecond + (tick % kTicksPerSecond != 0 ? 1 : 0);
  segments_[id].wheel_second = std::max(second, second_);
  link(id);
}

// A far cell is spread when its 64 s begin. What would lie a whole turn ahead goes to the last one
// of the turn and is put in again from there.
void TimingWheel::link(SegmentId id) noexcept {
  Segment& segment = segments_[id];
  const uint32_t second = segment.wheel_second;
  const uint32_t last_block = second_ / kFarSeconds + kCells - 1;
  const uint32_t cell = second - second_ < kCells
                            ? second % kCells
                            : kCells + std::min(second / kFarSeconds, last_block) % kCells;
  segment.wheel_cell = static_cast<uint16_t>(cell);
  segment.wheel_prev = kNoSegment;
  segment.wheel_next = std::exchange(cells_[cell], id);
  if (segment.wheel_next != kNoSegment) segments_[segment.wheel_next].wheel_prev = id;
  ++count_of(segment.wheel_cell);
}

void TimingWheel::remove(SegmentId id) noexcept {
  Segment& segment = segments_[id];
  if (segment.wheel_cell == Segment::kNoCell) return;
  const SegmentId next = segment.wheel_next;
  const SegmentId prev = segment.wheel_prev;
  (prev == kNoSegment ? cells_[segment.wheel_cell] : segments_[prev].wheel_next) = next;
  if (next != kNoSegment) segments_[next].wheel_prev = prev;
  --count_of(segment.wheel_cell);
  segment.wheel_cell = Segment::kNoCell;
}

SegmentId TimingWheel::pop_due(uint32_t now_tick) noexcept {
  const uint32_t now = now_tick / kTicksPerSecond;
  for (;;) {
    const SegmentId id = cells_[second_ % kCells];
    if (id != kNoSegment && second_ <= now) {
      remove(id);
      return id;
    }
    if (second_ >= now) return kNoSegment;
    step(now);
  }
}

// To the next second; over what is empty in larger steps.
void TimingWheel::step(uint32_t now) noexcept {
  if (size() == 0) {
    second_ = now;
    return;
  }
  const uint32_t next_block = (second_ / kFarSeconds + 1) * kFarSeconds;
  second_ = near_count_ == 0 ? std::min(next_block, now) : second_ + 1;
  if (second_ % kFarSeconds == 0) spread(kCells + second_ / kFarSeconds % kCells);
}

void TimingWheel::spread(uint32_t far_cell) noexcept {
  SegmentId id = cells_[far_cell];
  while (id != kNoSegment) {
    const SegmentId next = segments_[id].wheel_next;
    remove(id);
    link(id);
    id = next;
  }
}

}  // namespace pelikan
