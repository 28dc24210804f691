// RespKeyLocks: who changes a collection, or reads a large one, holds the lock of its key, so that
// commands on it are done in one step whatever its form. Many keys share a lock.
//
// A lock is held for the part of a command that runs in one go, or until a long command is done
// that lets others have their turn (errand.h). So who finds it taken tries a moment, then lets
// others have theirs. Commands on strings do without.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "base/hash.h"

namespace pelikan {

// All workers'. Thread safety: all methods from any thread.
class RespKeyLocks {
 public:
  static constexpr size_t kCount = 4096;
  static constexpr size_t kMostKeys = 64;  // of a command that are held at once

  // Held as long as this lives. Those of several keys are taken in one order by everybody, and once
  // where keys share one.
  class Hold {
   public:
    Hold(RespKeyLocks& locks, std::string_view key) noexcept : locks_(&locks) {
      count_ = locks.try_take(places_[0] = locks.place_of(key)) ? 1 : 0;
      is_held_ = count_ == 1;
    }
    // Of `size` keys, of which key(i) is one. REQUIRES: size <= kMostKeys
    template <class KeyAt>
    Hold(RespKeyLocks& locks, size_t size, KeyAt&& key) noexcept : locks_(&locks) {
      for (size_t i = 0; i < size; ++i) places_[i] = locks.place_of(key(i));
      take_all(size);
    }
    Hold(Hold&& other) noexcept
        : locks_(other.locks_),
          places_(other.places_),
          count_(std::exchange(other.count_, 0)),
          is_held_(std::exchange(other.is_held_, false)) {}
    Hold& operator=(Hold&&) = delete;
    ~Hold() { give_back(); }

    // False: somebody else has one of them, and none is held. Return RespOutcome::kNextRound.
    [[nodiscard]] explicit operator bool() const noexcept { return is_held_; }
    void give_back() noexcept {
      while (count_ > 0) locks_->give_back(places_[--count_]);
      is_held_ = false;
    }

   private:
    void take_all(size_t size) noexcept;

    RespKeyLocks* locks_;
    std::array<uint16_t, kMostKeys> places_;
    size_t count_ = 0;
    bool is_held_ = false;
  };

 private:
  static constexpr int kTries = 100;

  [[nodiscard]] uint16_t place_of(std::string_view key) const noexcept {
    return static_cast<uint16_t>(hash_(key) % kCount);
  }
  [[nodiscard]] bool try_take(size_t place) noexcept {
    std::atomic<bool>& taken = taken_[place];
    for (int i = 0; i < kTries; ++i) {
      // acquire pairs with give_back(): what the last holder did is seen.
      if (!taken.load(std::memory_order_relaxed) &&
          !taken.exchange(true, std::memory_order_acquire))
        return true;
    }
    return false;
  }
  void give_back(size_t place) noexcept { taken_[place].store(false, std::memory_order_release); }

  const KeyedHash hash_{random_seed()};
  std::array<std::atomic<bool>, kCount> taken_{};
};

}  // namespace pelikan
