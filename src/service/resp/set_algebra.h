// What unions, intersections and differences of sets have: of sorted sets with their scores.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "service/resp/set_source.h"

namespace pelikan {

enum class RespSetOperation : uint8_t { kUnion, kIntersection, kDifference };

[[nodiscard]] constexpr double without_sign_of_zero(double score) noexcept {
  return score == 0 ? 0 : score;
}

// How a member's scores become one.
enum class RespAggregate : uint8_t { kSum, kMin, kMax };

// Puts those first whose walk is shortest.
void sort_by_size(RespSources& sources) noexcept;

// A walk in steps over the members of a union (one that is in several sources comes again), an
// intersection, or a difference. Whoever wants a certain order sorts the sources before.
class RespSetWalk {
 public:
  // REQUIRES: the sources, one at least, stay where they are
  RespSetWalk(RespSetOperation operation, const RespSources& sources) noexcept
      : operation_(operation),
        sources_(sources),
        end_(operation == RespSetOperation::kUnion ? sources.size() : 1) {}

  [[nodiscard]] bool is_done() const noexcept { return at_ == end_; }
  // So many members are looked at, and for each of them, so many sources.
  [[nodiscard]] size_t rows() const noexcept;
  [[nodiscard]] size_t sources_per_row() const noexcept {
    return operation_ == RespSetOperation::kUnion ? 1 : sources_.size();
  }

  // Looks at so many members, or some more, of one source; calls visit(source, member's bytes, its
  // score there).
  template <class Visit>
  void step(size_t rows, Visit&& visit) {
    const RespSource& source = sources_[at_];
    cursor_ = source.scan(cursor_, rows, [&](std::string_view member, double score) {
      if (belongs(structure::Element(member))) visit(source, member, score);
    });
    if (cursor_ == 0) ++at_;
  }

 private:
  [[nodiscard]] bool belongs(const structure::Element& member) const noexcept {
    if (operation_ == RespSetOperation::kUnion) return true;
    const bool wanted = operation_ == RespSetOperation::kIntersection;
    for (size_t i = 1; i < sources_.size(); ++i) {
      if (sources_[i].score(member).has_value() != wanted) return false;
    }
    return true;
  }

  const RespSetOperation operation_;
  const std::span<const RespSource> sources_;
  const size_t end_;
  size_t at_ = 0;
  uint64_t cursor_ = 0;
};

// The words behind the keys of SINTERCARD and ZINTERCARD. Not empty: the outcome of a refusal.
[[nodiscard]] std::optional<RespOutcome> read_limit(RespCall& call,
                                                    std::span<const std::string_view> words,
                                                    size_t& limit) noexcept;

// Adds what a walk visits to an empty sorted set.
struct RespScoreJoin {
  RespSetOperation operation;
  RespAggregate aggregate;

  void add(structure::BigSortedSet& result, const RespSources& sources, const RespSource& from,
           std::string_view member, double score) const;
};

}  // namespace pelikan
