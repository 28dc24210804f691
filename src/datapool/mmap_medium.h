// MmapMedium: any file, made durable by msync. On tmpfs that costs nothing and means nothing.
#pragma once

#include "datapool/pool_medium.h"

namespace pelikan {

class MmapMedium final : public PoolMedium {
 public:
  // Throws SetupError.
  MmapMedium(int file, uint64_t bytes);
  MmapMedium(const MmapMedium&) = delete;
  MmapMedium& operator=(const MmapMedium&) = delete;
  ~MmapMedium() override;

  [[nodiscard]] std::span<std::byte> bytes() noexcept override { return bytes_; }
  [[nodiscard]] int persist(uint64_t offset, uint64_t size) noexcept override;
  [[nodiscard]] bool is_pmem() const noexcept override { return false; }
  [[nodiscard]] std::string_view name() const noexcept override { return "msync"; }

 private:
  std::span<std::byte> bytes_;
};

}  // namespace pelikan
