// The options of commands on sorted sets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "service/resp/call.h"
#include "service/resp/collection.h"
#include "service/resp/member_range.h"

namespace pelikan {

// ZADD's, and the pairs behind them.
struct RespAddOptions {
  bool only_new = false;                      // NX
  bool only_existing = false;                 // XX
  bool only_greater = false;                  // GT
  bool only_less = false;                     // LT
  bool counts_changed = false;                // CH
  bool adds = false;                          // INCR
  std::span<const std::string_view> pairs{};  // a score, a member, ...

  // Reads `words`, the scores too, so that none is refused halfway. Not empty: the outcome of a
  // refusal.
  [[nodiscard]] std::optional<RespOutcome> read(RespCall& call,
                                                std::span<const std::string_view> words) noexcept;

  // What is there already matters.
  [[nodiscard]] bool asks_old() const noexcept {
    return only_new || only_existing || only_greater || only_less || adds;
  }
  [[nodiscard]] RespGrowth growth() const noexcept;

 private:
  [[nodiscard]] bool read_word(std::string_view word) noexcept;
};

// What ZRANGE asks for, its elder forms, and ZRANGESTORE.
struct RespRangeOptions {
  using By = RespMemberRange::By;

  // Those that a command's name says; empty: a word may.
  std::optional<By> by{};
  std::optional<structure::Direction> direction{};
  bool may_show_scores = true;

  bool shows_scores = false;
  int64_t offset = 0;  // negative: nothing is shown
  int64_t most = -1;   // negative: all
  RespMemberRange range{};

  // Reads the bounds, args[at] and the one behind, and the words behind them. Not empty: the
  // outcome of a refusal.
  [[nodiscard]] std::optional<RespOutcome> read(RespCall& call, size_t at) noexcept;

  // REQUIRES: read() went well
  template <class SortedSet>
  [[nodiscard]] RespRanks in(const SortedSet& set) const {
    if (offset < 0) return {};
    RespRanks ranks = range.in(set, *direction);
    ranks.limit(static_cast<size_t>(offset), most < 0 ? SIZE_MAX : static_cast<size_t>(most),
                *direction);
    return ranks;
  }

 private:
  [[nodiscard]] std::optional<RespOutcome> read_words(RespCall& call, size_t at) noexcept;
};

}  // namespace pelikan
