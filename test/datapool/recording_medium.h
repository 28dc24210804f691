// RecordingMedium: a pool's file as a power cut would leave it. What the process sees lies in
// memory; what has been synced lies beside it. Between the two, every aligned word of 8 bytes that
// was written since the last sync may or may not have reached the file: nothing, all, or any subset
// that a seed chooses survives.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "datapool/pool_medium.h"

namespace pelikan::test {

// Which of the words survive that were not synced: `share` of 256 of them.
struct Survival {
  uint64_t seed = 0;
  unsigned share = 0;
};
inline constexpr Survival kNothing{0, 0};
inline constexpr Survival kEverything{0, 256};

class RecordingMedium final : public PoolMedium {
 public:
  static constexpr uint64_t kPage = 4096;
  static constexpr uint64_t kLine = 64;

  // Called before a sync has any effect: the moment to cut the power.
  using BeforeSync = std::function<void(RecordingMedium&)>;

  // `unit` bytes are synced at a time: pages by msync, lines by persistent memory.
  RecordingMedium(int file, uint64_t bytes, uint64_t unit, BeforeSync before_sync)
      : unit_(unit), before_sync_(std::move(before_sync)), synced_(bytes, '\0'), room_(bytes) {
    const ssize_t got = ::pread(file, synced_.data(), bytes, 0);
    synced_.resize(bytes);
    std::memcpy(room_.bytes(), synced_.data(), static_cast<size_t>(std::max<ssize_t>(got, 0)));
  }

  std::span<std::byte> bytes() noexcept override { return {room_.bytes(), synced_.size()}; }
  int persist(uint64_t offset, uint64_t size) noexcept override {
    if (before_sync_) before_sync_(*this);
    const uint64_t begin = offset / unit_ * unit_;
    const uint64_t end =
        std::min<uint64_t>((offset + size + unit_ - 1) / unit_ * unit_, synced_.size());
    std::memcpy(synced_.data() + begin, room_.bytes() + begin, end - begin);
    return 0;
  }
  bool is_pmem() const noexcept override { return false; }
  std::string_view name() const noexcept override { return "recording"; }

  // The file, if the power went now.
  std::string after_cut(const Survival& survival) const {
    std::string image = synced_;
    std::mt19937_64 random(survival.seed);
    for (size_t at = 0; at < image.size(); at += sizeof(uint64_t)) {
      const size_t size = std::min(sizeof(uint64_t), image.size() - at);
      if (std::memcmp(image.data() + at, room_.bytes() + at, size) == 0) continue;
      if (random() % 256 < survival.share) std::memcpy(image.data() + at, room_.bytes() + at, size);
    }
    return image;
  }

 private:
  // Aligned as a mapping is.
  class Room {
   public:
    explicit Room(uint64_t bytes)
        : bytes_(static_cast<std::byte*>(
              std::aligned_alloc(kPage, (bytes + kPage - 1) / kPage * kPage))) {
      std::memset(bytes_, 0, bytes);
    }
    Room(const Room&) = delete;
    Room& operator=(const Room&) = delete;
    ~Room() { std::free(bytes_); }
    std::byte* bytes() const { return bytes_; }

   private:
    std::byte* const bytes_;
  };

  const uint64_t unit_;
  const BeforeSync before_sync_;
  std::string synced_;
  const Room room_;
};

}  // namespace pelikan::test
