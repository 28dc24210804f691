// Handled: an object of a service's that an item holds in place of a value, for values that are
// changed in place (collections). The store owns it: it is deleted when no item holds it any more
// and nobody who found it there can still be looking, in steps, on the maintenance thread. What it
// takes of the memory there is, the service tells the store (HandlingStore in store.h).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace pelikan {

// Thread safety: the store's part is any thread's; the rest as the service says.
class Handled {
 public:
  Handled() = default;
  virtual ~Handled() = default;
  Handled(const Handled&) = delete;
  Handled& operator=(const Handled&) = delete;

  // Frees some of what it holds, for at most about half a millisecond; returns the bytes it still
  // takes, 0: all that is left is the object.
  virtual size_t destroy_some() noexcept = 0;

  // Bytes, as the store was told.
  [[nodiscard]] size_t charged() const noexcept { return charged_.load(std::memory_order_relaxed); }

 private:
  friend class Handles;
  // relaxed: told by who may change the object, read for how much its end would free.
  std::atomic<size_t> charged_{0};
  std::atomic<uint32_t> holders_{1};  // items, and at first its maker
  // Of one that was let go.
  Handled* next_ = nullptr;
  uint64_t epoch_ = 0;
};

}  // namespace pelikan
