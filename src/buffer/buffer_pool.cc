#include "buffer/buffer_pool.h"

#include <cstdlib>

#include "base/assertion.h"

namespace pelikan {
namespace {

// Spare chunks that trim() leaves alone: enough for a worker whose connections take turns.
constexpr size_t kAlwaysSpare = 4;
// One chunk in eight is for replies only.
constexpr size_t kOutputShare = 8;

}  // namespace

BufferPool::BufferPool(size_t bytes, BufferMetrics& metrics)
    : metrics_(metrics),
      limit_(bytes / Chunk::kSize),
      kept_for_output_(std::max<size_t>(1, limit_ / kOutputShare)) {
  CHECK(limit_ >= 4);
  metrics_.limit.set(static_cast<int64_t>(limit_ * Chunk::kSize));
}

BufferPool::~BufferPool() {
  CHECK(spare_count_ == allocated_ && charged_ == 0);
  while (spare_ != nullptr) release_spare();
}

Chunk* BufferPool::allocate() noexcept {
  if (allocated_ + charged_ == limit_) return refuse();
  auto* chunk = static_cast<Chunk*>(std::aligned_alloc(alignof(Chunk), sizeof(Chunk)));
  if (chunk == nullptr) return refuse();
  allocated_ += 1;
  least_spare_ = 0;
  metrics_.allocate.add();
  metrics_.in_use.add(Chunk::kSize);
  show_allocated();
  return chunk;
}

Chunk* BufferPool::refuse() noexcept {
  metrics_.refuse.add();
  return nullptr;
}

bool BufferPool::charge(size_t bytes) noexcept {
  const size_t chunks = chunks_of(bytes);
  if (chunks > available()) return refuse() != nullptr;
  while (allocated_ + charged_ + chunks > limit_) release_spare();
  charged_ += chunks;
  metrics_.in_use.add(static_cast<int64_t>(chunks * Chunk::kSize));
  show_allocated();
  return true;
}

void BufferPool::refund(size_t bytes) noexcept {
  const size_t chunks = chunks_of(bytes);
  DCHECK(charged_ >= chunks);
  charged_ -= chunks;
  metrics_.in_use.add(-static_cast<int64_t>(chunks * Chunk::kSize));
  show_allocated();
}

void BufferPool::trim() noexcept {
  for (size_t idle = least_spare_; idle > kAlwaysSpare; --idle) release_spare();
  least_spare_ = spare_count_;
  show_allocated();
}

void BufferPool::release_spare() noexcept {
  Chunk* chunk = spare_;
  spare_ = chunk->next;
  spare_count_ -= 1;
  least_spare_ = std::min(least_spare_, spare_count_);
  allocated_ -= 1;
  std::free(chunk);
}

void BufferPool::show_allocated() noexcept {
  metrics_.allocated.set(static_cast<int64_t>((allocated_ + charged_) * Chunk::kSize));
}

}  // namespace pelikan
