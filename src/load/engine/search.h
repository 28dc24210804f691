// Search: the highest rate at which a server meets conditions, `--search 'p99.9<1ms' --rate
// 10k:2M`.
//
// Rates are tried by doubling from the lower end until one fails, then by halving the distance (in
// proportions), until it is below 3 %. A rate is met when the conditions hold, the server kept up,
// and the generator was not the bottleneck. One that is missed is tried once more: on a machine
// with other work a moment's stall would else halve what is found.
//
// Thread safety: that of the runner.
#pragma once

#include <optional>
#include <vector>

#include "load/engine/gate.h"
#include "load/engine/runner.h"

namespace pelikan::load {

class LiveLine;

class Search {
 public:
  // None when the options ask for none. Throws SetupError when they ask for nonsense.
  [[nodiscard]] static std::optional<Search> from_options(const LoadOptions& options);

  // The result of the best run; of the slowest one when none met the conditions.
  [[nodiscard]] RunResult run(Runner& runner, LiveLine& live) const;

 private:
  struct Trial {
    double rate;
    bool is_met;
    RunResult result;
  };

  [[nodiscard]] Trial attempt(Runner& runner, LiveLine& live, double rate) const;
  [[nodiscard]] Trial try_rate(Runner& runner, LiveLine& live, double rate) const;

  std::vector<Gate> gates_;
  double least_ = 0;
  double most_ = 0;
};

}  // namespace pelikan::load
