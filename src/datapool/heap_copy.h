// HeapCopy: how bytes get into a pool's heap. Persistent memory is written in units of 256 bytes,
// so that small stores through the cache cost it a read and several writes each: there a copy goes
// past the cache, and one fence ends a batch of them. Anywhere else it is memcpy and no fence.
//
// Thread safety: a value, used by any thread for memory it may write.
#pragma once

#include <cstddef>
#include <cstring>

namespace pelikan {

class HeapCopy {
 public:
  // Of ordinary memory.
  constexpr HeapCopy() noexcept = default;
  explicit constexpr HeapCopy(bool is_pmem) noexcept : is_pmem_(is_pmem) {}

  [[nodiscard]] bool is_pmem() const noexcept { return is_pmem_; }

  // What was copied is seen by other threads in order only after drain().
  void copy(void* to, const void* from, size_t size) const noexcept {
    if (is_pmem_) [[unlikely]] {
      stream(to, from, size);
    } else {
      std::memcpy(to, from, size);
    }
  }
  // Before slots that lead to copied bytes are published.
  void drain() const noexcept {
    if (is_pmem_) [[unlikely]]
      fence();
  }

 private:
  static void stream(void* to, const void* from, size_t size) noexcept;
  static void fence() noexcept;

  bool is_pmem_ = false;
};

}  // namespace pelikan
