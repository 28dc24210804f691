// ReplayFeed: reads a trace on a thread of its own, ahead of the threads that replay it, so that
// unpacking a file never makes a request late.
//
// Thread safety: the rings are each one thread's, from start() on; the rest is of the thread that
// makes the feed.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/spsc_ring.h"
#include "load/trace/trace.h"

namespace pelikan::load {

// A request of a trace with its key.
struct ReplayRequest {
  int64_t time_ns = 0;  // from the start
  uint64_t client = 0;  // which of the thread's connections: any number
  uint32_t value_size = 0;
  int32_t ttl_s = 0;
  Verb verb = Verb::kGet;
  uint8_t key_size = 0;
  std::array<char, Trace::kMaxKeyBytes> key_bytes;

  [[nodiscard]] std::string_view key() const noexcept { return {key_bytes.data(), key_size}; }
};

class ReplayFeed {
 public:
  // For so many threads. Throws SetupError as Trace does. REQUIRES: the options outlive the feed
  ReplayFeed(const TraceOptions& options, ArrivalKind spread, uint64_t seed, uint32_t threads);
  ReplayFeed(const ReplayFeed&) = delete;
  ReplayFeed& operator=(const ReplayFeed&) = delete;
  ~ReplayFeed();

  // Begins to read, and returns when the first requests are there.
  void start();
  // Ends the reading, wherever it is. Throws SetupError when the trace could not be read.
  void finish();
  // Commands of the trace that are none of a cache's client. REQUIRES: finish() was called
  [[nodiscard]] uint64_t passed_over() const noexcept { return trace_.passed_over(); }

  // The replaying threads'.
  [[nodiscard]] SpscRing<ReplayRequest>& ring(uint32_t thread) noexcept { return *rings_[thread]; }
  // No request comes behind those in the rings. To be asked before a ring is looked at for the last
  // time.
  [[nodiscard]] bool is_over() const noexcept { return is_over_.load(std::memory_order_acquire); }

 private:
  void read(const std::stop_token& stop);
  void hand_over(const TraceRequest& request, const std::stop_token& stop);

  Trace trace_;
  std::vector<std::unique_ptr<SpscRing<ReplayRequest>>> rings_;
  std::string error_;  // written before is_over_
  // Release in read(), acquire in is_over(): who sees it sees all that was pushed, and the error.
  std::atomic<bool> is_over_{false};
  std::atomic<bool> is_filled_{false};  // a ring was full once; relaxed, a flag to look at again
  std::jthread thread_;                 // joined first
};

}  // namespace pelikan::load
