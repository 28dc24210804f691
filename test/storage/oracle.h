// Oracle: what may be read under keys that threads write at the same time. One thread owns a key
// and numbers its writes; every thread may read. A read must find
//   - nothing older than the last change that was complete, or was read, when the read began (a
//   stale or
//     resurrected value),
//   - nothing made of what a flush had killed by then,
//   - nothing that was not begun when the read ended.
// A miss is always legal: a cache forgets. Deletes are changes, with a version that no value has.
//
// Thread safety: begin_change and complete by the key's owner, flush from one thread, the rest from
// any.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "storage/record.h"

namespace pelikan::test {

class Oracle {
 public:
  explicit Oracle(size_t keys) : keys_(keys) {}

  // ---- the owner's
  // The version of the change that begins now.
  [[nodiscard]] uint64_t begin_change(uint64_t key) {
    // release pairs with begun(): who reads the value also sees that it was begun.
    const uint64_t version = keys_[key].begun.load(std::memory_order_relaxed) + 1;
    keys_[key].begun.store(version, std::memory_order_release);
    return version;
  }
  void complete(uint64_t key, uint64_t version) {
    // release pairs with begin_read(): a read that begins later may not find anything older.
    keys_[key].complete.store(version, std::memory_order_release);
  }

  // ---- any reader's
  struct Expectation {
    uint64_t newest_at_least;
    uint64_t oldest_above;
  };
  [[nodiscard]] Expectation begin_read(uint64_t key) const {
    const Key& truth = keys_[key];
    return {std::max(truth.complete.load(std::memory_order_acquire),
                     truth.read.load(std::memory_order_acquire)),
            truth.flushed.load(std::memory_order_acquire)};
  }
  // What is wrong with a value that was read, or nullptr.
  [[nodiscard]] const char* end_read(uint64_t key, const Expectation& expected,
                                     const Reading& reading) {
    if (reading.newest < expected.newest_at_least) return "an older value came back";
    if (reading.oldest <= expected.oldest_above) return "a flushed value came back";
    Key& truth = keys_[key];
    if (reading.newest > truth.begun.load(std::memory_order_acquire)) return "a value nobody wrote";
    uint64_t read = truth.read.load(std::memory_order_relaxed);
    while (read < reading.newest &&
           !truth.read.compare_exchange_weak(read, reading.newest, std::memory_order_release)) {
    }
    return nullptr;
  }

  // ---- the flusher's
  // Calls `flush`; what was complete before it is dead after it.
  template <class Flush>
  void flush(Flush flush) {
    this->flush(0, keys_.size(), flush);
  }
  // The same of so many keys behind one another.
  template <class Flush>
  void flush(uint64_t first, size_t count, Flush flush) {
    std::vector<uint64_t> dead(count);
    for (size_t i = 0; i < count; ++i)
      dead[i] = keys_[first + i].complete.load(std::memory_order_acquire);
    flush();
    for (size_t i = 0; i < count; ++i)
      keys_[first + i].flushed.store(dead[i], std::memory_order_release);
  }

 private:
  struct Key {
    std::atomic<uint64_t> begun{0};
    std::atomic<uint64_t> complete{0};
    std::atomic<uint64_t> read{0};
    std::atomic<uint64_t> flushed{0};
  };
  std::vector<Key> keys_;
};

}  // namespace pelikan::test
