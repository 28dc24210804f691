// Handles: the objects that items hold in place of values (storage/handled.h): who holds them, what
// they take of the store's memory, and their end.
//
// Their memory is the system's. For what they take, whole segments are withheld from the heap, so
// that both together stay within the store's budget.
//
// Thread safety: all methods from any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "storage/handled.h"
#include "storage/seg/epoch.h"

namespace pelikan {

class Handles {
 public:
  explicit Handles(size_t segment_bytes) noexcept : segment_bytes_(segment_bytes) {}
  ~Handles();
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;

  // One more item will hold it. False: it has been let go by all. REQUIRES: in an epoch in which it
  // was found, or the caller holds it
  [[nodiscard]] static bool hold(Handled& handled) noexcept;
  // An item, or its maker, holds it no longer. True: nobody does.
  bool let_go(Handled& handled) noexcept;

  // It takes so many bytes now. True: as_segments() has changed.
  bool charge(Handled& handled, size_t bytes) noexcept;
  [[nodiscard]] size_t charged() const noexcept { return charged_.load(std::memory_order_relaxed); }
  // What all take, in segments. Falls by two at least, or to none, so that it does not go up and
  // down with every change.
  [[nodiscard]] size_t as_segments() const noexcept {
    return segments_.load(std::memory_order_relaxed);
  }

  // Outside an epoch: deletes those let go that nobody can be looking at, for some milliseconds at
  // most; nothing, if another thread is at it. True: as_segments() has changed.
  bool collect(EpochDomain& epochs) noexcept;
  // Something is let go and not deleted yet.
  [[nodiscard]] bool has_gone() const noexcept {
    return waiting_.load(std::memory_order_relaxed) != 0;
  }

 private:
  static constexpr int kStepsAtOnce = 8;

  [[nodiscard]] bool count(int64_t bytes) noexcept;
  void queue_gone(EpochDomain& epochs) noexcept;

  const size_t segment_bytes_;
  std::atomic<size_t> charged_{0};
  std::atomic<size_t> segments_{0};
  std::atomic<Handled*> gone_{nullptr};  // a stack
  std::atomic<size_t> waiting_{0};       // in gone_ and the queue
  std::mutex mutex_;                     // of collect(), guards the queue
  // Those that were taken from gone_, oldest first.
  Handled* first_ = nullptr;
  Handled* last_ = nullptr;
};

}  // namespace pelikan
