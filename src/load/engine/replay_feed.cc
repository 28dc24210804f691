#include "load/engine/replay_feed.h"

#include <algorithm>
#include <chrono>

#include "base/setup_error.h"

namespace pelikan::load {
namespace {

constexpr size_t kAhead = 16 * 1024;  // requests in a ring
// How long the reader rests when a ring is full: a fraction of what the ring lasts for.
constexpr std::chrono::microseconds kRest{500};

}  // namespace

ReplayFeed::ReplayFeed(const TraceOptions& options, ArrivalKind spread, uint64_t seed,
                       uint32_t threads)
    : trace_(options, spread, seed) {
  for (uint32_t i = 0; i < threads; ++i) {
    rings_.push_back(std::make_unique<SpscRing<ReplayRequest>>(kAhead));
  }
}

ReplayFeed::~ReplayFeed() = default;

void ReplayFeed::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { read(stop); });
  while (!is_over() && !is_filled_.load(std::memory_order_relaxed)) {
    std::this_thread::sleep_for(kRest);
  }
}

void ReplayFeed::finish() {
  thread_.request_stop();
  thread_.join();
  if (!error_.empty()) throw SetupError(ExitCode::kBadData, error_);
}

void ReplayFeed::read(const std::stop_token& stop) {
  try {
    for (TraceRequest request; !stop.stop_requested() && trace_.next(request);) {
      hand_over(request, stop);
    }
  } catch (const SetupError& error) {
    error_ = error.what();
  }
  is_over_.store(true, std::memory_order_release);
}

// To the thread of the client; waits while its ring is full.
void ReplayFeed::hand_over(const TraceRequest& request, const std::stop_token& stop) {
  const uint64_t place = mix(request.client);
  const std::string_view key = request.key.substr(0, Trace::kMaxKeyBytes);
  ReplayRequest out;
  out.time_ns = request.time_ns;
  out.client = place / rings_.size();
  out.value_size = request.value_size;
  out.ttl_s = request.ttl_s;
  out.verb = request.verb;
  out.key_size = static_cast<uint8_t>(key.size());
  std::ranges::copy(key, out.key_bytes.begin());
  while (!rings_[place % rings_.size()]->push(out) && !stop.stop_requested()) {
    is_filled_.store(true, std::memory_order_relaxed);
    std::this_thread::sleep_for(kRest);
  }
}

}  // namespace pelikan::load
