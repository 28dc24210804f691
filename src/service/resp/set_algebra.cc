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

void unite(RespAggregate aggregate, const RespSources& sources, structure::BigSortedSet& result) {
  for (const RespSource& source : sources) {
    source.visit_while([&](std::string_view member, double score) {
      const Element element(member);
      const double share = weighted(source, score);
      const auto before = result.score(element);
      result.put(element, before ? joined(aggregate, *before, share) : share);
      return true;
    });
  }
}

void intersect(RespAggregate aggregate, const RespSources& sources,
               structure::BigSortedSet& result) {
  visit_common(sources, [&](std::string_view member, double first) {
    const Element element(member);
    double score = weighted(sources.front(), first);
    for (size_t i = 1; i < sources.size(); ++i) {
      score = joined(aggregate, score, sources[i].weight * *sources[i].score(element));
    }
    result.put(element, without_sign_of_zero(score));
    return true;
  });
}

}  // namespace

void sort_by_size(RespSources& sources) noexcept {
  std::ranges::sort(sources, {}, [](const RespSource& source) { return source.size(); });
}

size_t count_common(RespSources& sources, size_t limit) {
  sort_by_size(sources);
  size_t count = 0;
  visit_common(sources,
               [&](std::string_view /*member*/, double /*score*/) { return ++count != limit; });
  return count;
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

void put_together(RespSetOperation operation, RespSources& sources, structure::BigSet& result) {
  const auto add = [&](std::string_view member, double /*score*/) {
    (void)result.add(Element(member));
    return true;
  };
  switch (operation) {
    case RespSetOperation::kUnion:
      for (const RespSource& source : sources) source.visit_while(add);
      break;
    case RespSetOperation::kIntersection:
      sort_by_size(sources);
      visit_common(sources, add);
      break;
    case RespSetOperation::kDifference:
      visit_difference(sources, add);
      break;
  }
}

void put_together(RespSetOperation operation, RespAggregate aggregate, RespSources& sources,
                  structure::BigSortedSet& result) {
  if (operation != RespSetOperation::kDifference) sort_by_size(sources);
  switch (operation) {
    case RespSetOperation::kUnion:
      unite(aggregate, sources, result);
      break;
    case RespSetOperation::kIntersection:
      intersect(aggregate, sources, result);
      break;
    case RespSetOperation::kDifference:
      visit_difference(sources, [&](std::string_view member, double score) {
        result.put(Element(member), score);
      });
      break;
  }
}

}  // namespace pelikan
