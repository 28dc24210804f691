#include "load/workload/workload.h"

#include <algorithm>

#include "base/setup_error.h"

namespace pelikan::load {
namespace {

WeightedChoice choice_of(const KeyspaceGroups& groups) {
  std::vector<double> weights;
  double sum = 0;
  for (const auto& group : groups.groups()) {
    weights.push_back(group->weight.get());
    sum += weights.back();
  }
  if (!(sum > 0)) throw SetupError(ExitCode::kConfig, "no keyspace has a weight above 0");
  return WeightedChoice(weights);
}

// A new key is written to, or made room for; all others are asked for as reads are.
bool writes_key(Verb verb) {
  return verb == Verb::kSet || verb == Verb::kAdd || verb == Verb::kMset;
}

}  // namespace

Workload::Workload(const KeyspaceGroups& groups, uint64_t seed) : choice_(choice_of(groups)) {
  for (const auto& group : groups.groups()) {
    keyspaces_.push_back(std::make_unique<Keyspace>(*group, seed));
  }
}

uint32_t Workload::most_keys_at_once() const noexcept {
  uint32_t most = 1;
  for (const auto& keyspace : keyspaces_) {
    for (const Mix::Entry& entry : keyspace->mix().entries()) most = std::max(most, entry.keys);
  }
  return most;
}

RequestStream::RequestStream(const Workload& workload, Share share, Random random)
    : workload_(workload), random_(random) {
  for (const auto& keyspace : workload.keyspaces()) {
    popularities_.push_back(keyspace->popularity(share));
  }
}

PlannedRequest RequestStream::next() noexcept {
  const size_t index = workload_.draw_keyspace(random_);
  const Keyspace& keyspace = *workload_.keyspaces()[index];
  Popularity& popularity = popularities_[index];
  const Mix::Entry& entry = keyspace.mix().draw(random_);
  const uint64_t key =
      writes_key(entry.verb) ? popularity.write(random_) : popularity.read(random_);
  const bool has_one = has_value(entry.verb) || (entry.raw && entry.raw->has_value());
  const uint32_t value_size = has_one ? keyspace.value_size(key, random_) : 0;
  return {.keyspace = &keyspace,
          .keyspace_index = index,
          .verb = entry.verb,
          .keys = entry.keys,
          .key = key,
          .value_size = value_size,
          .raw = entry.raw ? &*entry.raw : nullptr};
}

void RequestStream::move_to(std::chrono::nanoseconds elapsed) noexcept {
  for (Popularity& popularity : popularities_) popularity.move_to(elapsed);
}

}  // namespace pelikan::load
