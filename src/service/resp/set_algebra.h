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

// Calls visit(member's bytes, score in the first source) for those that are in all sources, as long
// as it returns true.
template <class Visit>
void visit_common(const RespSources& sources, Visit&& visit) {
  sources.front().visit_while([&](std::string_view member, double score) {
    const structure::Element element(member);
    for (size_t i = 1; i < sources.size(); ++i) {
      if (!sources[i].score(element)) return true;
    }
    return visit(member, score);
  });
}

// Calls visit(member's bytes, score) for those of the first source that are in no other.
template <class Visit>
void visit_difference(const RespSources& sources, Visit&& visit) {
  sources.front().visit_while([&](std::string_view member, double score) {
    const structure::Element element(member);
    for (size_t i = 1; i < sources.size(); ++i) {
      if (sources[i].score(element)) return true;
    }
    visit(member, score);
    return true;
  });
}

// How many members are in all sources; a limit of 0 is none. May sort the sources.
[[nodiscard]] size_t count_common(RespSources& sources, size_t limit);
// The words behind the keys of SINTERCARD and ZINTERCARD. Not empty: the outcome of a refusal.
[[nodiscard]] std::optional<RespOutcome> read_limit(RespCall& call,
                                                    std::span<const std::string_view> words,
                                                    size_t& limit) noexcept;

// Adds to an empty set, which takes each member once. May sort the sources.
void put_together(RespSetOperation operation, RespSources& sources, structure::BigSet& result);
void put_together(RespSetOperation operation, RespAggregate aggregate, RespSources& sources,
                  structure::BigSortedSet& result);

}  // namespace pelikan
