#include "service/resp/member_range.h"

#include <algorithm>

#include "protocol/resp/numbers.h"
#include "structure/score.h"

namespace pelikan {

using structure::Direction;

void RespRanks::limit(size_t offset, size_t most, Direction direction) noexcept {
  const size_t left_out = std::min(offset, count);
  const size_t rest = count - left_out;
  count = std::min(rest, most);
  first += direction == Direction::kForward ? left_out : rest - count;
}

std::optional<RespMemberRange::Bound> RespMemberRange::read_score(std::string_view text) noexcept {
  const bool is_in = text.empty() || text[0] != '(';
  if (!is_in) text.remove_prefix(1);
  if (text.empty()) return Bound{.is_in = is_in};  // as Redis reads it
  const auto score = structure::parse_score(text);
  if (!score) return std::nullopt;
  return Bound{.is_in = is_in, .score = *score};
}

std::optional<RespMemberRange::Bound> RespMemberRange::read_bytes(std::string_view text) noexcept {
  if (text == "-") return Bound{.place = Bound::Place::kBelowAll};
  if (text == "+") return Bound{.place = Bound::Place::kAboveAll};
  if (text.empty() || (text[0] != '[' && text[0] != '(')) return std::nullopt;
  return Bound{.is_in = text[0] == '[', .bytes = text.substr(1)};
}

std::optional<RespOutcome> RespMemberRange::read(RespCall& call, By by, std::string_view min,
                                                 std::string_view max) noexcept {
  by_ = by;
  if (by == By::kRank) {
    const auto first = resp::parse_integer(min);
    const auto last = resp::parse_integer(max);
    if (!first || !last) return call.reply_error(resp::Error::kNotInteger);
    first_ = *first;
    last_ = *last;
    return std::nullopt;
  }
  const auto from = by == By::kScore ? read_score(min) : read_bytes(min);
  const auto to = by == By::kScore ? read_score(max) : read_bytes(max);
  if (!from || !to) {
    return call.reply_error(by == By::kScore ? resp::Error::kScoreRange : resp::Error::kBytesRange);
  }
  min_ = *from;
  max_ = *to;
  return std::nullopt;
}

int RespMemberRange::compare(const structure::Scored& member, const Bound& bound) const noexcept {
  if (by_ == By::kScore) {
    if (member.score == bound.score) return 0;
    return member.score < bound.score ? -1 : 1;
  }
  switch (bound.place) {
    case Bound::Place::kBelowAll:
      return 1;
    case Bound::Place::kAboveAll:
      return -1;
    case Bound::Place::kAt:
      break;
  }
  return member.member.text().view().compare(bound.bytes);
}

RespRanks RespMemberRange::ranks_of(size_t size, Direction direction) const noexcept {
  const auto count = static_cast<int64_t>(size);
  const int64_t first = first_ < 0 ? std::max<int64_t>(first_ + count, 0) : first_;
  const int64_t last = std::min(last_ < 0 ? last_ + count : last_, count - 1);
  if (first > last) return {};
  const auto length = static_cast<size_t>(last - first) + 1;
  if (direction == Direction::kForward) return {static_cast<size_t>(first), length};
  return {size - 1 - static_cast<size_t>(last), length};
}

}  // namespace pelikan
