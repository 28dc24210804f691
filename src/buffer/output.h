// Output: a connection's replies, in order, in chunks borrowed from the worker's pool and given
// back from the head as they are sent.
//
// Thread safety: its worker only.
// Invariants: (1) chunks [head_, tail_] hold the unsent bytes, the tail's end at cursor_; (2)
// unsealed bytes are those of the tail, sealed_ counts the others; (3) without a chunk all pointers
// are null.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "base/assertion.h"
#include "buffer/buffer_pool.h"

namespace pelikan {

// Bytes behind a reserve() that may be overwritten: lets a composer copy in whole vectors.
inline constexpr size_t kWriteSlack = Chunk::kSlack;

class Output {
 public:
  // Unsent bytes above which no further request is begun; receiving goes on at half of it.
  static constexpr size_t kHighWatermark = 256 * 1024;
  // Room that has_room() guarantees to the next reserve() calls of one reply.
  static constexpr size_t kReplyReserve = 2048;

  explicit Output(BufferPool& pool) noexcept : pool_(pool) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() { clear(); }

  // Below the high watermark, and kReplyReserve bytes can be had from the pool.
  [[nodiscard]] bool has_room() const noexcept {
    if (cursor_ < stop_) [[likely]]
      return true;
    return may_extend();
  }
  // The pool can give n bytes more; asked before a reply that may be large is begun.
  [[nodiscard]] bool can_take(size_t n) const noexcept {
    if (n <= tail_room()) [[likely]]
      return true;
    return may_extend_by(n);
  }
  // n <= kReplyReserve contiguous bytes, plus kWriteSlack. commit() says where the writing ended.
  // REQUIRES: has_room() or can_take(n) said so
  [[nodiscard]] char* reserve(size_t n) noexcept {
    DCHECK(n <= kReplyReserve);
    if (n > tail_room()) [[unlikely]]
      extend();
    return cursor_;
  }
  void commit(char* end) noexcept {
    DCHECK(cursor_ <= end && end <= limit_);
    cursor_ = end;
  }
  // Copies; may span chunks. REQUIRES: as reserve()
  void append(std::string_view bytes) noexcept {
    if (bytes.size() > tail_room()) [[unlikely]]
      return append_across(bytes);
    if (bytes.empty()) return;  // cursor_ may be null
    std::memcpy(cursor_, bytes.data(), bytes.size());
    cursor_ += bytes.size();
  }

  [[nodiscard]] size_t size() const noexcept {  // unsent bytes
    return tail_ == nullptr ? 0 : sealed_ + static_cast<size_t>(cursor_ - tail_->begin);
  }
  // The unsent bytes, at most 64 pieces; valid until the next call of a non-const method of any
  // output of this pool. When there are none, the chunk goes back to the pool.
  [[nodiscard]] std::span<const iovec> pending() noexcept;
  // The first n unsent bytes were sent; chunks that become empty go back to the pool.
  void drop(size_t n) noexcept;
  // Forgets what was written behind the first n unsent bytes, as long as none of it is being sent.
  // REQUIRES: n <= size()
  void cut(size_t n) noexcept;
  void clear() noexcept;

  // Why has_room() or can_take() last said no. The session looks after process(): no refusal means
  // that nothing is left to do but to wait for more requests.
  enum class Refusal : uint8_t { kNone, kFull, kNoMemory };
  [[nodiscard]] Refusal take_refusal() noexcept {
    const Refusal refusal = refusal_;
    refusal_ = Refusal::kNone;
    return refusal;
  }

  // For what a conversation holds beside its replies (GatherBuffer).
  [[nodiscard]] BufferPool& pool() noexcept { return pool_; }

 private:
  [[nodiscard]] size_t tail_room() const noexcept { return static_cast<size_t>(limit_ - cursor_); }
  [[nodiscard]] bool may_extend() const noexcept;
  [[nodiscard]] bool may_extend_by(size_t n) const noexcept;
  void extend() noexcept;
  void append_across(std::string_view bytes) noexcept;
  void give_back_head() noexcept;
  void place_stop() noexcept;

  char* cursor_ = nullptr;  // where the next byte goes
  char* stop_ = nullptr;    // has_room() without further questions while cursor_ is before it
  char* limit_ = nullptr;   // end of the tail's room
  Chunk* tail_ = nullptr;
  Chunk* head_ = nullptr;
  size_t sealed_ = 0;  // unsent bytes before the tail
  uint32_t chunks_ = 0;
  mutable Refusal refusal_ = Refusal::kNone;
  BufferPool& pool_;
};

}  // namespace pelikan
