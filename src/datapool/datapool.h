// DataPool: a span of bytes to keep items in. What kinds there are differs in where the bytes live,
// not in how they are used.
#pragma once

#include <cstddef>
#include <span>

namespace pelikan {

class DataPool {
 public:
  virtual ~DataPool() = default;
  // Writable, aligned to a page at least, the same for the pool's life.
  [[nodiscard]] virtual std::span<std::byte> bytes() noexcept = 0;
  // What is in these bytes is not needed any more: the system may have their pages until they are
  // used again, with any content.
  virtual void forget(size_t offset, size_t size) noexcept = 0;
};

}  // namespace pelikan
