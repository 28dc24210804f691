// Workload: the keyspaces of a run. RequestStream: what one thread asks for, request by request,
// the same for the same seed.
//
//   const Workload workload(keyspace_groups, seed);
//   RequestStream stream(workload, share, Random::for_place(seed, thread, 0));
//   const PlannedRequest request = stream.next();
//   const std::string_view key = request.keyspace->write_key(request.key, buffer);
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "load/workload/keyspace.h"
#include "load/workload/keyspace_options.h"
#include "load/workload/mix.h"
#include "load/workload/random.h"
#include "load/workload/share.h"
#include "load/workload/weighted_choice.h"

namespace pelikan::load {

// Thread safety: read-only after construction.
class Workload {
 public:
  // A keyspace for each group. Throws SetupError when there is none with a weight, or an option is
  // wrong. REQUIRES: the groups outlive it
  Workload(const KeyspaceGroups& groups, uint64_t seed);

  [[nodiscard]] const std::vector<std::unique_ptr<Keyspace>>& keyspaces() const noexcept {
    return keyspaces_;
  }
  // Of one request.
  [[nodiscard]] uint32_t most_keys_at_once() const noexcept;
  [[nodiscard]] size_t draw_keyspace(Random& random) const noexcept {
    return keyspaces_.size() == 1 ? 0 : choice_.draw(random);
  }

 private:
  std::vector<std::unique_ptr<Keyspace>> keyspaces_;
  WeightedChoice choice_;
};

struct PlannedRequest {
  const Keyspace* keyspace;
  size_t keyspace_index;  // in Workload::keyspaces()
  Verb verb;
  uint32_t keys;        // of an mget or mset, otherwise 1; next_key() gives those behind the first
  uint64_t key;         // number of the first
  uint32_t value_size;  // of a verb that has a value
  const RawCommand* raw;  // of kRaw
};

// Thread safety: one thread.
class RequestStream {
 public:
  // REQUIRES: the workload outlives it
  RequestStream(const Workload& workload, Share share, Random random);

  [[nodiscard]] PlannedRequest next() noexcept;
  [[nodiscard]] uint64_t next_key(const PlannedRequest& request) noexcept {
    return popularities_[request.keyspace_index].read(random_);
  }
  // Time since the start of the run, for the drift of popularities. Once per batch is enough.
  void move_to(std::chrono::nanoseconds elapsed) noexcept;

 private:
  const Workload& workload_;
  Random random_;
  std::vector<Popularity> popularities_;  // one for each keyspace
};

}  // namespace pelikan::load
