// BufferPool: the memory of one worker's connections, in chunks of 64 KiB, bounded.
//
// A connection borrows a chunk while bytes stand in it and gives it back as soon as it is empty; an
// idle one owns none. Chunks are reused last in, first out, so connections that take turns share
// the same few chunks, hot in the CPU's cache. Memory is taken from the system when it is first
// needed and trim() returns what nobody needed for a while, so a steady load allocates nothing.
//
// Thread safety: its worker only.
// Invariants: (1) chunks from the system + charged chunks <= limit; (2) spare chunks are linked at
// spare_.
#pragma once

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "metric/metric.h"

namespace pelikan {

struct BufferMetrics : MetricGroup {
  using MetricGroup::MetricGroup;
  Gauge limit{this, "buffer_limit", "bytes of connection memory that may be used"};
  Gauge in_use{this, "buffer_in_use", "bytes of connection memory that hold something"};
  Gauge allocated{this, "buffer_allocated", "bytes of connection memory taken from the system"};
  Counter allocate{this, "buffer_allocate", "chunks taken from the system"};
  Counter refuse{this, "buffer_refuse", "times the limit left no memory for a connection"};
};

struct Chunk {
  static constexpr size_t kSize = 64 * kKiB;
  static constexpr size_t kHeader = 64;
  static constexpr size_t kSlack =
      64;  // behind the room: may be read, and written by what copies whole vectors
  static constexpr size_t kRoom = kSize - kHeader - kSlack;

  Chunk* next;  // in a chain, or among the spare ones
  char* begin;  // the bytes in use: [begin, end)
  char* end;
  alignas(kHeader) char bytes[kRoom + kSlack];
};
static_assert(sizeof(Chunk) == Chunk::kSize);

class BufferPool {
 public:
  // REQUIRES: bytes >= 4 * Chunk::kSize; metrics outlive the pool
  BufferPool(size_t bytes, BufferMetrics& metrics);
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;
  // REQUIRES: everything was given back
  ~BufferPool();

  // A chunk, its header and bytes undefined; null when the limit is reached.
  [[nodiscard]] Chunk* borrow() noexcept {
    if (spare_ == nullptr) [[unlikely]]
      return allocate();
    Chunk* chunk = spare_;
    spare_ = chunk->next;
    spare_count_ -= 1;
    least_spare_ = std::min(least_spare_, spare_count_);
    metrics_.in_use.add(Chunk::kSize);
    return chunk;
  }
  // As borrow(), but leaves the last chunks to replies: what was read must be answered to make room
  // again.
  [[nodiscard]] Chunk* borrow_for_input() noexcept {
    return available() > kept_for_output_ ? borrow() : refuse();
  }
  void give_back(Chunk* chunk) noexcept {
    chunk->next = spare_;
    spare_ = chunk;
    spare_count_ += 1;
    metrics_.in_use.add(-int64_t{Chunk::kSize});
  }

  // Chunks that can be borrowed now.
  [[nodiscard]] size_t available() const noexcept {
    return limit_ - charged_ - allocated_ + spare_count_;
  }
  // The most that ever can.
  [[nodiscard]] size_t limit() const noexcept { return limit_; }

  // Counts memory from elsewhere (a GatherBuffer's) against the limit, in whole chunks. False:
  // there is not so much.
  [[nodiscard]] bool charge(size_t bytes) noexcept;
  void refund(size_t bytes) noexcept;

  // Returns to the system the spare chunks that were not needed since the last call; for a timer.
  void trim() noexcept;

  // Counts a refusal; returns null.
  Chunk* refuse() noexcept;

  // Scratch for one send: the pieces an Output lists.
  static constexpr size_t kPieces = 64;
  std::array<iovec, kPieces> pieces;

 private:
  static size_t chunks_of(size_t bytes) noexcept {
    return (bytes + Chunk::kSize - 1) / Chunk::kSize;
  }

  [[nodiscard]] Chunk* allocate() noexcept;
  void release_spare() noexcept;
  void show_allocated() noexcept;

  BufferMetrics& metrics_;
  const size_t limit_;  // chunks, as all counts here
  const size_t kept_for_output_;
  size_t allocated_ = 0;
  size_t charged_ = 0;
  Chunk* spare_ = nullptr;
  size_t spare_count_ = 0;
  size_t least_spare_ = 0;  // since the last trim()
};

}  // namespace pelikan
