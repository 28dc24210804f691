// Source: where a thread's requests come from: the workload, the prefill, or a trace.
//
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "load/engine/wire.h"

namespace pelikan::load {

// A request that an answer calls for: the set after a miss, or the cas after a gets.
struct FollowUp {
  int64_t due_ns = 0;
  KeyReference key;
  uint64_t cas = 0;
  bool is_cas = false;
};

// Streams of random numbers of one thread, for Random::for_place.
enum RandomStream : uint32_t {
  kRequestStream,
  kSizeStream,
  kPrefillStream,
  kArrivalStream,
  kWarmupStream,
};

class Source {
 public:
  enum class Supply : uint8_t { kReady, kNotYet, kOver };

  virtual ~Source() = default;
  // Whether next() has a request now. One that always has leaves these three as they are.
  [[nodiscard]] virtual Supply supply() noexcept { return Supply::kReady; }
  // Of the next request: when it was recorded, from the start, and by which client.
  // REQUIRES of both: supply() said kReady
  [[nodiscard]] virtual int64_t recorded_ns() const noexcept { return 0; }
  [[nodiscard]] virtual uint64_t client() const noexcept { return 0; }
  // The next request. False: there is none, now and ever after.
  [[nodiscard]] virtual bool next(WireRequest& request) noexcept = 0;
  // Time since the run began, told once per round; for what changes slowly.
  virtual void move_to(int64_t elapsed_ns) noexcept = 0;

  // REQUIRES of the rest: the key is of a request that this source gave, with `fills`, `then_cas`
  // or `verifies`, or of several keys
  virtual void follow(const FollowUp& what, WireRequest& request) noexcept = 0;
  // How long after the miss the set is due: what the origin of the data takes to answer.
  [[nodiscard]] virtual int64_t fill_delay_ns(uint8_t keyspace) const noexcept = 0;
  // This text is the key's.
  [[nodiscard]] virtual bool is_key(KeyReference key, std::string_view text) noexcept = 0;
  // The value is what was stored under the key, and did not outlive its TTL.
  [[nodiscard]] virtual bool is_intact(KeyReference key, std::string_view value) noexcept = 0;
};

}  // namespace pelikan::load
