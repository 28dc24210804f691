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

namespace {

// Whether the item is a newer one than the client knew, and to be made stale by what it writes.
bool is_outdated_by(const SegmentHeap& heap, const WriteTerms& terms, const Entry& entry) noexcept {
  if (!terms.or_newer || !terms.cas || !entry.is_live()) return false;
  return token_of(heap, entry.location(), entry.item) > *terms.cas;
}

// When a value may take the place of what is under its key. kStored: it may.
PutStatus admit(const SegmentHeap& heap, const WriteTerms& terms, const Entry& entry) noexcept {
  if (terms.cas && terms.mode != PutMode::kAdd) {
    if (!entry.is_live()) return PutStatus::kNotFound;
    const bool is_same = token_of(heap, entry.location(), entry.item) == *terms.cas;
    return is_same || is_outdated_by(heap, terms, entry) ? PutStatus::kStored : PutStatus::kExists;
  }
  switch (terms.mode) {
    case PutMode::kSet:
      return PutStatus::kStored;
    case PutMode::kAdd:
      return entry.is_live() ? PutStatus::kNotStored : PutStatus::kStored;
    case PutMode::kReplace:
      return entry.is_live() ? PutStatus::kStored : PutStatus::kNotStored;
  }
  return PutStatus::kNotStored;
}

constexpr uint64_t bit_if(bool is_set, uint64_t bit) noexcept { return is_set ? bit : 0; }

// What an item is to be, but for its type and its room for a token of the store's.
ItemShape shape_of(const Lookup& lookup, size_t value_bytes, const Value& value,
                   const WriteTerms& terms) noexcept {
  return {.key_bytes = lookup.key.size(),
          .value_bytes = value_bytes,
          .traits = value.flags | bit_if(terms.new_cas.has_value(), kCasBit) |
                    bit_if(value.binary_key, kBinaryKeyBit) |
                    bit_if(terms.stale || terms.or_newer, kStaleBit) |
                    bit_if(terms.exact_expiry && value.expiry.at_ms != Expiry::kNever, kExactBit)};
}

const uint64_t* given_token(const WriteTerms& terms) noexcept {
  return terms.new_cas ? &*terms.new_cas : nullptr;
}

// The token that an item was published with.
uint64_t token_at(const SegmentHeap& heap, Location location) noexcept {
  return token_of(heap, location, ItemRef(heap.at(location)));
}

bool is_dead_at_once(const SegThread& thread, uint64_t expiry) noexcept {
  return is_expired(tick_of(expiry), thread.now);
}

uint32_t expiry_tick(const SegThread& thread, Expiry expiry) noexcept {
  return thread.engine.time.expiry(expiry, thread.clock.now_ms());
}

// A value's expiry as an item is to hold it. What may take over that of the item it replaces learns
// it under the lock; till then, for a value that makes an item stale, when that dies is enough.
uint64_t expiry_on_terms(SegThread& thread, const Lookup& lookup, Expiry expiry,
                         const WriteTerms& terms) noexcept {
  if (terms.keep_expiry) return kNoExpiry;
  if (terms.or_newer) [[unlikely]] {
    const Entry seen = find(thread, lookup);
    if (is_outdated_by(thread.engine.heap, terms, seen)) return seen.item.expiry();
  }
  if (terms.exact_expiry) return thread.engine.time.exact_expiry(expiry, thread.clock.now_ms());
  return expiry_tick(thread, expiry);
}

// The value would be dead at once: what it replaces goes, and nothing comes. An item that has
// become newer than the terms know since its expiry was asked for stays.
Written store_nothing(ItemWriter& writer, const Lookup& lookup, const WriteTerms& terms) noexcept {
  Written written;
  WriteTerms exact = terms;
  exact.or_newer = false;
  writer.remove(lookup, [&](const Entry& entry) {
    written.status = admit(writer.thread().engine.heap, exact, entry);
    return written.status == PutStatus::kStored;
  });
  return written;
}

// The draft dies when this item would have. False: it has no room for that.
[[nodiscard]] bool inherit_expiry(SegThread& thread, const Draft& draft,
                                  const Entry& former) noexcept {
  const uint64_t expiry = former.is_live() ? former.item.exact_expiry() : kNoExpiry;
  if (former.is_live() && former.item.is_exact() && !draft.shape.is_exact()) return false;
  write_header(draft.at, with_expiry(ItemRef(draft.at).header(), expiry));
  thread.engine.heap[draft.location.segment()].raise_deadline(tick_of(expiry));
  return true;
}

// The same for a draft that is still to be made, as far as can be seen.
void foresee_expiry(const Entry& seen, const WriteTerms& terms, ItemShape& shape,
                    uint64_t& expiry) noexcept {
  if (!seen.is_live()) return;
  shape.traits |= bit_if(seen.item.is_exact(), kExactBit);
  if (terms.keep_expiry) expiry = seen.item.exact_expiry();
}

// The last of a draft, which depends on the item whose place it takes: under the bucket lock.
// False: there is no room for it.
[[nodiscard]] bool settle_state(SegThread& thread, const WriteTerms& terms, const Draft& draft,
                                const Entry& former) noexcept {
  if (terms.has_winner) mark_header(draft.at, kWinnerBit);
  if (terms.keep_expiry && !inherit_expiry(thread, draft, former)) return false;
  if (!terms.or_newer) return true;
  const bool is_outdated = is_outdated_by(thread.engine.heap, terms, former);
  write_stale(draft.at, terms.stale || is_outdated);
  if (!is_outdated) return true;
  mark_header(draft.at, former.item.header() & kWinnerBit);
  return inherit_expiry(thread, draft, former);
}

// What is under the key before anything is reserved. What may be stored in any case is looked for
// in earnest under the lock only: a new key's bucket is walked once less.
[[gnu::always_inline]] inline Entry look_before(SegThread& thread, const Lookup& lookup,
                                                const WriteTerms& terms) noexcept {
  const bool is_plain = terms.mode == PutMode::kSet && !terms.cas && !terms.keep_expiry;
  return is_plain ? find_prepared(thread, lookup) : find(thread, lookup);
}

// Publishes the draft if the terms are still met. Empty: begin anew.
std::optional<PutStatus> publish_if_admitted(ItemWriter& writer, const Lookup& lookup,
                                             const Entry& seen, const Draft& draft,
                                             const WriteTerms& terms) noexcept {
  PutStatus status = PutStatus::kStored;
  const Decision decision = writer.publish(lookup, seen, draft, [&](const Entry& now) {
    status = admit(writer.thread().engine.heap, terms, now);
    if (status != PutStatus::kStored) return Decision::kStop;
    if (terms.has_winner || terms.or_newer || terms.keep_expiry) [[unlikely]]
      return settle_state(writer.thread(), terms, draft, now) ? Decision::kGo : Decision::kAgain;
    return Decision::kGo;
  });
  if (decision == Decision::kAgain) return std::nullopt;
  return status;
}

// What became of a value that shares a segment; where it is now, when kStored.
struct Placed {
  PutStatus status;
  Location location;
};

// An empty value may be nowhere.
void copy_value(char* to, std::string_view bytes) noexcept {
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
}

Placed store_inline(ItemWriter& writer, const Lookup& lookup, const Value& value, uint64_t expiry,
                    const WriteTerms& terms) noexcept {
  const SegmentHeap& heap = writer.thread().engine.heap;
  ItemShape shape = shape_of(lookup, value.bytes.size(), value, terms);
  for (;;) {
    const Entry seen = look_before(writer.thread(), lookup, terms);
    PELIKAN_STEP("put.found");
    const PutStatus status = admit(heap, terms, seen);
    if (status != PutStatus::kStored) return {status, {}};
    if (terms.keep_expiry || terms.or_newer) [[unlikely]]
      foresee_expiry(seen, terms, shape, expiry);
    Draft draft = writer.reserve(shape, tick_of(expiry), seen);
    if (!draft) return {PutStatus::kNoMemory, {}};
    draft.given_token = given_token(terms);
    char* at = write_item(draft.at, draft.shape, expiry, lookup.key);
    copy_value(at, value.bytes);
    const auto published = publish_if_admitted(writer, lookup, seen, draft, terms);
    if (published) return {*published, draft.location};
    shape.traits |= kCasBit;
  }
}

// The path of nearly every write: all of it in one function, in which the terms that it has none
// of are no memory and no branch.
[[gnu::flatten]] PutStatus store_plainly(ItemWriter& writer, const Lookup& lookup,
                                         const Value& value, uint64_t expiry,
                                         PutMode mode) noexcept {
  return store_inline(writer, lookup, value, expiry, WriteTerms{.mode = mode}).status;
}

[[gnu::flatten]] Written store_on_terms(ItemWriter& writer, const Lookup& lookup,
                                        const Value& value, uint64_t expiry,
                                        const WriteTerms& terms) noexcept {
  const auto [status, location] = store_inline(writer, lookup, value, expiry, terms);
  if (status != PutStatus::kStored) return {status};
  return {status, token_at(writer.thread().engine.heap, location), value.bytes.size()};
}

// The head of a received value, sealed and ready to be published. In the epoch that publishes.
Draft seal_large(SegThread& thread, LargeReservation&& reservation, std::string_view key,
                 ItemShape shape, uint64_t expiry) noexcept {
  SegmentHeap& heap = thread.engine.heap;
  const SegmentId head = reservation.release();
  shape.value_bytes = 0;
  shape.traits |= kCasBit | kExactBit | ext_type(ItemType::kLarge);
  char* at = heap.at(head);
  DCHECK(ItemRef(at).key() == key);
  write_item(at, shape, expiry, key);
  heap[head].raise_deadline(tick_of(expiry));
  heap.seal_head(head);
  thread.engine.access_times.note_opened(head, thread.now);
  return {Location(head, 0), at, heap[head].end(), shape};
}

Written store_large(ItemWriter& writer, const Lookup& lookup, LargeReservation&& reservation,
                    const Value& value, uint64_t expiry, const WriteTerms& terms) noexcept {
  SegThread& thread = writer.thread();
  LargeReservation received = std::move(reservation);  // given back when the value is refused
  const Entry seen = find(thread, lookup);
  const PutStatus status = admit(thread.engine.heap, terms, seen);
  if (status != PutStatus::kStored) return {status};
  const size_t size = received.value_bytes();
  Draft draft = seal_large(thread, std::move(received), lookup.key,
                           shape_of(lookup, size, value, terms), expiry);
  draft.given_token = given_token(terms);
  const auto published = publish_if_admitted(writer, lookup, seen, draft, terms);
  DCHECK(published);  // it has room for any cas token
  if (*published != PutStatus::kStored) return {*published};
  return {*published, token_at(thread.engine.heap, draft.location), size};
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

// The number in a value: decimal digits, maybe spaces behind them.
std::optional<uint64_t> number_in(const Entry& entry) noexcept {
  if (entry.item.is_large()) return std::nullopt;
  std::string_view text = entry.item.inline_value();
  const size_t last = text.find_last_not_of(' ');
  text = text.substr(0, last == std::string_view::npos ? 0 : last + 1);
  if (text.size() > kMaxDecimal) return std::nullopt;
  return parse_u64(text);
}

uint64_t compute(uint64_t number, uint64_t delta, ArithmeticMode mode) noexcept {
  if (mode == ArithmeticMode::kIncrement) return number + delta;
  return number - std::min(number, delta);
}

// The shape of what an item becomes when its value changes: flags and key stay as they are.
ItemShape shape_like(const ItemRef& item, size_t value_bytes, bool roomy,
                     const WriteTerms& terms) noexcept {
  return {.key_bytes = item.key_bytes(),
          .value_bytes = value_bytes,
          .traits = item.lasting_traits() | bit_if(roomy || terms.new_cas, kCasBit) |
                    bit_if(terms.stale, kStaleBit)};
}

// A counter keeps its state.
ItemShape shape_of_number(const ItemRef& item, size_t value_bytes, bool roomy,
                          const WriteTerms& terms) noexcept {
  ItemShape shape = shape_like(item, value_bytes, roomy, terms);
  shape.traits |= bit_if(item.is_stale(), kStaleBit);
  return shape;
}

// What a counter is rewritten with, under the bucket lock: kAgain when it does not fit the draft,
// which was made for the number seen before.
Decision rewrite_number(SegThread& thread, const Entry& now, const Draft& draft,
                        std::string_view key, uint64_t number, const WriteTerms& terms) noexcept {
  char digits[kMaxDecimal];
  const auto length = static_cast<size_t>(write_u64(digits, number) - digits);
  const ItemShape shape = shape_of_number(now.item, length, draft.shape.has_cas(), terms);
  if (shape.item_bytes() != draft.bytes) return Decision::kAgain;
  char* value = write_item(draft.at, shape, now.item.exact_expiry(), key);
  mark_header(draft.at, now.item.header() & kWinnerBit);
  std::memcpy(value, digits, length);
  thread.engine.heap[draft.location.segment()].raise_deadline(now.item.expiry());
  return Decision::kGo;
}

}  // namespace

Written SegStore::Access::put(const Lookup& lookup, const Value& value,
                              const WriteTerms& terms) noexcept {
  if (!fits(lookup.key.size(), value.bytes.size())) return {PutStatus::kTooLarge};
  const uint64_t expiry = expiry_on_terms(thread_, lookup, value.expiry, terms);
  if (is_dead_at_once(thread_, expiry)) return store_nothing(writer_, lookup, terms);
  if (!is_large(lookup.key.size(), value.bytes.size())) {
    return store_on_terms(writer_, lookup, value, expiry, terms);
  }
  auto reservation = reserve(lookup.key, value.bytes.size());
  if (!reservation) return {PutStatus::kNoMemory};
  reservation->append(value.bytes);
  return store_large(writer_, lookup, std::move(*reservation), value, expiry, terms);
}

PutStatus SegStore::Access::put(const Lookup& lookup, const Value& value, PutMode mode) noexcept {
  const uint32_t expiry = expiry_tick(thread_, value.expiry);
  const bool is_common =
      fits_inline(lookup.key.size(), value.bytes.size()) && !is_dead_at_once(thread_, expiry);
  if (is_common) [[likely]]
    return store_plainly(writer_, lookup, value, expiry, mode);
  return put(lookup, value, WriteTerms{.mode = mode}).status;
}

PutStatus SegStore::Access::compare_and_put(const Lookup& lookup, const Value& value,
                                            uint64_t cas) noexcept {
  return put(lookup, value, WriteTerms{.cas = cas}).status;
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

Written SegStore::Access::publish(const Lookup& lookup, Reservation&& reservation,
                                  const Value& value, const WriteTerms& terms) noexcept {
  const uint64_t expiry = expiry_on_terms(thread_, lookup, value.expiry, terms);
  if (is_dead_at_once(thread_, expiry)) {
    const Reservation given_back = std::move(reservation);
    return store_nothing(writer_, lookup, terms);
  }
  return store_large(writer_, lookup, std::move(reservation), value, expiry, terms);
}

PutStatus SegStore::Access::publish(const Lookup& lookup, Reservation&& reservation,
                                    const Value& value, PutMode mode) noexcept {
  return publish(lookup, std::move(reservation), value, WriteTerms{.mode = mode}).status;
}

PutStatus SegStore::Access::publish_if(const Lookup& lookup, Reservation&& reservation,
                                       const Value& value, uint64_t cas) noexcept {
  return publish(lookup, std::move(reservation), value, WriteTerms{.cas = cas}).status;
}

PutStatus SegStore::Access::join(const Lookup& lookup, std::string_view bytes,
                                 JoinMode mode) noexcept {
  return join(lookup, bytes, mode, WriteTerms{}).status;
}

Written SegStore::Access::join(const Lookup& lookup, std::string_view bytes, JoinMode mode,
                               const WriteTerms& terms) noexcept {
  const SegmentHeap& heap = thread_.engine.heap;
  for (bool roomy = false;; roomy = true) {
    const Entry seen = find(thread_, lookup);
    PELIKAN_STEP("put.found");
    if (!seen.is_live()) return {PutStatus::kNotStored};
    const ItemView old(heap, seen.value, seen.item);
    if (terms.cas && old.cas() != *terms.cas) return {PutStatus::kExists};
    const size_t size = old.value_size() + bytes.size();
    if (!fits(lookup.key.size(), size)) return {PutStatus::kNotStored};
    const ItemShape shape = shape_like(seen.item, size, roomy, terms);
    Draft draft = is_large(lookup.key.size(), size) ? draft_large(old, seen, bytes, mode, shape)
                                                    : draft_inline(old, seen, bytes, mode, shape);
    if (!draft) return {PutStatus::kNoMemory};
    draft.given_token = given_token(terms);
    const Decision decision = writer_.publish(
        lookup, seen, draft, [&](const Entry& now) { return go_if_same(now, seen); });
    if (decision == Decision::kGo)
      return {PutStatus::kStored, token_at(heap, draft.location), size};
  }
}

// The joined value; no draft: no memory.
Draft SegStore::Access::draft_inline(const ItemView& old, const Entry& seen, std::string_view bytes,
                                     JoinMode mode, const ItemShape& shape) noexcept {
  const Draft draft = writer_.reserve(shape, seen.item.expiry(), seen);
  if (!draft) return draft;
  char* at = write_item(draft.at, draft.shape, seen.item.exact_expiry(), old.key());
  write_joined(old, bytes, mode, [&at](std::string_view part) {
    copy_value(at, part);
    at += part.size();
  });
  return draft;
}

Draft SegStore::Access::draft_large(const ItemView& old, const Entry& seen, std::string_view bytes,
                                    JoinMode mode, const ItemShape& shape) noexcept {
  auto reservation = reserve(old.key(), shape.value_bytes);
  if (!reservation) return {};
  write_joined(old, bytes, mode, [&](std::string_view part) { reservation->append(part); });
  return seal_large(thread_, std::move(*reservation), old.key(), shape, seen.item.exact_expiry());
}

ArithmeticResult SegStore::Access::arithmetic(const Lookup& lookup, uint64_t delta,
                                              ArithmeticMode mode) noexcept {
  return arithmetic(lookup, delta, mode, WriteTerms{});
}

ArithmeticResult SegStore::Access::arithmetic(const Lookup& lookup, uint64_t delta,
                                              ArithmeticMode mode,
                                              const WriteTerms& terms) noexcept {
  const SegmentHeap& heap = thread_.engine.heap;
  const auto has_token = [&](const Entry& entry) {
    return !terms.cas || token_of(heap, entry.location(), entry.item) == *terms.cas;
  };
  for (bool roomy = false;; roomy = true) {
    const Entry seen = find(thread_, lookup);
    PELIKAN_STEP("put.found");
    if (!seen.is_live()) return {ArithmeticStatus::kNotFound};
    if (!has_token(seen)) return {ArithmeticStatus::kExists};
    const auto number = number_in(seen);
    if (!number) return {ArithmeticStatus::kNotNumber};
    char digits[kMaxDecimal];
    const char* end = write_u64(digits, compute(*number, delta, mode));
    const auto length = static_cast<size_t>(end - digits);
    Draft draft =
        writer_.reserve(shape_of_number(seen.item, length, roomy, terms), seen.item.expiry(), seen);
    if (!draft) return {ArithmeticStatus::kNoMemory};
    draft.given_token = given_token(terms);
    uint64_t result = 0;
    // Computed from what is there under the lock, so a contended counter needs one try.
    const Decision decision = writer_.publish(lookup, seen, draft, [&](const Entry& now) {
      const auto current = now.is_live() && has_token(now) ? number_in(now) : std::nullopt;
      if (!current) return Decision::kAgain;
      result = compute(*current, delta, mode);
      return rewrite_number(thread_, now, draft, lookup.key, result, terms);
    });
    if (decision == Decision::kGo)
      return {ArithmeticStatus::kDone, result, token_at(heap, draft.location)};
  }
}

}  // namespace pelikan
