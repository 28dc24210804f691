#include "load/engine/verdict.h"

#include <fmt/format.h>

#include <algorithm>

#include "load/engine/figures.h"

namespace pelikan::load {
namespace {

// Share of the response time that the generator's own lag may make up.
constexpr double kOwnLagShare = 0.1;
// Of a thread's time, spent on the CPU or waiting for it.
constexpr double kBusyShare = 0.95;
// Achieved of due, below which the server did not keep up.
constexpr double kAchievedShare = 0.98;
constexpr double kShownStall = 0.1;  // seconds

double busiest_share(const RunResult& result) {
  double share = 0;
  for (const ThreadUse& use : result.threads) {
    if (use.seconds > 0) share = std::max(share, (use.cpu_s + use.wait_s) / use.seconds);
  }
  return share;
}

// Requests that were due, a second: chance makes them more or fewer than the schedule's rate.
double due_rate(const RunResult& result) {
  const double seconds = std::min(result.planned_s, result.seconds);
  if (result.closed_loop || seconds <= 0) return 0;
  const uint64_t due = result.counts[Count::kSent] + result.counts[Count::kDropped];
  return static_cast<double>(due) / seconds;
}

bool generator_was_bound(const RunResult& result, std::string& why) {
  const auto lag = static_cast<double>(result.own_lag.percentile(0.99));
  const auto response = static_cast<double>(result.latencies.response.percentile(0.99));
  if (!result.closed_loop && lag > kOwnLagShare * response) {
    why = fmt::format("p99 of its own lag is {}, of the response time {}", duration_text(lag),
                      duration_text(response));
    return true;
  }
  const double busy = busiest_share(result);
  if (busy <= kBusyShare) return false;
  why = fmt::format("a thread was busy {} of the time", percent_text(busy));
  return true;
}

}  // namespace

void judge(RunResult& result, std::string_view gone) {
  const auto add = [&result](VerdictKind kind, std::string sentence) {
    result.verdicts.push_back({.kind = kind, .sentence = std::move(sentence)});
  };
  result.verdicts.clear();
  if (!gone.empty()) {
    add(VerdictKind::kServerGone, fmt::format("server {} went away in mid-run", gone));
  }
  std::string why;
  if (generator_was_bound(result, why)) {
    add(VerdictKind::kGeneratorBound, fmt::format("generator was the bottleneck: {}", why));
  }
  if (result.stalled_s >= kShownStall) {
    add(VerdictKind::kServerStalled, fmt::format("server stalled {:.1f} s", result.stalled_s));
  }
  const double due = due_rate(result);
  if (result.rate() < kAchievedShare * due) {
    add(VerdictKind::kServerBound, fmt::format("server kept up with {}/s of {}/s that were due",
                                               count_text(result.rate()), count_text(due)));
  }
  if (result.verdicts.empty()) {
    add(VerdictKind::kSound, result.closed_loop
                                 ? "closed loop: latency is not comparable with open-loop results"
                                 : "the generator kept to its plan");
  }
}

}  // namespace pelikan::load
