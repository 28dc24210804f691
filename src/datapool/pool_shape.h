// PoolShape: what a store wants to find in its pool, or makes of a new one.
#pragma once

#include <cstdint>
#include <string_view>

namespace pelikan {

struct PoolShape {
  std::string_view layout;     // of whom the content is: "seg"; at most 15 bytes
  uint32_t item_layout = 0;    // counts up when items are laid out in another way
  uint64_t segment_bytes = 0;  // the unit of the heap
  uint64_t segments = 0;       // of them
  uint64_t tables_bytes = 0;   // the most that a clean stop writes beside the heap
  // The options that decide, for sentences about a pool of other sizes.
  std::string_view segment_option;
  std::string_view heap_option;
  std::string_view tables_option;

  [[nodiscard]] uint64_t heap_bytes() const noexcept { return segment_bytes * segments; }
};

}  // namespace pelikan
