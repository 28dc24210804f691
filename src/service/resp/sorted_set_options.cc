#include "service/resp/sorted_set_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "protocol/resp/numbers.h"
#include "service/resp/words.h"
#include "structure/score.h"

namespace pelikan {

using structure::Direction;

namespace {

bool read_aggregate(std::string_view word, RespAggregate& aggregate) noexcept {
  if (is_word(word, "SUM")) aggregate = RespAggregate::kSum;
  if (is_word(word, "MIN")) aggregate = RespAggregate::kMin;
  if (is_word(word, "MAX")) aggregate = RespAggregate::kMax;
  return is_word(word, "SUM") || is_word(word, "MIN") || is_word(word, "MAX");
}

}  // namespace

bool RespAddOptions::read_word(std::string_view word) noexcept {
  bool* option = nullptr;
  if (is_word(word, "NX")) option = &only_new;
  if (is_word(word, "XX")) option = &only_existing;
  if (is_word(word, "GT")) option = &only_greater;
  if (is_word(word, "LT")) option = &only_less;
  if (is_word(word, "CH")) option = &counts_changed;
  if (is_word(word, "INCR")) option = &adds;
  if (option != nullptr) *option = true;
  return option != nullptr;
}

std::optional<RespOutcome> RespAddOptions::read(RespCall& call,
                                                std::span<const std::string_view> words) noexcept {
  while (!words.empty() && read_word(words[0])) words = words.subspan(1);
  if (words.empty() || words.size() % 2 != 0) return call.reply_error(resp::Error::kSyntax);
  if (only_new && only_existing) return call.reply_error(resp::Error::kNxWithXx);
  if (only_greater + only_less + only_new > 1) return call.reply_error(resp::Error::kGtLtOrNx);
  if (adds && words.size() > 2) return call.reply_error(resp::Error::kOneIncrement);
  for (size_t at = 0; at < words.size(); at += 2) {
    if (!read_score(words[at])) return call.reply_error(resp::Error::kNotFloat);
  }
  pairs = words;
  return std::nullopt;
}

RespGrowth RespAddOptions::growth() const noexcept {
  RespGrowth growth{.rows = pairs.size() / 2};
  for (size_t at = 1; at < pairs.size(); at += 2) {
    growth.bytes += pairs[at].size() + sizeof(double);
    growth.longest = std::max(growth.longest, pairs[at].size());
  }
  return growth;
}

std::optional<RespOutcome> RespRangeOptions::read_words(RespCall& call, size_t at) noexcept {
  for (; at < call.args.size(); ++at) {
    const std::string_view word = call.args[at];
    if (may_show_scores && is_word(word, "WITHSCORES")) {
      shows_scores = true;
    } else if (is_word(word, "LIMIT") && at + 2 < call.args.size()) {
      const auto from = resp::parse_integer(call.args[++at]);
      const auto count = resp::parse_integer(call.args[++at]);
      if (!from || !count) return call.reply_error(resp::Error::kNotInteger);
      offset = *from;
      most = *count;
    } else if (!direction && is_word(word, "REV")) {
      direction = Direction::kBackward;
    } else if (!by && is_word(word, "BYSCORE")) {
      by = By::kScore;
    } else if (!by && is_word(word, "BYLEX")) {
      by = By::kBytes;
    } else {
      return call.reply_error(resp::Error::kSyntax);
    }
  }
  return std::nullopt;
}

std::optional<RespOutcome> RespRangeOptions::read(RespCall& call, size_t at) noexcept {
  if (const auto refusal = read_words(call, at + 2)) return refusal;
  if (!by) by = By::kRank;
  if (!direction) direction = Direction::kForward;
  if (most != -1 && by == By::kRank) return call.reply_error(resp::Error::kLimitByRank);
  if (shows_scores && by == By::kBytes) return call.reply_error(resp::Error::kScoresByBytes);
  if (by == By::kRank) offset = 0;  // it came with no limit
  const bool is_from_above = direction == Direction::kBackward && by != By::kRank;
  const std::string_view min = call.args[is_from_above ? at + 1 : at];
  const std::string_view max = call.args[is_from_above ? at : at + 1];
  return range.read(call, *by, min, max);
}

std::optional<RespOutcome> RespCombineOptions::read(RespCall& call,
                                                    std::span<const std::string_view> words,
                                                    RespSources& sources) noexcept {
  while (!words.empty()) {
    if (may_weigh && words.size() > sources.size() && is_word(words[0], "WEIGHTS")) {
      for (size_t i = 0; i < sources.size(); ++i) {
        const auto weight = structure::parse_score(words[1 + i]);
        if (!weight) return call.reply_error(resp::Error::kNotWeight);
        sources[i].weight = *weight;
      }
      words = words.subspan(1 + sources.size());
    } else if (may_weigh && words.size() >= 2 && is_word(words[0], "AGGREGATE")) {
      if (!read_aggregate(words[1], aggregate)) return call.reply_error(resp::Error::kSyntax);
      words = words.subspan(2);
    } else if (may_show_scores && is_word(words[0], "WITHSCORES")) {
      shows_scores = true;
      words = words.subspan(1);
    } else {
      return call.reply_error(resp::Error::kSyntax);
    }
  }
  return std::nullopt;
}

std::optional<RespOutcome> read_source_keys(RespCall& call, size_t at,
                                            std::span<const std::string_view>& keys) noexcept {
  const auto count = resp::parse_integer(call.args[at]);
  if (!count) return call.reply_error(resp::Error::kNotInteger);
  if (*count < 1) {
    constexpr size_t kMostText = 80;
    char text[kMostText];
    const char* const end =
        fmt::format_to_n(text, kMostText, "ERR at least 1 input key is needed for '{}' command",
                         call.spec->fullname)
            .out;
    return call.reply_error(std::string_view(text, static_cast<size_t>(end - text)));
  }
  const auto behind = call.args.subspan(at + 1);
  if (static_cast<uint64_t>(*count) > behind.size()) return call.reply_error(resp::Error::kSyntax);
  keys = behind.first(static_cast<size_t>(*count));
  return std::nullopt;
}

}  // namespace pelikan
