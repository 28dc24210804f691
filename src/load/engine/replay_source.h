// ReplaySource: one thread's part of a trace.
//
// The keys of requests are kept in a ring, by their place in the thread's part, for the fills that
// answers call for. It has room for twice as many as can be in flight and waiting for their fill; a
// request that more than that overtake would have another key filled.
//
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "load/engine/buffers.h"
#include "load/engine/replay_feed.h"
#include "load/engine/source.h"
#include "load/workload/keyspace.h"

namespace pelikan::load {

class ReplaySource final : public Source {
 public:
  // What the trace leaves open comes from the keyspace: on_miss, backend_delay, verify, sizes of
  // values that were not recorded, bytes of all. REQUIRES: feed and keyspace outlive it
  ReplaySource(ReplayFeed& feed, uint32_t thread, const Keyspace& keyspace, size_t most_in_flight);

  [[nodiscard]] Supply supply() noexcept override;
  [[nodiscard]] int64_t recorded_ns() const noexcept override { return next_->time_ns; }
  [[nodiscard]] uint64_t client() const noexcept override { return next_->client; }
  [[nodiscard]] bool next(WireRequest& request) noexcept override;
  void move_to(int64_t elapsed_ns) noexcept override;
  void follow(const FollowUp& what, WireRequest& request) noexcept override;
  [[nodiscard]] int64_t fill_delay_ns(uint8_t) const noexcept override { return fill_delay_ns_; }
  [[nodiscard]] bool is_key(KeyReference key, std::string_view text) noexcept override;
  // Knows nothing of TTLs: requests may have stored the key with several.
  [[nodiscard]] bool is_intact(KeyReference key, std::string_view value) noexcept override;

 private:
  [[nodiscard]] ReplayRequest& kept(uint64_t number) noexcept {
    return kept_[number & (kept_.size() - 1)];
  }
  void describe(const ReplayRequest& replayed, uint64_t number, WireRequest& request) noexcept;
  void write_value(const ReplayRequest& replayed, WireRequest& request) noexcept;

  ReplayFeed& feed_;
  SpscRing<ReplayRequest>& ring_;
  const Keyspace& keyspace_;
  const bool fills_;
  const bool verifies_;
  const int64_t fill_delay_ns_;
  const int64_t start_unix_ms_;
  int64_t now_unix_ms_;
  std::optional<ReplayRequest> next_;  // popped, not yet given
  std::vector<ReplayRequest> kept_;    // a power of two; the number-th at number modulo its size
  uint64_t given_ = 0;
  uint64_t number_ = 0;  // of the last request
  std::string_view key_;
  GrowingBytes value_;
};

}  // namespace pelikan::load
