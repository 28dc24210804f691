#include "service/resp/set_algebra.h"

#include <algorithm>
#include <cmath>

#include "protocol/resp/numbers.h"
#include "service/resp/words.h"

namespace pelikan {
namespace {

using structure::Element;

double joined(RespAggregate aggregate, double first, double second) noexcept {
  switch (aggregate) {
    case RespAggregate::kSum:
      break;
    case RespAggregate::kMin:
      return second < first ? second : first;
    case RespAggregate::kMax:
      return second > first ? second : first;
  }
  const double sum = first + second;
  return std::isnan(sum) ? 0 : sum;  // of infinities, as Redis has it
}

double weighted(const RespSource& source, double score) noexcept {
  const double product = source.weight * score;
  return std::isnan(product) ? 0 : without_sign_of_zero(product);
}

}  // namespace

void sort_by_size(RespSources& sources) noexcept {
  std::ranges::sort(sources, {}, [](const RespSource& source) { return source.size(); });
}

size_t RespSetWalk::rows() const noexcept {
  size_t rows = 0;
  for (const RespSource& source : sources_.first(end_)) rows += source.size();
  return rows;
}

std::optional<RespOutcome> read_limit(RespCall& call, std::span<const std::string_view> words,
                                      size_t& limit) noexcept {
  for (; words.size() >= 2 && is_word(words[0], "LIMIT"); words = words.subspan(2)) {
    const auto count = resp::parse_count(words[1]);
    if (!count) return call.reply_error(resp::Error::kLimitNegative);
    limit = *count;
  }
  if (!words.empty()) return call.reply_error(resp::Error::kSyntax);
  return std::nullopt;
}

void RespScoreJoin::add(structure::BigSortedSet& result, const RespSources& sources,
                        const RespSource& from, std::string_view member, double score) const {
  const Element element(member);
  switch (operation) {
    case RespSetOperation::kUnion: {
      const double share = weighted(from, score);
      const auto before = result.score(element);
      result.put(element, before ? joined(aggregate, *before, share) : share);
      break;
    }
    case RespSetOperation::kIntersection: {
      double sum = weighted(from, score);
      for (size_t i = 1; i < sources.size(); ++i) {
        sum = joined(aggregate, sum, sources[i].weight * *sources[i].score(element));
      }
      result.put(element, without_sign_of_zero(sum));
      break;
    }
    case RespSetOperation::kDifference:
      result.put(element, score);
      break;
  }
}

}  // namespace pelikan
