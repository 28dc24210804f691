#include "event/spare_memory.h"

#include <event2/event.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdlib>

namespace pelikan {
namespace {

// More than any of what makes a connection; an evbuffer's chain, which is larger, may fail.
constexpr size_t kBlockBytes = 1024;
// Some tens are one connection's.
constexpr size_t kBlocks = 128;

// Of malloc(), as all that libevent gives back to free(). A thread that takes a block has it alone;
// acq_rel: what another wrote in it comes before.
std::array<std::atomic<void*>, kBlocks> spare_blocks{};

void* take_block() noexcept {
  for (std::atomic<void*>& spare : spare_blocks) {
    if (void* block = spare.exchange(nullptr, std::memory_order_acq_rel)) return block;
  }
  return nullptr;
}

void* allocate(size_t size) {
  void* place = std::malloc(size);
  return place == nullptr && size <= kBlockBytes ? take_block() : place;
}

}  // namespace

void keep_spare_memory() noexcept {
  refill_spare_memory();
  ::event_set_mem_functions(allocate, std::realloc, std::free);
}

void refill_spare_memory() noexcept {
  for (std::atomic<void*>& spare : spare_blocks) {
    if (spare.load(std::memory_order_relaxed) != nullptr) continue;
    void* block = std::malloc(kBlockBytes);
    if (block == nullptr) return;
    // Nobody may have filled it meanwhile: then that block stays.
    void* none = nullptr;
    if (!spare.compare_exchange_strong(none, block, std::memory_order_acq_rel)) std::free(block);
  }
}

}  // namespace pelikan
