#include "base/allocator.h"

#ifdef PELIKAN_JEMALLOC
#include <fmt/format.h>
#include <jemalloc/jemalloc.h>

#include <array>
#include <cstddef>
#include <cstdint>

// Read by jemalloc when it starts: what is large has no arena of its own, which would give back all
// that is freed at once.
const char* malloc_conf = "oversize_threshold:0";
#endif

namespace pelikan {

// The arena of the thread was made with jemalloc's default, and has a threshold of its own.
void give_memory_back_slowly() noexcept {
#ifdef PELIKAN_JEMALLOC
  unsigned arena = 0;
  size_t size = sizeof arena;
  if (mallctl("thread.arena", &arena, &size, nullptr, 0) != 0) return;
  std::array<char, 64> name{};
  fmt::format_to_n(name.data(), name.size() - 1, "arena.{}.oversize_threshold", arena);
  size_t never = SIZE_MAX;
  mallctl(name.data(), nullptr, nullptr, &never, sizeof never);
#endif
}

}  // namespace pelikan
