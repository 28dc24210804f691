#include "storage/seg/geometry.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <string>

#include "base/setup_error.h"
#include "storage/seg/bucket.h"
#include "storage/seg/item.h"
#include "storage/seg/large_value.h"
#include "storage/seg/segment.h"
#include "storage/seg/timing_wheel.h"

namespace pelikan {
namespace {

constexpr size_t kMinSegment = 2 * kKiB;
constexpr size_t kMinAutomatic = 32 * kKiB;
constexpr size_t kMaxAutomatic = 2 * kMiB;
constexpr size_t kMinAutomaticMemory = 8 * kMiB;
// Below about 256 segments the oldest segment is too large a share of the cache to lose at once.
constexpr size_t kSegmentsWanted = 1024;

// Slots are 70 % full when all segments are. Then 29 % of the homes hold an overflow bucket
// (docs/storage/seg.md, "Load"); a little more is at hand.
constexpr double kLoad = 0.7;
constexpr double kOverflowShare = 0.3125;

// An item of the largest size takes one part in so many of the segments.
constexpr size_t kLargestShare = 4;

std::string text(size_t bytes) {
  if (bytes >= kMiB && bytes % kMiB == 0) return fmt::format("{}MiB", bytes / kMiB);
  if (bytes >= kKiB && bytes % kKiB == 0) return fmt::format("{}KiB", bytes / kKiB);
  return fmt::format("{}B", bytes);
}

[[noreturn]] void refuse(const std::string& sentence) {
  throw SetupError(ExitCode::kConfig, sentence);
}

size_t choose_segment_bytes(size_t memory, size_t asked) {
  if (asked == 0) {
    if (memory < kMinAutomaticMemory) {
      refuse(fmt::format("seg_memory is {}: at least {}, or name a seg_segment_size", text(memory),
                         text(kMinAutomaticMemory)));
    }
    return std::clamp(std::bit_floor(memory / kSegmentsWanted), kMinAutomatic, kMaxAutomatic);
  }
  if (asked < kMinSegment || !std::has_single_bit(asked)) {
    refuse(fmt::format("seg_segment_size is {}: not a power of two of at least {}", text(asked),
                       text(kMinSegment)));
  }
  return asked;
}

void check_segments(const SegGeometry& plan, size_t memory, size_t threads) {
  if (plan.segments < plan.least) {
    refuse(fmt::format("seg_memory is {}: room for {} segments of {}, and {} threads need {}",
                       text(memory), plan.segments, text(plan.segment_bytes), threads, plan.least));
  }
  if (plan.segments > kMaxSegments) {
    refuse(fmt::format("seg_memory is {}: more than 2^24 segments of {}; raise seg_segment_size",
                       text(memory), text(plan.segment_bytes)));
  }
  if (plan.homes > UINT32_MAX) {
    refuse(fmt::format("seg_memory is {}: more than 2^32 hash buckets; raise seg_item_mean",
                       text(memory)));
  }
}

// The largest item must leave room for others, and its list of segments must fit its first one.
size_t check_item_max(const SegGeometry& plan, size_t item_max) {
  const auto layout = LargeLayout::plan(plan.key_max, item_max, plan.segment_bytes);
  if (kLargestShare * (layout.bodies + 1) > plan.segments ||
      layout.value_offset() > plan.segment_bytes / 2) {
    refuse(fmt::format("seg_item_max is {}: too large for {} segments of {}", text(item_max),
                       plan.segments, text(plan.segment_bytes)));
  }
  return layout.bodies + 1;
}

}  // namespace

SegGeometry SegGeometry::plan(const SegOptions& options, size_t threads, bool is_lasting) {
  const size_t memory = options.memory.get().value;
  SegGeometry plan{};
  plan.budget_bytes = memory;
  plan.segment_bytes = choose_segment_bytes(memory, options.segment_size.get().value);
  plan.segment_shift = static_cast<unsigned>(std::countr_zero(plan.segment_bytes));

  constexpr size_t kWheel = 2 * TimingWheel::kCells * sizeof(SegmentId);
  const double items =
      static_cast<double>(plan.segment_bytes) / static_cast<double>(options.item_mean.get().value);
  const double homes = items / (kLoad * Bucket::kSlots);
  const double segment_cost = static_cast<double>(plan.segment_bytes + sizeof(Segment)) +
                              homes * (1 + kOverflowShare) * sizeof(Bucket);
  const size_t fixed = kWheel + 2 * sizeof(Bucket);  // what rounding up adds
  const size_t divisible = memory > fixed ? memory - fixed : 0;
  plan.segments = static_cast<size_t>(static_cast<double>(divisible) / segment_cost);
  plan.homes = static_cast<size_t>(homes * static_cast<double>(plan.segments)) + 1;
  plan.overflow =
      std::min(static_cast<size_t>(static_cast<double>(plan.homes) * kOverflowShare) + 1,
               size_t{Bucket::kMaxOverflowIndex});
  plan.least = 8 * threads;
  check_segments(plan, memory, threads);

  plan.key_max = std::min(kMaxKeyBytes, plan.segment_bytes / 4);
  plan.inline_max = std::min(plan.segment_bytes / 2, kMaxInlineValue);
  plan.item_max = options.item_max.get().value;
  plan.largest = check_item_max(plan, plan.item_max);
  plan.reserve = std::max(threads, plan.segments / 100);
  plan.check_bytes = is_lasting ? kCheckBytes : 0;
  plan.least = std::max({plan.least, kLargestShare * plan.largest, 4 * plan.reserve});
  return plan;
}

size_t SegGeometry::open_max(size_t usable) noexcept { return std::max(size_t{4}, usable / 16); }

size_t SegGeometry::receive_max(size_t usable) const noexcept {
  return std::max(usable / 8, largest);
}

std::optional<size_t> SegGeometry::usable_within(uint64_t bytes) const noexcept {
  if (bytes > budget_bytes || bytes < table_bytes()) return std::nullopt;
  const size_t usable = std::min((bytes - table_bytes()) / segment_bytes, segments);
  if (usable < least) return std::nullopt;
  return usable;
}

size_t SegGeometry::table_bytes() const noexcept {
  return segments * sizeof(Segment) + (homes + overflow) * sizeof(Bucket) +
         2 * TimingWheel::kCells * sizeof(SegmentId);
}

}  // namespace pelikan
