// PoolMedium: a mapped file and the way to make its bytes durable. Kinds differ in what a sync is:
// msync, or cache lines flushed to persistent memory; tests record what a power cut would leave.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace pelikan {

class PoolMedium {
 public:
  virtual ~PoolMedium() = default;  // unmaps; syncs nothing
  // The whole file, aligned to a page at least, the same for the medium's life.
  [[nodiscard]] virtual std::span<std::byte> bytes() noexcept = 0;
  // Makes durable what was written there; returns when it is. 0, or an errno.
  [[nodiscard]] virtual int persist(uint64_t offset, uint64_t size) noexcept = 0;
  // Stores past the cache pay here.
  [[nodiscard]] virtual bool is_pmem() const noexcept = 0;
  // For the log and the statistics: "msync", "pmem".
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
};

// Maps an open file of this size, which stays open; throws SetupError.
using MapMedium = std::function<std::unique_ptr<PoolMedium>(int file, uint64_t bytes)>;

}  // namespace pelikan
