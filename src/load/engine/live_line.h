// LiveLine: a run's last interval in one line on stderr, rewritten in place on a terminal.
//
// Thread safety: that of the runner.
#pragma once

#include <string>

#include "load/engine/runner.h"

namespace pelikan::load {

// "00:37/01:00 ▏100.0k/100k rps ▏get 90.1k hit 94.7% ▏p50 78us ...". `seconds`: what the run is
// planned to take.
[[nodiscard]] std::string live_text(const Interval& interval, double seconds);

class LiveLine final : public RunObserver {
 public:
  explicit LiveLine(bool is_quiet);
  ~LiveLine() override;

  void interval_ended(const Interval& interval, double seconds) override;
  void prefill_progressed(uint64_t stored) override;
  void prefill_ended(const PrefillResult& prefill) override;
  // A line of its own.
  void note(const std::string& text);
  // Leaves the line as it stands; what follows begins a new one.
  void end() noexcept;

 private:
  void show(const std::string& text);

  const bool is_quiet_;
  const bool is_terminal_;
  bool is_open_ = false;  // the cursor stands behind a line
};

}  // namespace pelikan::load
