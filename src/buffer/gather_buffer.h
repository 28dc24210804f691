// GatherBuffer: contiguous memory for one value that comes in several reads and does not fit a
// chunk. It counts against the worker's pool as announced; its pages are touched only as bytes
// arrive.
//
// Thread safety: its worker only.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "buffer/buffer_pool.h"

namespace pelikan {

class GatherBuffer {
 public:
  // Room for `size` bytes. Empty: the pool cannot give so much now. REQUIRES: the pool outlives the
  // buffer
  [[nodiscard]] static std::optional<GatherBuffer> borrow(BufferPool& pool, size_t size) noexcept;
  GatherBuffer(GatherBuffer&& other) noexcept;
  GatherBuffer& operator=(GatherBuffer&&) = delete;
  ~GatherBuffer();

  // Where the coming bytes go; empty when all are there. What was written there is told by
  // advance().
  [[nodiscard]] std::span<char> next() noexcept {
    return {bytes_.get() + filled_, size_ - filled_};
  }
  void advance(size_t n) noexcept;
  // Copies as many bytes as are missing, at most all; returns how many.
  size_t append(std::string_view bytes) noexcept;
  [[nodiscard]] std::string_view bytes() const noexcept { return {bytes_.get(), filled_}; }

 private:
  GatherBuffer(BufferPool& pool, std::unique_ptr<char[]> bytes, size_t size) noexcept;

  BufferPool& pool_;
  std::unique_ptr<char[]> bytes_;
  size_t size_;
  size_t filled_ = 0;
};

}  // namespace pelikan
