// Memory in which stores of one thread reach the others late: a first-in first-out buffer per
// thread, emptied by a daemon whenever it likes.
//
// A read-modify-write reads its cell at once but its store waits in the buffer like any other, and
// until it arrives nobody else may write the cell (that is what makes it atomic). So it orders what
// acquire and release order, and is no full fence: a later load of ANOTHER cell may be served
// before the store is seen. That is C++'s acq_rel on hardware weaker than x86. On x86 it waits for
// the buffer to empty: kTotalStoreOrder.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/assertion.h"
#include "storage/seg/model/explorer.h"

namespace pelikan::model {

enum class MemoryOrder : uint8_t { kAcquireRelease, kTotalStoreOrder };

template <size_t kCells, size_t kThreads, MemoryOrder kOrder>
class WeakMemory {
 public:
  // What the thread sees: its own latest store, else memory.
  [[nodiscard]] uint8_t load(size_t thread, size_t cell) const {
    const Buffer& buffer = buffers_[thread];
    for (size_t i = buffer.count; i > 0; --i) {
      if (buffer.stores[i - 1].cell == cell) return buffer.stores[i - 1].value;
    }
    return cells_[cell];
  }

  void store(size_t thread, size_t cell, uint8_t value) {
    Buffer& buffer = buffers_[thread];
    CHECK(buffer.count < buffer.stores.size());
    buffer.stores[buffer.count++] = {static_cast<uint8_t>(cell), value, 0};
  }

  // Reads the cell and stores change(old); empty when it must first wait for a store to arrive.
  template <class Change>
  std::optional<uint8_t> modify(size_t thread, size_t cell, Change change) {
    const Buffer& buffer = buffers_[thread];
    if (kOrder == MemoryOrder::kTotalStoreOrder && buffer.count != 0) return std::nullopt;
    if (buffer.count == buffer.stores.size() || is_claimed(thread, cell)) return std::nullopt;
    const uint8_t old = load(thread, cell);
    store(thread, cell, change(old));
    buffers_[thread].stores[buffer.count - 1].exclusive = 1;
    if (kOrder == MemoryOrder::kTotalStoreOrder) (void)drain(thread);
    return old;
  }

  // The thread's oldest store reaches memory. False: there is none, or its cell is claimed by
  // another.
  bool drain(size_t thread) {
    Buffer& buffer = buffers_[thread];
    if (buffer.count == 0 || is_claimed(thread, buffer.stores[0].cell)) return false;
    cells_[buffer.stores[0].cell] = buffer.stores[0].value;
    for (size_t i = 1; i < buffer.stores.size(); ++i) buffer.stores[i - 1] = buffer.stores[i];
    buffer.stores.back() = {};
    --buffer.count;
    return true;
  }

 private:
  struct Store {
    uint8_t cell = 0;
    uint8_t value = 0;
    uint8_t exclusive = 0;
  };
  struct Buffer {
    std::array<Store, 4> stores{};
    uint8_t count = 0;
  };

  // Another thread has read the cell to modify it, and its store is still on the way.
  [[nodiscard]] bool is_claimed(size_t thread, size_t cell) const {
    for (size_t t = 0; t < kThreads; ++t) {
      for (size_t i = 0; t != thread && i < buffers_[t].count; ++i) {
        const Store& store = buffers_[t].stores[i];
        if (store.cell == cell && store.exclusive != 0) return true;
      }
    }
    return false;
  }

  std::array<uint8_t, kCells> cells_{};
  std::array<Buffer, kThreads> buffers_{};
};

// The daemon that empties a thread's buffer. The state keeps its WeakMemory as `memory`.
template <class State>
Thread<State> store_buffer_of(std::string_view name, size_t thread) {
  return {
      name,
      {{"store arrives",
        [thread](State& s) { return s.memory.drain(thread) ? go_to("store arrives") : kBlocked; }}},
      true};
}

}  // namespace pelikan::model
