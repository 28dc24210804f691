// What an Access does to write a value: put, compare_and_put, publish.
#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "base/assertion.h"
#include "storage/seg/item_lookup.h"
#include "storage/seg/item_writer.h"
#include "storage/seg/large_value.h"
#include "storage/seg/seg_access.h"
#include "storage/seg/write_terms.h"

namespace pelikan {

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
  return {Location(head, 0), at, shape, heap[head].end()};
}

namespace {

// What an item is to be, but for its type and its room for a token of the store's.
ItemShape shape_of(const Lookup& lookup, size_t value_bytes, const Value& value,
                   const auto& terms) noexcept {
  return {.key_bytes = lookup.key.size(),
          .value_bytes = value_bytes,
          .traits = value.flags | bit_if(terms.new_cas.has_value(), kCasBit) |
                    bit_if(value.binary_key, kBinaryKeyBit) |
                    bit_if(terms.stale || terms.or_newer, kStaleBit) |
                    bit_if(terms.exact_expiry && value.expiry.at_ms != Expiry::kNever, kExactBit)};
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
void foresee_expiry(const Entry& seen, const auto& terms, ItemShape& shape,
                    uint64_t& expiry) noexcept {
  if (!seen.is_live()) return;
  shape.traits |= bit_if(seen.item.is_exact(), kExactBit);
  if (terms.keep_expiry) expiry = seen.item.exact_expiry();
}

// The last of a draft, which depends on the item whose place it takes: under the bucket lock.
// False: there is no room for it.
[[nodiscard]] bool settle_state(SegThread& thread, const auto& terms, const Draft& draft,
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
                                                const auto& terms) noexcept {
  const bool is_plain = terms.mode == PutMode::kSet && !terms.cas && !terms.keep_expiry;
  return is_plain ? find_prepared(thread, lookup) : find(thread, lookup);
}

// Publishes the draft if the terms are still met. Empty: begin anew.
std::optional<PutStatus> publish_if_admitted(ItemWriter& writer, const Lookup& lookup,
                                             const Entry& seen, const Draft& draft,
                                             const auto& terms) noexcept {
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

Placed store_inline(ItemWriter& writer, const Lookup& lookup, const Value& value, uint64_t expiry,
                    const auto& terms, uint64_t more_traits = 0) noexcept {
  const SegmentHeap& heap = writer.thread().engine.heap;
  ItemShape shape = shape_of(lookup, value.bytes.size(), value, terms);
  shape.traits |= more_traits;
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
    // Read once: for all the compiler knows, what is written to the item changes the draft.
    const ItemShape own = draft.shape;
    char* at = write_item(draft.at, own, expiry, lookup.key);
    copy_value(at, value.bytes);
    const auto published = publish_if_admitted(writer, lookup, seen, draft, terms);
    if (published) return {*published, draft.location};
    shape.traits |= kCasBit;
  }
}

// WriteTerms that ask for nothing, which costs neither memory nor a branch.
struct PlainTerms {
  PutMode mode;
  // Named as what they stand in for: NOLINTBEGIN(readability-identifier-naming)
  static constexpr std::optional<uint64_t> cas{};
  static constexpr std::optional<uint64_t> new_cas{};
  static constexpr bool or_newer = false;
  static constexpr bool stale = false;
  static constexpr bool has_winner = false;
  static constexpr bool exact_expiry = false;
  static constexpr bool keep_expiry = false;
  // NOLINTEND(readability-identifier-naming)
};

// The path of nearly every write: all of it in one function.
[[gnu::flatten]] PutStatus store_plainly(ItemWriter& writer, const Lookup& lookup,
                                         const Value& value, uint64_t expiry,
                                         PutMode mode) noexcept {
  return store_inline(writer, lookup, value, expiry, PlainTerms{mode}).status;
}

[[gnu::flatten]] Written store_on_terms(ItemWriter& writer, const Lookup& lookup,
                                        const Value& value, uint64_t expiry,
                                        const WriteTerms& terms) noexcept {
  const auto [status, location] = store_inline(writer, lookup, value, expiry, terms);
  if (status != PutStatus::kStored) return {status};
  return {status, token_at(writer.thread().engine.heap, location), value.bytes.size()};
}

// An item that holds an object. Its expiry can always be changed in place, so that no two items are
// made of one.
Written store_handle(ItemWriter& writer, const Lookup& lookup, const Value& value, uint64_t expiry,
                     const WriteTerms& terms) noexcept {
  if (!Handles::hold(*value.handled)) return {PutStatus::kExists};
  Value handle = value;
  handle.bytes = {reinterpret_cast<const char*>(&value.handled), sizeof value.handled};
  const auto [status, location] =
      store_inline(writer, lookup, handle, expiry, terms, ext_type(ItemType::kHandle) | kExactBit);
  const SegEngine& engine = writer.thread().engine;
  if (status == PutStatus::kStored) return {status, token_at(engine.heap, location)};
  writer.thread().engine.handles.let_go(*value.handled);
  return {status};
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

}  // namespace

Written SegStore::Access::put(const Lookup& lookup, const Value& value,
                              const WriteTerms& terms) noexcept {
  if (!fits(lookup.key.size(), value.bytes.size())) return {PutStatus::kTooLarge};
  const uint64_t expiry = expiry_on_terms(thread_, lookup, value.expiry, terms);
  if (is_dead_at_once(thread_, expiry)) return store_nothing(writer_, lookup, terms);
  if (value.handled != nullptr) [[unlikely]]
    return store_handle(writer_, lookup, value, expiry, terms);
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

}  // namespace pelikan
