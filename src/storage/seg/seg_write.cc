// What an Access does to write a value: put, compare_and_put, publish, join, arithmetic.
#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "base/assertion.h"
#include "base/bytes.h"
#include "storage/seg/item_lookup.h"
#include "storage/seg/item_writer.h"
#include "storage/seg/large_value.h"
#include "storage/seg/seg_access.h"

namespace pelikan {

// When a value may take the place of what is under its key.
struct PutCondition {
  PutMode mode = PutMode::kSet;
  std::optional<uint64_t> cas{};

  // kStored: it may.
  [[nodiscard]] PutStatus admit(const SegmentHeap& heap, const Entry& entry) const noexcept {
    if (cas) {
      if (!entry.is_live()) return PutStatus::kNotFound;
      const bool is_same = token_of(heap, entry.location(), entry.item) == *cas;
      return is_same ? PutStatus::kStored : PutStatus::kExists;
    }
    switch (mode) {
      case PutMode::kSet:
        return PutStatus::kStored;
      case PutMode::kAdd:
        return entry.is_live() ? PutStatus::kNotStored : PutStatus::kStored;
      case PutMode::kReplace:
        return entry.is_live() ? PutStatus::kStored : PutStatus::kNotStored;
    }
    return PutStatus::kNotStored;
  }
};

namespace {

bool is_dead_at_once(const SegThread& thread, uint32_t expiry) noexcept {
  return is_expired(expiry, thread.now);
}

uint32_t expiry_tick(const SegThread& thread, Expiry expiry) noexcept {
  return thread.engine.time.expiry(expiry, thread.clock.now_ms());
}

// The value would be dead at once: what it replaces goes, and nothing comes.
PutStatus store_nothing(ItemWriter& writer, const Lookup& lookup,
                        const PutCondition& condition) noexcept {
  PutStatus status = PutStatus::kStored;
  writer.remove(lookup, [&](const Entry& entry) {
    status = condition.admit(writer.thread().engine.heap, entry);
    return status == PutStatus::kStored;
  });
  return status;
}

// Publishes the draft if the condition still holds. Empty: begin anew.
std::optional<PutStatus> publish_if_admitted(ItemWriter& writer, const Lookup& lookup,
                                             const Entry& seen, const Draft& draft,
                                             const PutCondition& condition) noexcept {
  PutStatus status = PutStatus::kStored;
  const Decision decision = writer.publish(lookup, seen, draft, [&](const Entry& now) {
    status = condition.admit(writer.thread().engine.heap, now);
    return status == PutStatus::kStored ? Decision::kGo : Decision::kStop;
  });
  if (decision == Decision::kAgain) return std::nullopt;
  return status;
}

// The path of nearly every write: all of it in one function.
[[gnu::flatten]] PutStatus store_inline(ItemWriter& writer, const Lookup& lookup,
                                        const Value& value, uint32_t expiry,
                                        const PutCondition& condition) noexcept {
  ItemShape shape{lookup.key.size(), value.bytes.size(), value.flags};
  for (;;) {
    const Entry seen = find(writer.thread(), lookup);
    PELIKAN_STEP("put.found");
    const PutStatus status = condition.admit(writer.thread().engine.heap, seen);
    if (status != PutStatus::kStored) return status;
    const Draft draft = writer.reserve(shape, expiry, seen);
    if (!draft) return PutStatus::kNoMemory;
    char* at = write_item(draft.at, draft.shape, expiry, lookup.key);
    std::memcpy(at, value.bytes.data(), value.bytes.size());
    const auto published = publish_if_admitted(writer, lookup, seen, draft, condition);
    if (published) return *published;
    shape.explicit_cas = true;
  }
}

// The head of a received value, sealed and ready to be published. In the epoch that publishes.
Draft seal_large(SegThread& thread, LargeReservation&& reservation, std::string_view key,
                 uint32_t flags, uint32_t expiry) noexcept {
  SegmentHeap& heap = thread.engine.heap;
  const SegmentId head = reservation.release();
  const ItemShape shape{key.size(), 0, flags, true, ItemType::kLarge};
  char* at = heap.at(head);
  DCHECK(ItemRef(at).key() == key);
  write_item(at, shape, expiry, key);
  heap[head].raise_deadline(expiry);
  heap.seal_head(head);
  return {Location(head, 0), at, heap[head].end(), shape};
}

PutStatus store_large(ItemWriter& writer, const Lookup& lookup, LargeReservation&& reservation,
                      const Value& value, uint32_t expiry, const PutCondition& condition) noexcept {
  SegThread& thread = writer.thread();
  LargeReservation received = std::move(reservation);  // given back when the value is refused
  const Entry seen = find(thread, lookup);
  const PutStatus status = condition.admit(thread.engine.heap, seen);
  if (status != PutStatus::kStored) return status;
  const Draft draft = seal_large(thread, std::move(received), lookup.key, value.flags, expiry);
  const auto published = publish_if_admitted(writer, lookup, seen, draft, condition);
  DCHECK(published);  // it has room for any cas token
  return *published;
}

// Still the item that was seen, and alive: what was computed from it may take its place.
Decision go_if_same(const Entry& now, const Entry& seen) noexcept {
  const bool is_same =
      now.is_live() && now.location() == seen.location() && now.item.header() == seen.item.header();
  return is_same ? Decision::kGo : Decision::kAgain;
}

// Calls write(part) for the parts of the joined value, in order.
template <class Write>
void write_joined(const ItemView& old, std::string_view bytes, JoinMode mode, Write&& write) {
  if (mode == JoinMode::kPrepend) write(bytes);
  for (size_t offset = 0; offset < old.value_size();) {
    const std::string_view part = old.value_part(offset);
    write(part);
    offset += part.size();
  }
  if (mode == JoinMode::kAppend) write(bytes);
}

// The number in a value: decimal digits, maybe spaces behind them; none at all are 0, as in
// memcached.
std::optional<uint64_t> number_in(const Entry& entry) noexcept {
  if (entry.item.is_large()) return std::nullopt;
  std::string_view text = entry.item.inline_value();
  const size_t last = text.find_last_not_of(' ');
  text = text.substr(0, last == std::string_view::npos ? 0 : last + 1);
  if (text.empty()) return 0;
  if (text.size() > kMaxDecimal) return std::nullopt;
  return parse_u64(text);
}

uint64_t compute(uint64_t number, uint64_t delta, ArithmeticMode mode) noexcept {
  if (mode == ArithmeticMode::kIncrement) return number + delta;
  return number - std::min(number, delta);
}

// A reservation that joins old value and bytes: kAgain, the old item changed meanwhile.
Decision publish_joined(ItemWriter& writer, const Lookup& lookup, const Entry& seen,
                        const Draft& draft) noexcept {
  return writer.publish(lookup, seen, draft,
                        [&](const Entry& now) { return go_if_same(now, seen); });
}

// What a counter is rewritten with, under the bucket lock: kAgain when it does not fit the draft,
// which was made for the number seen before.
Decision rewrite_number(SegThread& thread, const Entry& now, const Draft& draft,
                        std::string_view key, uint64_t number) noexcept {
  char digits[kMaxDecimal];
  const auto length = static_cast<size_t>(write_u64(digits, number) - digits);
  const ItemShape shape{key.size(), length, now.item.flags(), draft.shape.explicit_cas};
  if (shape.item_bytes() != draft.bytes) return Decision::kAgain;
  char* value = write_item(draft.at, shape, now.item.expiry(), key);
  std::memcpy(value, digits, length);
  thread.engine.heap[draft.location.segment()].raise_deadline(now.item.expiry());
  return Decision::kGo;
}

}  // namespace

PutStatus SegStore::Access::store(const Lookup& lookup, const Value& value,
                                  const PutCondition& condition) noexcept {
  if (!fits(lookup.key.size(), value.bytes.size())) return PutStatus::kTooLarge;
  const uint32_t expiry = expiry_tick(thread_, value.expiry);
  if (is_dead_at_once(thread_, expiry)) return store_nothing(writer_, lookup, condition);
  if (!is_large(lookup.key.size(), value.bytes.size())) {
    return store_inline(writer_, lookup, value, expiry, condition);
  }
  auto reservation = reserve(lookup.key, value.bytes.size());
  if (!reservation) return PutStatus::kNoMemory;
  reservation->append(value.bytes);
  return store_large(writer_, lookup, std::move(*reservation), value, expiry, condition);
}

PutStatus SegStore::Access::put(const Lookup& lookup, const Value& value, PutMode mode) noexcept {
  return store(lookup, value, {.mode = mode});
}

PutStatus SegStore::Access::compare_and_put(const Lookup& lookup, const Value& value,
                                            uint64_t cas) noexcept {
  return store(lookup, value, {.cas = cas});
}

std::optional<LargeReservation> SegStore::Access::reserve(std::string_view key,
                                                          size_t value_bytes) noexcept {
  if (!fits(key.size(), value_bytes)) return std::nullopt;
  SegmentHeap& heap = thread_.engine.heap;
  const auto layout = LargeLayout::plan(key.size(), value_bytes, heap.segment_bytes());
  auto reservation = LargeReservation::take(heap, key, layout);
  thread_.calls_maintenance |= heap.free_count() < thread_.engine.geometry.reserve;
  if (!reservation) thread_.wanted = layout.bodies + 1;
  return reservation;
}

PutStatus SegStore::Access::publish_received(const Lookup& lookup, Reservation&& reservation,
                                             const Value& value,
                                             const PutCondition& condition) noexcept {
  const uint32_t expiry = expiry_tick(thread_, value.expiry);
  if (is_dead_at_once(thread_, expiry)) {
    const Reservation given_back = std::move(reservation);
    return store_nothing(writer_, lookup, condition);
  }
  return store_large(writer_, lookup, std::move(reservation), value, expiry, condition);
}

PutStatus SegStore::Access::publish(const Lookup& lookup, Reservation&& reservation,
                                    const Value& value, PutMode mode) noexcept {
  return publish_received(lookup, std::move(reservation), value, {.mode = mode});
}

PutStatus SegStore::Access::publish_if(const Lookup& lookup, Reservation&& reservation,
                                       const Value& value, uint64_t cas) noexcept {
  return publish_received(lookup, std::move(reservation), value, {.cas = cas});
}

PutStatus SegStore::Access::join(const Lookup& lookup, std::string_view bytes,
                                 JoinMode mode) noexcept {
  for (bool roomy = false;; roomy = true) {
    const Entry seen = find(thread_, lookup);
    PELIKAN_STEP("put.found");
    if (!seen.is_live()) return PutStatus::kNotStored;
    const ItemView old(thread_.engine.heap, seen.location(), seen.item);
    const size_t size = old.value_size() + bytes.size();
    if (!fits(lookup.key.size(), size)) return PutStatus::kNotStored;
    const Decision decision = is_large(lookup.key.size(), size)
                                  ? join_large(lookup, seen, old, bytes, mode)
                                  : join_inline(lookup, seen, old, bytes, mode, roomy);
    if (decision != Decision::kAgain) {
      return decision == Decision::kGo ? PutStatus::kStored : PutStatus::kNoMemory;
    }
  }
}

// kStop: no memory.
Decision SegStore::Access::join_inline(const Lookup& lookup, const Entry& seen, const ItemView& old,
                                       std::string_view bytes, JoinMode mode, bool roomy) noexcept {
  const size_t size = old.value_size() + bytes.size();
  const ItemShape shape{lookup.key.size(), size, seen.item.flags(), roomy};
  const Draft draft = writer_.reserve(shape, seen.item.expiry(), seen);
  if (!draft) return Decision::kStop;
  char* at = write_item(draft.at, draft.shape, seen.item.expiry(), lookup.key);
  write_joined(old, bytes, mode, [&at](std::string_view part) {
    std::memcpy(at, part.data(), part.size());
    at += part.size();
  });
  return publish_joined(writer_, lookup, seen, draft);
}

Decision SegStore::Access::join_large(const Lookup& lookup, const Entry& seen, const ItemView& old,
                                      std::string_view bytes, JoinMode mode) noexcept {
  auto reservation = reserve(lookup.key, old.value_size() + bytes.size());
  if (!reservation) return Decision::kStop;
  write_joined(old, bytes, mode, [&](std::string_view part) { reservation->append(part); });
  const Draft draft = seal_large(thread_, std::move(*reservation), lookup.key, seen.item.flags(),
                                 seen.item.expiry());
  return publish_joined(writer_, lookup, seen, draft);
}

ArithmeticResult SegStore::Access::arithmetic(const Lookup& lookup, uint64_t delta,
                                              ArithmeticMode mode) noexcept {
  for (bool roomy = false;; roomy = true) {
    const Entry seen = find(thread_, lookup);
    PELIKAN_STEP("put.found");
    if (!seen.is_live()) return {ArithmeticStatus::kNotFound, 0};
    const auto number = number_in(seen);
    if (!number) return {ArithmeticStatus::kNotNumber, 0};
    char digits[kMaxDecimal];
    const char* end = write_u64(digits, compute(*number, delta, mode));
    const ItemShape shape{lookup.key.size(), static_cast<size_t>(end - digits), seen.item.flags(),
                          roomy};
    const Draft draft = writer_.reserve(shape, seen.item.expiry(), seen);
    if (!draft) return {ArithmeticStatus::kNoMemory, 0};
    uint64_t result = 0;
    // Computed from what is there under the lock, so a contended counter needs one try.
    const Decision decision = writer_.publish(lookup, seen, draft, [&](const Entry& now) {
      const auto current = now.is_live() ? number_in(now) : std::nullopt;
      if (!current) return Decision::kAgain;
      result = compute(*current, delta, mode);
      return rewrite_number(thread_, now, draft, lookup.key, result);
    });
    if (decision == Decision::kGo) return {ArithmeticStatus::kDone, result};
  }
}

}  // namespace pelikan
