#include "load/engine/keyspace_source.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/clock.h"

namespace pelikan::load {
namespace {

// Bytes of the values of one request.
size_t largest_values(const Workload& workload) {
  size_t largest = 0;
  for (const auto& keyspace : workload.keyspaces()) {
    uint32_t values = 1;
    for (const Mix::Entry& entry : keyspace->mix().entries()) {
      if (has_value(entry.verb)) values = std::max(values, entry.keys);
    }
    largest = std::max(largest, size_t{values} * keyspace->max_value_size());
  }
  return largest;
}

}  // namespace

KeyspaceSource::KeyspaceSource(const Workload& workload, Random random)
    : random_(random),
      workload_(workload),
      start_unix_ms_(SystemTime().unix_ms()),
      now_unix_ms_(start_unix_ms_),
      key_bytes_(workload.most_keys_at_once()),
      value_(std::make_unique_for_overwrite<char[]>(largest_values(workload))) {
  keys_.reserve(key_bytes_.size());
  numbers_.reserve(key_bytes_.size());
  values_.reserve(key_bytes_.size());
  make_room_for_words();
  for (const auto& keyspace : workload.keyspaces()) {
    const KeyspaceOptions& options = keyspace->options();
    traits_.push_back(
        {.fills = options.on_miss.get() == "set",
         .verifies = options.verify.get(),
         .fill_delay_ns = std::chrono::nanoseconds(options.backend_delay.get()).count()});
  }
}

void KeyspaceSource::make_room_for_words() {
  size_t words = 0;
  size_t bytes = 0;
  for (const auto& keyspace : workload_.keyspaces()) {
    const auto make_room_for = [&](const RawCommand& command) {
      words = std::max(words, command.words());
      bytes = std::max(bytes, command.bound(KeyText::kMaxBytes, keyspace->max_value_size()));
    };
    if (keyspace->fill() != nullptr) make_room_for(*keyspace->fill());
    for (const Mix::Entry& entry : keyspace->mix().entries()) {
      if (entry.raw) make_room_for(*entry.raw);
    }
  }
  words_.reserve(words);
  word_bytes_ = std::make_unique_for_overwrite<char[]>(bytes);
}

void KeyspaceSource::move_to(int64_t elapsed_ns) noexcept {
  now_unix_ms_ = start_unix_ms_ + elapsed_ns / 1'000'000;
}

void KeyspaceSource::write_key(size_t index, uint64_t key, WireRequest& request) noexcept {
  const Traits& traits = traits_[index];
  request.keyspace = static_cast<uint8_t>(index);
  request.fills = traits.fills;
  request.verifies = traits.verifies;
  request.then_cas = false;
  request.ttl_s = 0;
  request.value = {};
  keys_.clear();
  numbers_.clear();
  write_another_key(key, request);
}

void KeyspaceSource::write_another_key(uint64_t key, WireRequest& request) noexcept {
  char* bytes = key_bytes_[keys_.size()].data();
  keys_.push_back(keyspace(request.keyspace).write_key(key, bytes));
  numbers_.push_back(key);
  request.keys = keys_;
  request.numbers = numbers_;
}

void KeyspaceSource::write_value(uint32_t size, WireRequest& request) noexcept {
  request.value = make_value(request, numbers_.front(), size, value_.get());
}

void KeyspaceSource::write_values(uint32_t size, WireRequest& request) noexcept {
  values_.clear();
  char* to = value_.get();
  for (const uint64_t key : numbers_) {
    if (!values_.empty()) size = keyspace(request.keyspace).value_size(key, random_);
    values_.push_back(make_value(request, key, size, to));
    to += size;
  }
  request.value = values_.front();
  request.values = values_;
}

void KeyspaceSource::write_words(const RawCommand& command, uint32_t value_size,
                                 WireRequest& request) noexcept {
  if (command.has_value()) write_value(value_size, request);
  words_.clear();
  const RawCommand::Parts parts{.key = request.keys.front(),
                                .value = request.value,
                                .ttl_s = keyspace(request.keyspace).ttl_s(numbers_.front())};
  command.write(parts, random_, word_bytes_.get(), words_);
  request.words = words_;
}

void KeyspaceSource::write_fill(WireRequest& request) noexcept {
  const Keyspace& keys = keyspace(request.keyspace);
  const uint64_t key = numbers_.front();
  const uint32_t size = keys.value_size(key, random_);
  if (keys.fill() != nullptr) {
    request.verb = Verb::kFill;
    return write_words(*keys.fill(), size, request);
  }
  request.verb = Verb::kSet;
  request.ttl_s = keys.ttl_s(key);
  write_value(size, request);
}

std::string_view KeyspaceSource::make_value(const WireRequest& request, uint64_t key, uint32_t size,
                                            char* to) noexcept {
  const std::string_view value(to, size);
  const ValueName name{.key = key, .size = size, .stored_ms = now_unix_ms_};
  keyspace(request.keyspace).values().make(name, [&to](std::string_view piece) {
    std::memcpy(to, piece.data(), piece.size());
    to += piece.size();
  });
  return value;
}

void KeyspaceSource::follow(const FollowUp& what, WireRequest& request) noexcept {
  write_key(what.key.keyspace, what.key.number, request);
  write_fill(request);
  if (what.is_cas) request.verb = Verb::kCas;
  request.number = what.cas;
}

bool KeyspaceSource::is_key(KeyReference key, std::string_view text) noexcept {
  KeyBytes bytes;
  return keyspace(key.keyspace).write_key(key.number, bytes.data()) == text;
}

bool KeyspaceSource::is_intact(KeyReference key, std::string_view value) noexcept {
  return keyspace(key.keyspace).verify(key.number, value, now_unix_ms_) == Verdict::kGood;
}

WorkloadSource::WorkloadSource(const Workload& workload, Share share, uint64_t seed)
    : KeyspaceSource(workload, Random::for_place(seed, share.index, kSizeStream)),
      stream_(workload, share, Random::for_place(seed, share.index, kRequestStream)) {}

bool WorkloadSource::next(WireRequest& request) noexcept {
  const PlannedRequest planned = stream_.next();
  write_key(planned.keyspace_index, planned.key, request);
  for (uint32_t i = 1; i < planned.keys; ++i) {
    write_another_key(stream_.next_key(planned), request);
  }
  request.then_cas = planned.verb == Verb::kCas;
  request.verb = request.then_cas ? Verb::kGets : planned.verb;
  request.number = 1;
  const bool has_ttl = has_value(planned.verb) || planned.verb == Verb::kTouch ||
                       planned.verb == Verb::kGat || planned.verb == Verb::kGats;
  if (has_ttl) request.ttl_s = planned.keyspace->ttl_s(planned.key);
  if (planned.raw != nullptr) {
    write_words(*planned.raw, planned.value_size, request);
  } else if (request.verb == Verb::kMset) {
    write_values(planned.value_size, request);
  } else if (has_value(request.verb)) {
    write_value(planned.value_size, request);
  }
  return true;
}

void WorkloadSource::move_to(int64_t elapsed_ns) noexcept {
  KeyspaceSource::move_to(elapsed_ns);
  stream_.move_to(std::chrono::nanoseconds(elapsed_ns));
}

PrefillSource::PrefillSource(const Workload& workload, Share share, uint64_t seed,
                             const PrefillAmount& amount)
    : KeyspaceSource(workload, Random::for_place(seed, share.index, kPrefillStream)),
      share_(share),
      amount_(amount),
      keyspaces_(workload.keyspaces().size()),
      key_(share.index) {}

bool PrefillSource::next(WireRequest& request) noexcept {
  const auto is_done = [this] {
    const double keys = std::ceil(amount_.share * static_cast<double>(keyspace(keyspace_).keys()));
    return static_cast<double>(key_) >= keys;
  };
  for (; keyspace_ < keyspaces_ && is_done(); ++keyspace_) key_ = share_.index;
  if (keyspace_ == keyspaces_) return false;
  if (amount_.bytes != 0 && bytes_ >= amount_.bytes / share_.count) return false;
  write_key(keyspace_, key_, request);
  write_fill(request);
  bytes_ += request.keys.front().size() + request.value.size();
  key_ += share_.count;
  return true;
}

}  // namespace pelikan::load
