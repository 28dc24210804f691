// AnonymousPool: zeroed memory of this process alone, gone with it.
#pragma once

#include <string_view>

#include "datapool/datapool.h"

namespace pelikan {

class AnonymousPool final : public DataPool {
 public:
  struct Terms {
    bool prefault = true;    // take the memory now, not at the first touch
    bool huge_pages = true;  // transparent ones, if the system gives them
  };

  // Throws SetupError when the memory cannot be had; `name` says whose it is, in its sentence.
  AnonymousPool(std::string_view name, size_t bytes, const Terms& terms);
  AnonymousPool(const AnonymousPool&) = delete;
  AnonymousPool& operator=(const AnonymousPool&) = delete;
  ~AnonymousPool() override;

  [[nodiscard]] std::span<std::byte> bytes() noexcept override { return bytes_; }
  void forget(size_t offset, size_t size) noexcept override;

 private:
  std::byte* mapping_;
  size_t mapped_bytes_;
  std::span<std::byte> bytes_;
};

}  // namespace pelikan
