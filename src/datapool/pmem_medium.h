// PmemMedium: a file on persistent memory, through PMDK's libpmem. Durable is what has left the
// processor's caches; no system call is needed.
#pragma once

#include "datapool/pool_medium.h"

namespace pelikan {

class PmemMedium final : public PoolMedium {
 public:
  // Null when the file is not on persistent memory, or the build has no libpmem. Throws SetupError
  // when it cannot be mapped.
  [[nodiscard]] static std::unique_ptr<PmemMedium> map(int file);
  [[nodiscard]] static bool is_built_in() noexcept;

  PmemMedium(const PmemMedium&) = delete;
  PmemMedium& operator=(const PmemMedium&) = delete;
  ~PmemMedium() override;

  [[nodiscard]] std::span<std::byte> bytes() noexcept override { return bytes_; }
  [[nodiscard]] int persist(uint64_t offset, uint64_t size) noexcept override;
  [[nodiscard]] bool is_pmem() const noexcept override { return true; }
  [[nodiscard]] std::string_view name() const noexcept override { return "pmem"; }

 private:
  explicit PmemMedium(std::span<std::byte> bytes) noexcept : bytes_(bytes) {}

  const std::span<std::byte> bytes_;
};

}  // namespace pelikan
