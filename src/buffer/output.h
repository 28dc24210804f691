// Output: a connection's replies, in order, in chunks borrowed from the worker's pool and freed from the
// head as they are sent.
//
// Thread safety: its worker only.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace pelikan {

class BufferPool;

// Bytes behind a reserve() that may be overwritten: lets a composer copy in whole vectors.
inline constexpr size_t kWriteSlack = 64;

class Output {
 public:
  // Unsent bytes above which no further request is begun; receiving goes on at half of it.
  static constexpr size_t kHighWatermark = 256 * 1024;
  // Room that has_room() guarantees to the next reserve() calls of one reply.
  static constexpr size_t kReplyReserve = 2048;

  explicit Output(BufferPool& pool) noexcept;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output();

  // Below the high watermark, and kReplyReserve bytes can be had from the pool.
  [[nodiscard]] bool has_room() const noexcept;
  // The pool can give n bytes more; asked before a reply that may be large is begun.
  [[nodiscard]] bool can_take(size_t n) const noexcept;
  // n <= kReplyReserve contiguous bytes, plus kWriteSlack. commit() says where the writing ended.
  // REQUIRES: has_room() or can_take(n) said so
  [[nodiscard]] char* reserve(size_t n) noexcept;
  void commit(char* end) noexcept;
  // Copies; may span chunks. REQUIRES: as reserve()
  void append(std::string_view bytes) noexcept;

  [[nodiscard]] size_t size() const noexcept;  // unsent bytes
  // The unsent bytes, at most 64 pieces; valid until the next call of a non-const method.
  [[nodiscard]] std::span<const iovec> pending() noexcept;
  // The first n unsent bytes were sent; chunks that become empty go back to the pool.
  void drop(size_t n) noexcept;

 private:
  // Left to the implementation.
};

}  // namespace pelikan
