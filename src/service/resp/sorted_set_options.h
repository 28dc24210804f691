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
#include "service/resp/set_algebra.h"
#include "structure/score.h"

namespace pelikan {

// A score, as structure/score.h reads it; a zero has no sign, as in small sorted sets of Redis.
[[nodiscard]] inline std::optional<double> read_score(std::string_view text) noexcept {
  const auto score = structure::parse_score(text);
  return score ? std::optional<double>(without_sign_of_zero(*score)) : std::nullopt;
}

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

// Those of ZUNION, ZINTER, ZDIFF and what stores them.
struct RespCombineOptions {
  bool may_weigh = true;
  bool may_show_scores = true;

  RespAggregate aggregate = RespAggregate::kSum;
  bool shows_scores = false;

  // Reads the words behind the keys; weights go to the sources. Not empty: the outcome of a
  // refusal.
  [[nodiscard]] std::optional<RespOutcome> read(RespCall& call,
                                                std::span<const std::string_view> words,
                                                RespSources& sources) noexcept;
};

// The keys behind args[at], which says how many there are. Not empty: the outcome of a refusal.
[[nodiscard]] std::optional<RespOutcome> read_source_keys(
    RespCall& call, size_t at, std::span<const std::string_view>& keys) noexcept;

}  // namespace pelikan
