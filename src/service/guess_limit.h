// GuessLimit slows down who guesses passwords on one connection: some guesses are free, behind each
// further one the connection is not listened to for a while, and the last one closes it. The worker
// goes on with others meanwhile. Connections that are new begin anew; what they cost is the
// listener's to count and max_connections' to bound.
#pragma once

#include <cstdint>

namespace pelikan {

class GuessLimit {
 public:
  static constexpr unsigned kFree = 3;
  static constexpr unsigned kMost = 10;
  static constexpr int64_t kHoldMs = 1000;

  // What follows from a guess that was wrong.
  enum class Verdict : uint8_t { kFree, kHold, kClose };

  [[nodiscard]] Verdict judge_wrong(int64_t now_ms) noexcept {
    if (++wrong_ >= kMost) return Verdict::kClose;
    if (wrong_ < kFree) return Verdict::kFree;
    held_until_ms_ = now_ms + kHoldMs;
    return Verdict::kHold;
  }
  // Nothing more is listened to for now.
  [[nodiscard]] bool holds(int64_t now_ms) const noexcept { return now_ms < held_until_ms_; }

 private:
  unsigned wrong_ = 0;
  int64_t held_until_ms_ = INT64_MIN;
};

}  // namespace pelikan
