// Counts: what became of requests, as a row of numbers.
//
// Thread safety: Counts is a value. CountCells are written by one thread and read by any.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pelikan::load {

enum class Count : uint8_t {
  kSent,          // requests composed and handed to a connection
  kDone,          // answered, with an error or without
  kHits,          // keys that were there, of commands that need them to be
  kMisses,        // keys that were not
  kStored,        // values taken
  kNotStored,     // values refused because of the state of the key (add, replace, cas)
  kServerErrors,  // answered SERVER_ERROR
  kClientErrors,  // answered ERROR or CLIENT_ERROR
  kBroken,        // answered by what is no reply to the request
  kLost,          // the connection ended before the answer
  kTimeouts,      // no answer within request_timeout; one that comes later is done as well
  kCorrupt,       // values that are not what was stored, or outlived their TTL
  kDropped,       // planned, but all windows were full (rate_on_full: drop)
};
inline constexpr size_t kCounts = static_cast<size_t>(Count::kDropped) + 1;

// As in reports: "sent", "server_errors".
[[nodiscard]] constexpr std::string_view count_name(Count count) noexcept {
  constexpr std::array<std::string_view, kCounts> kNames = {
      "sent",          "done",   "hits", "misses",   "stored",  "not_stored", "server_errors",
      "client_errors", "broken", "lost", "timeouts", "corrupt", "dropped"};
  return kNames[static_cast<size_t>(count)];
}

// Those that mean something went wrong; drops are the plan's affair.
inline constexpr std::array kErrorCounts = {Count::kServerErrors, Count::kClientErrors,
                                            Count::kBroken,       Count::kLost,
                                            Count::kTimeouts,     Count::kCorrupt};

struct Counts {
  std::array<uint64_t, kCounts> cells{};

  [[nodiscard]] uint64_t operator[](Count count) const noexcept {
    return cells[static_cast<size_t>(count)];
  }
  [[nodiscard]] uint64_t& operator[](Count count) noexcept {
    return cells[static_cast<size_t>(count)];
  }
  void add(const Counts& other) noexcept {
    for (size_t i = 0; i < kCounts; ++i) cells[i] += other.cells[i];
  }
  void subtract(const Counts& earlier) noexcept {
    for (size_t i = 0; i < kCounts; ++i) cells[i] -= earlier.cells[i];
  }
  [[nodiscard]] uint64_t errors() const noexcept {
    uint64_t sum = 0;
    for (const Count count : kErrorCounts) sum += (*this)[count];
    return sum;
  }
  // Of the keys asked for; 0 when none was.
  [[nodiscard]] double hit_ratio() const noexcept {
    const uint64_t asked = (*this)[Count::kHits] + (*this)[Count::kMisses];
    return asked == 0 ? 0 : static_cast<double>((*this)[Count::kHits]) / static_cast<double>(asked);
  }
};

class CountCells {
 public:
  void add(Count count, uint64_t n = 1) noexcept {
    std::atomic<uint64_t>& cell = cells_[static_cast<size_t>(count)];
    // relaxed, and no read-modify-write: the owner alone writes, readers want a recent number.
    cell.store(cell.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  void add_to(Counts& counts) const noexcept {
    for (size_t i = 0; i < kCounts; ++i) {
      counts.cells[i] += cells_[i].load(std::memory_order_relaxed);
    }
  }

 private:
  std::array<std::atomic<uint64_t>, kCounts> cells_{};
};

}  // namespace pelikan::load
