// Trace: the requests of a recorded trace as a replay sends them, in time from its start.
//
// Of the reader's requests it takes the part that `trace_start` and `trace_limit` choose,
// `trace_loop` times. Times begin at 0 and never go back; where they are whole seconds, the
// requests of one are spread inside it; then they are divided by `trace_speed`. A key gets its
// recorded size and bytes that every protocol takes.
//
// Memory: the requests of one second, at most kMaxPerSecond.
//
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "load/trace/trace_options.h"
#include "load/trace/trace_reader.h"
#include "load/workload/arrivals.h"
#include "load/workload/random.h"

namespace pelikan::load {

class Trace {
 public:
  static constexpr size_t kMaxPerSecond = size_t{4} << 20;
  static constexpr uint32_t kMaxKeyBytes = 250;

  // Throws SetupError when an option is wrong or the file cannot be opened.
  // REQUIRES: the options outlive it
  Trace(const TraceOptions& options, ArrivalKind spread, uint64_t seed);

  // The next request; its time is the planned one in nanoseconds from the start (0 for all when
  // `trace_speed` is max). False at the end. Throws SetupError as TraceReader does.
  [[nodiscard]] bool next(TraceRequest& request);

  // Commands that are none of a cache's client, of all loops so far.
  [[nodiscard]] uint64_t passed_over() const noexcept {
    return passed_over_ + (reader_ == nullptr ? 0 : reader_->passed_over());
  }

 private:
  // A request of the current second, its key in keys_.
  struct Held {
    TraceRequest request;
    size_t key_at;
  };

  [[nodiscard]] double parse_speed() const;
  [[nodiscard]] bool read(TraceRequest& request);
  [[nodiscard]] bool begin_loop();
  [[nodiscard]] bool hold_second();
  void hold(const TraceRequest& request);
  [[nodiscard]] int64_t spread_ns();
  [[nodiscard]] std::string_view fitted(const TraceRequest& request);
  void finish(TraceRequest& request);

  const TraceOptions& options_;
  ArrivalKind spread_;
  uint64_t seed_;
  double speed_;  // infinite for max
  Random random_;

  std::unique_ptr<TraceReader> reader_;  // of the current loop
  uint64_t loops_ = 0;                   // begun
  uint64_t read_ = 0;                    // requests in this loop
  int64_t shift_ns_ = 0;                 // from recorded time to time from the start
  int64_t last_ns_ = 0;                  // from the start, not yet divided by the speed
  uint64_t passed_over_ = 0;             // in the loops before

  std::vector<Held> held_;
  size_t given_ = 0;
  std::string keys_;
  double place_ = 0;  // inside the second, of the last request
  TraceRequest ahead_;
  bool has_ahead_ = false;
  std::string fitted_;
};

}  // namespace pelikan::load
