#include "load/engine/connection.h"

#include <algorithm>
#include <string>

#include "base/assertion.h"
#include "load/engine/recorder.h"

namespace pelikan::load {
namespace {

Count count_of(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::kHit:
      return Count::kHits;
    case Outcome::kMiss:
      return Count::kMisses;
    case Outcome::kStored:
      return Count::kStored;
    case Outcome::kNotStored:
      return Count::kNotStored;
    case Outcome::kServerError:
      return Count::kServerErrors;
    case Outcome::kClientError:
      return Count::kClientErrors;
    case Outcome::kBroken:
      return Count::kBroken;
    case Outcome::kEnd:
    case Outcome::kOk:
      break;
  }
  return Count::kDone;
}

}  // namespace

Connection::Connection(Traffic& traffic, ConnectionOwner& owner, size_t server, size_t window)
    : pending_(window), traffic_(traffic), owner_(owner), server_(server) {}

void Connection::open(std::unique_ptr<Transport> transport) {
  DCHECK(pending_.is_empty());
  is_broken_ = is_retiring_ = is_sending_ = false;
  sent_ = answered_ = 0;
  unsent_.clear();
  received_.keep({});
  forget_answers();
  is_open_ = true;
  greetings_left_ = traffic_.greeting.answers;
  transport_ = std::move(transport);
  const std::string& greeting = traffic_.greeting.bytes;
  unsent_.commit(std::ranges::copy(greeting, unsent_.reserve(greeting.size())).out);
}

void Connection::take_greeting(const Answer& answer) noexcept {
  greetings_left_ -= 1;
  is_broken_ = answer.outcome != Outcome::kOk && answer.outcome != Outcome::kStored;
}

void Connection::add(const WireRequest& request, int64_t planned_ns, int64_t now_ns) {
  Pending pending{.planned_ns = planned_ns,
                  .sent_ns = now_ns,
                  .key = {.number = 0, .keyspace = request.keyspace},
                  .verb = request.verb,
                  .fills = request.fills,
                  .verifies = request.verifies,
                  .then_cas = request.then_cas,
                  .measured = traffic_.measured};
  for (size_t i = 0; i < request.numbers.size(); ++i) {
    pending.key.number = request.numbers[i];
    pending.more = i + 1 < request.numbers.size();
    pending_.push(pending);
  }
  compose(request, unsent_);
  traffic_.recorder_of(pending).count(request.verb, Count::kSent);
  requests_in_flight_ += 1;
  sent_ += 1;
}

void Connection::flush() noexcept {
  const std::span<char> bytes = unsent_.unsent();
  if (bytes.empty() || is_sending_ || !is_open_) return;
  const iovec piece{bytes.data(), bytes.size()};
  const size_t taken = transport_->send({&piece, 1});
  is_sending_ = taken < bytes.size();
  unsent_.drop(taken);
  traffic_.recorder->sent(taken);
}

void Connection::sendable(size_t released) noexcept {
  unsent_.drop(released);
  is_sending_ = false;
  flush();
  if (!is_sending_) owner_.progressed(*this);
}

void Connection::received(size_t n) noexcept {
  if (n == 0) return;
  const int64_t now_ns = owner_.read_clock();
  traffic_.recorder->received(n);
  std::string_view in = received_.with(n, traffic_.scratch);
  in.remove_prefix(take_answers(in, now_ns));
  // Bytes nobody asked for.
  if (pending_.is_empty() && is_greeted() && !in.empty()) is_broken_ = true;
  received_.keep(in);
  if (is_broken_) return close(CloseReason::kProtocol);
  if (is_retiring_ && is_idle()) return close(CloseReason::kRequested);
  owner_.progressed(*this);
}

// Values come in the order of the keys, those that are missing left out where answers tell keys.
Pending* Connection::key_of(const Answer& answer) noexcept {
  if (answer.position > 0) return key_at(static_cast<size_t>(answer.position));
  if (!pending_.front().more || answer.position == 0) return &pending_.front();
  for (size_t i = 0; i < pending_.size(); ++i) {
    Pending& pending = pending_[i];
    if (!pending.is_hit && traffic_.source.is_key(pending.key, answer.key)) return &pending;
    if (!pending.more) break;
  }
  return nullptr;
}

// Null: the request has fewer keys.
Pending* Connection::key_at(size_t position) noexcept {
  if (position >= pending_.size() || !pending_[position - 1].more) return nullptr;
  return &pending_[position];
}

void Connection::take_value(const Answer& answer, int64_t now_ns) noexcept {
  Pending* pending = key_of(answer);
  if (pending == nullptr || pending->is_hit) {
    is_broken_ = true;
    return;
  }
  pending->is_hit = true;
  Recorder& recorder = traffic_.recorder_of(*pending);
  recorder.count(pending->verb, Count::kHits);
  const auto is_asked_for = [&] {
    return answer.position != Answer::kToldByKey ||
           traffic_.source.is_key(pending->key, answer.key);
  };
  if (pending->verifies &&
      (!is_asked_for() || !traffic_.source.is_intact(pending->key, answer.value))) {
    recorder.count(pending->verb, Count::kCorrupt);
  }
  if (pending->then_cas) {
    owner_.follow_up({.due_ns = now_ns, .key = pending->key, .cas = answer.number, .is_cas = true});
  }
}

void Connection::take_last(const Answer& answer, int64_t now_ns) noexcept {
  const Pending& first = pending_.front();
  Recorder& recorder = traffic_.recorder_of(first);
  const Count what = count_of(answer.outcome);
  if (what != Count::kDone) {
    recorder.count(first.verb, what, what == Count::kStored ? keys_of_first() : 1);
  }
  if (answer.outcome == Outcome::kBroken) is_broken_ = true;
  recorder.count(first.verb, Count::kDone);
  recorder.answered(first.verb, first.planned_ns, first.sent_ns, now_ns);
  if (now_ns - first.sent_ns > traffic_.request_timeout_ns) {
    recorder.count(first.verb, Count::kTimeouts);
  }
  answered_ += 1;
  if (answer.outcome == Outcome::kEnd) {
    take_misses(now_ns);
    const auto last = static_cast<int64_t>(keys_of_first()) - 1;
    if (answer.position != Answer::kToldByKey && answer.position != last) is_broken_ = true;
  }
  drop_request();
}

void Connection::take_misses(int64_t now_ns) noexcept {
  for (size_t i = 0; i < pending_.size(); ++i) {
    const Pending& pending = pending_[i];
    if (!pending.is_hit) take_miss(pending, now_ns);
    if (!pending.more) return;
  }
}

// How many keys the oldest request has.
size_t Connection::keys_of_first() noexcept {
  size_t keys = 1;
  while (pending_[keys - 1].more) ++keys;
  return keys;
}

void Connection::take_miss(const Pending& pending, int64_t now_ns) noexcept {
  traffic_.recorder_of(pending).count(pending.verb, Count::kMisses);
  if (!pending.fills) return;
  const int64_t delay_ns = traffic_.source.fill_delay_ns(pending.key.keyspace);
  owner_.follow_up({.due_ns = now_ns + delay_ns, .key = pending.key});
}

void Connection::drop_request() noexcept {
  requests_in_flight_ -= 1;
  while (pending_.front().more) pending_.pop();
  pending_.pop();
}

void Connection::retire() noexcept {
  is_retiring_ = true;
  if (is_idle()) close(CloseReason::kRequested);
}

void Connection::close(CloseReason reason) noexcept {
  if (is_open_) transport_->close(reason);
}

void Connection::closed(CloseReason reason) noexcept {
  while (!pending_.is_empty()) {
    const Pending& first = pending_.front();
    traffic_.recorder_of(first).count(
        first.verb, reason == CloseReason::kIdle ? Count::kTimeouts : Count::kLost);
    drop_request();
  }
  is_open_ = false;
  owner_.lost(*this, reason);
}

void Connection::give_up(int64_t now_ns) noexcept {
  while (!pending_.is_empty()) {
    const Pending& first = pending_.front();
    Recorder& recorder = traffic_.recorder_of(first);
    recorder.count(first.verb, Count::kTimeouts);
    recorder.answered(first.verb, first.planned_ns, first.sent_ns, now_ns);
    drop_request();
  }
}

}  // namespace pelikan::load
