// KlogWriter: one thread's part of the command log. It chooses the commands that are logged, and
// leaves their lines in a ring for the control plane. Of each klog_sample commands in a row it
// takes one, at a place drawn anew every time: a fixed step would see nothing but the gets of a
// client that sends nine gets and a set in turn.
//
// What is not logged costs a thread a subtraction for as many commands as it likes:
//
//   const size_t n = std::min(commands, klog.ahead());
//   ... run n of them ...
//   klog.pass(n);
//   if (klog.ahead() == 0) {                   // the next one is to be logged: run it, then
//     KlogLine line = klog.begin(peer);
//     line.put("get ");
//     line.put_escaped(key);
//     klog.end(line, code, reply_bytes);
//   }
//
// Thread safety: its thread's; lines() is the control plane's.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "base/clock.h"
#include "log/klog_line.h"
#include "log/line_ring.h"
#include "metric/metric.h"

namespace pelikan {

struct KlogMetrics : MetricGroup {
  using MetricGroup::MetricGroup;
  Counter logged{this, "klog_logged", "commands logged: their lines are written or wait for it"};
  Counter discard{this, "klog_discard", "commands to be logged whose line found no room to wait"};
  Counter skip{this, "klog_skip",
               "commands left out by sampling, counted when the next one is logged"};
};

// What all threads' writers have in common.
struct KlogShape {
  bool is_on = false;
  size_t ring_bytes = 0;
  uint64_t one_in = 1;  // of so many commands one is logged
};

class KlogWriter {
 public:
  // Threads that differ in `seed` take different commands. `zone_s` is the local time's distance
  // from UTC. REQUIRES: all references outlive the writer
  KlogWriter(const KlogShape& shape, uint64_t seed, const Clock& clock,
             const std::atomic<int32_t>& zone_s, MetricRegistry& registry);

  // Commands that pass before the next one that is logged.
  [[nodiscard]] size_t ahead() const noexcept { return ahead_; }
  // So many have been run and not logged. REQUIRES: n <= ahead()
  void pass(size_t n) noexcept { ahead_ -= n; }

  // The line of the command that has just been run. REQUIRES: ahead() == 0
  [[nodiscard]] KlogLine begin(std::string_view peer) noexcept { return {peer, stamp()}; }
  // Closes the line and lets it wait, or drops it when there is no room. REQUIRES: begin() made it
  void end(KlogLine& line, unsigned code, size_t reply_bytes) noexcept;

  [[nodiscard]] LineRing& lines() noexcept { return lines_; }

 private:
  [[nodiscard]] std::string_view stamp() noexcept;
  void write_stamp(int64_t second) noexcept;
  void choose_next() noexcept;

  static constexpr size_t kNever = std::numeric_limits<size_t>::max();

  size_t ahead_ = kNever;
  const uint64_t one_in_;
  uint64_t behind_ = 0;  // commands between the one chosen last and the end of its row
  uint64_t gap_ = 0;     // what ahead_ was when it was set
  uint64_t random_;
  const Clock& clock_;
  const std::atomic<int32_t>& zone_s_;                    // written by the control plane, read here
  int64_t second_ = std::numeric_limits<int64_t>::min();  // that stamp_ stands for
  size_t stamp_size_ = 0;
  char stamp_[64];
  LineRing lines_;
  KlogMetrics metrics_;
};

}  // namespace pelikan
