#include "load/engine/search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "load/engine/figures.h"
#include "load/engine/live_line.h"

namespace pelikan::load {
namespace {

constexpr double kPrecision = 1.03;

bool is_trustworthy(const RunResult& result) {
  return std::ranges::none_of(result.verdicts, [](const RunVerdict& verdict) {
    return verdict.kind != VerdictKind::kSound && verdict.kind != VerdictKind::kServerStalled;
  });
}

}  // namespace

std::optional<Search> Search::from_options(const LoadOptions& options) {
  if (options.search.get().empty()) return std::nullopt;
  Search search;
  search.gates_ = Gate::parse_list(options.search.name(), options.search.get());
  const Setting rate(options.rate);
  const std::vector<std::string_view> ends = split(rate.text, ':');
  constexpr std::string_view kAllowed = "with search, FROM:TO, like 10k:2M";
  if (ends.size() != 2) rate.refuse("no range", kAllowed);
  const auto least = parse_count(ends[0]);
  const auto most = parse_count(ends[1]);
  if (!least || !most || *least <= 0 || *most < *least) rate.refuse("no range", kAllowed);
  search.least_ = *least;
  search.most_ = *most;
  return search;
}

Search::Trial Search::attempt(Runner& runner, LiveLine& live, double rate) const {
  Trial trial{.rate = rate, .is_met = true, .result = runner.run(rate)};
  live.end();
  std::string text;
  for (const Gate& gate : gates_) {
    const AssertionResult check = gate.check(trial.result);
    trial.is_met = trial.is_met && check.is_met;
    text += fmt::format(", {}: {}", check.text, check.actual);
  }
  if (!is_trustworthy(trial.result)) {
    trial.is_met = false;
    text += ", " + trial.result.verdicts.front().sentence;
  }
  live.note(
      fmt::format("search: {}/s {}{}", count_text(rate), trial.is_met ? "met" : "not met", text));
  return trial;
}

Search::Trial Search::try_rate(Runner& runner, LiveLine& live, double rate) const {
  Trial trial = attempt(runner, live, rate);
  if (trial.is_met || runner.is_interrupted()) return trial;
  return attempt(runner, live, rate);
}

RunResult Search::run(Runner& runner, LiveLine& live) const {
  Trial best = try_rate(runner, live, least_);
  double failed = 0;  // the lowest rate that did; 0: none yet
  if (!best.is_met) failed = best.rate;
  while (best.is_met && !runner.is_interrupted() && best.rate < most_) {
    if (failed != 0 && failed / best.rate < kPrecision) break;
    const double next =
        failed == 0 ? std::min(2 * best.rate, most_) : std::sqrt(best.rate * failed);
    Trial trial = try_rate(runner, live, next);
    if (trial.is_met) {
      best = std::move(trial);
    } else {
      failed = trial.rate;
    }
  }
  live.note(best.is_met ? fmt::format("search: the highest rate is {}/s", count_text(best.rate))
                        : std::string("search: not even the lowest rate meets the conditions"));
  return std::move(best.result);
}

}  // namespace pelikan::load
