#include "buffer/gather_buffer.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "base/assertion.h"

namespace pelikan {

std::optional<GatherBuffer> GatherBuffer::borrow(BufferPool& pool, size_t size) noexcept {
  if (!pool.charge(size)) return std::nullopt;
  std::unique_ptr<char[]> bytes(new (std::nothrow) char[size]);
  if (bytes == nullptr) {
    pool.refund(size);
    return std::nullopt;
  }
  return GatherBuffer(pool, std::move(bytes), size);
}

GatherBuffer::GatherBuffer(BufferPool& pool, std::unique_ptr<char[]> bytes, size_t size) noexcept
    : pool_(pool), bytes_(std::move(bytes)), size_(size) {}

GatherBuffer::GatherBuffer(GatherBuffer&& other) noexcept
    : pool_(other.pool_),
      bytes_(std::move(other.bytes_)),
      size_(other.size_),
      filled_(other.filled_) {}

GatherBuffer::~GatherBuffer() {
  if (bytes_ != nullptr) pool_.refund(size_);
}

void GatherBuffer::advance(size_t n) noexcept {
  DCHECK(n <= size_ - filled_);
  filled_ += n;
}

size_t GatherBuffer::append(std::string_view bytes) noexcept {
  const size_t part = std::min(bytes.size(), size_ - filled_);
  std::memcpy(bytes_.get() + filled_, bytes.data(), part);
  filled_ += part;
  return part;
}

}  // namespace pelikan
