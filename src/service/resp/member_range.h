// Which members of a sorted set a command is about: by their ranks, by their scores, or by their
// bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "service/resp/call.h"
#include "service/resp/row_walk.h"
#include "structure/packed_sorted_set.h"

namespace pelikan {

// Members that stand together, `first` being the rank of the lowest.
struct RespRanks {
  size_t first = 0;
  size_t count = 0;

  // The rank of the one that comes first in this direction. REQUIRES: count > 0
  [[nodiscard]] size_t begin(structure::Direction direction) const noexcept {
    return direction == structure::Direction::kForward ? first : first + count - 1;
  }
  [[nodiscard]] RespRowWalk walk(structure::Direction direction) const noexcept {
    return {count == 0 ? 0 : begin(direction), count, direction};
  }
  // Leaves `offset` of them out, from where one begins in this direction, and has no more than
  // `most` of the others.
  void limit(size_t offset, size_t most, structure::Direction direction) noexcept;
};

class RespMemberRange {
 public:
  enum class By : uint8_t { kRank, kScore, kBytes };

  // "0" and "-1"; "(1.5" and "+inf"; "[a" and "+". Not empty: the outcome of a refusal.
  [[nodiscard]] std::optional<RespOutcome> read(RespCall& call, By by, std::string_view min,
                                                std::string_view max) noexcept;

  // Ranks are counted in this direction: the highest member has rank 0 if it is backwards.
  template <class SortedSet>
  [[nodiscard]] RespRanks in(const SortedSet& set, structure::Direction direction) const {
    if (by_ == By::kRank) return ranks_of(set.size(), direction);
    const size_t first =
        set.count_before([&](const structure::Scored& member) { return is_below(member); });
    const size_t end =
        set.count_before([&](const structure::Scored& member) { return !is_above(member); });
    return {.first = first, .count = end > first ? end - first : 0};
  }

 private:
  // One end of a range by score or by bytes.
  struct Bound {
    enum class Place : uint8_t { kBelowAll, kAt, kAboveAll };

    Place place = Place::kAt;
    bool is_in = true;  // the member that is just there
    double score = 0;
    std::string_view bytes{};
  };

  [[nodiscard]] static std::optional<Bound> read_score(std::string_view text) noexcept;
  [[nodiscard]] static std::optional<Bound> read_bytes(std::string_view text) noexcept;
  // Where the member stands: less than 0, before the bound.
  [[nodiscard]] int compare(const structure::Scored& member, const Bound& bound) const noexcept;
  [[nodiscard]] bool is_below(const structure::Scored& member) const noexcept {
    const int order = compare(member, min_);
    return order < 0 || (order == 0 && !min_.is_in);
  }
  [[nodiscard]] bool is_above(const structure::Scored& member) const noexcept {
    const int order = compare(member, max_);
    return order > 0 || (order == 0 && !max_.is_in);
  }
  [[nodiscard]] RespRanks ranks_of(size_t size, structure::Direction direction) const noexcept;

  By by_ = By::kRank;
  int64_t first_ = 0;  // ranks; negative ones count from the end
  int64_t last_ = 0;
  Bound min_;
  Bound max_;
};

}  // namespace pelikan
