#include "load/engine/replay_source.h"

#include <bit>
#include <chrono>
#include <cstring>

#include "base/clock.h"
#include "base/hash.h"
#include "load/engine/follow_ups.h"

namespace pelikan::load {
namespace {

uint64_t number_of(std::string_view key) noexcept { return KeyedHash(0)(key); }

}  // namespace

ReplaySource::ReplaySource(ReplayFeed& feed, uint32_t thread, const Keyspace& keyspace,
                           size_t most_in_flight)
    : feed_(feed),
      ring_(feed.ring(thread)),
      keyspace_(keyspace),
      fills_(keyspace.options().on_miss.get() == "set"),
      verifies_(keyspace.options().verify.get()),
      fill_delay_ns_(std::chrono::nanoseconds(keyspace.options().backend_delay.get()).count()),
      start_unix_ms_(SystemTime().unix_ms()),
      now_unix_ms_(start_unix_ms_),
      kept_(std::bit_ceil(2 * (most_in_flight + (fills_ ? FollowUps::kCapacity : 0)))) {}

Source::Supply ReplaySource::supply() noexcept {
  if (next_) return Supply::kReady;
  const bool was_over = feed_.is_over();
  next_ = ring_.pop();
  if (next_) return Supply::kReady;
  return was_over ? Supply::kOver : Supply::kNotYet;
}

bool ReplaySource::next(WireRequest& request) noexcept {
  if (supply() != Supply::kReady) return false;
  ReplayRequest& replayed = kept(given_);
  replayed = *next_;
  next_.reset();
  describe(replayed, given_++, request);
  request.verb = replayed.verb;
  request.number = 1;
  request.ttl_s = replayed.ttl_s;
  request.fills = fills_ && reads_value(replayed.verb);
  request.verifies = verifies_ && reads_value(replayed.verb);
  // A cas needs the number that a gets gives.
  request.then_cas = replayed.verb == Verb::kCas;
  if (request.then_cas) request.verb = Verb::kGets;
  // How many keys a multi-get had, no trace tells.
  if (request.verb == Verb::kMget) request.verb = Verb::kGet;
  if (request.verb == Verb::kMset) request.verb = Verb::kSet;
  if (has_value(request.verb)) write_value(replayed, request);
  return true;
}

void ReplaySource::describe(const ReplayRequest& replayed, uint64_t number,
                            WireRequest& request) noexcept {
  request = {};
  number_ = number;
  key_ = replayed.key();
  request.keys = {&key_, 1};
  request.numbers = {&number_, 1};
}

void ReplaySource::write_value(const ReplayRequest& replayed, WireRequest& request) noexcept {
  const uint64_t key = number_of(replayed.key());
  Random random(key);
  const uint32_t size =
      replayed.value_size != 0 ? replayed.value_size : keyspace_.value_size(key, random);
  if (value_.capacity() < size) value_.grow(size, 0);
  char* to = value_.data();
  keyspace_.values().make({.key = key, .size = size, .stored_ms = now_unix_ms_},
                          [&to](std::string_view piece) {
                            std::memcpy(to, piece.data(), piece.size());
                            to += piece.size();
                          });
  request.value = {value_.data(), size};
}

void ReplaySource::move_to(int64_t elapsed_ns) noexcept {
  now_unix_ms_ = start_unix_ms_ + elapsed_ns / 1'000'000;
}

void ReplaySource::follow(const FollowUp& what, WireRequest& request) noexcept {
  const ReplayRequest& replayed = kept(what.key.number);
  describe(replayed, what.key.number, request);
  request.verb = what.is_cas ? Verb::kCas : Verb::kSet;
  request.number = what.cas;
  request.ttl_s = replayed.ttl_s;
  write_value(replayed, request);
}

bool ReplaySource::is_key(KeyReference key, std::string_view text) noexcept {
  return kept(key.number).key() == text;
}

bool ReplaySource::is_intact(KeyReference key, std::string_view value) noexcept {
  constexpr uint32_t kNoTtl = 0;
  return keyspace_.values().verify(number_of(kept(key.number).key()), value, kNoTtl,
                                   now_unix_ms_) == Verdict::kGood;
}

}  // namespace pelikan::load
