// What an Access does to write a value that is made of the old one: join, overlay, arithmetic.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "storage/seg/item_lookup.h"
#include "storage/seg/item_writer.h"
#include "storage/seg/large_value.h"
#include "storage/seg/seg_access.h"
#include "storage/seg/write_terms.h"

namespace pelikan {

// The old value, or none, with bytes written into it: at `offset`, where `skip` old ones give way.
// What is missing before them is zero bytes.
struct SegStore::Access::Splice {
  PutStatus status = PutStatus::kStored;  // else: it is not to be
  std::string_view bytes{};
  size_t offset = 0;
  size_t skip = 0;
  size_t old_size = 0;

  [[nodiscard]] size_t size() const noexcept {
    const size_t behind = offset + skip;
    return offset + bytes.size() + (old_size > behind ? old_size - behind : 0);
  }
};

namespace {

// Calls write(part) for the parts of a range of the value, in order.
template <class Write>
void write_range(const ItemView& old, size_t from, size_t to, Write&& write) {
  while (from < to) {
    const std::string_view part = old.value_part(from).substr(0, to - from);
    write(part);
    from += part.size();
  }
}

template <class Write>
void write_zeros(size_t count, Write&& write) {
  static constexpr std::array<char, 512> kZeros{};
  while (count > 0) {
    const std::string_view part(kZeros.data(), std::min(count, kZeros.size()));
    write(part);
    count -= part.size();
  }
}

// Calls write(part) for the parts of the value that the splice makes, in order.
template <class Write, class Splice>
void write_spliced(const ItemView& old, const Splice& splice, Write&& write) {
  const size_t kept = std::min(splice.offset, splice.old_size);
  write_range(old, 0, kept, write);
  write_zeros(splice.offset - kept, write);
  write(splice.bytes);
  write_range(old, splice.offset + splice.skip, splice.old_size, write);
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

// The shape of what an item becomes when its value changes: flags and key stay as they are. One
// that is missing has none.
ItemShape shape_like(const Entry& seen, size_t key_bytes, size_t value_bytes, bool roomy,
                     const WriteTerms& terms) noexcept {
  const uint64_t lasting = seen.is_live() ? seen.item.lasting_traits() : 0;
  return {
      .key_bytes = key_bytes,
      .value_bytes = value_bytes,
      .traits = lasting | bit_if(roomy || terms.new_cas, kCasBit) | bit_if(terms.stale, kStaleBit)};
}

uint64_t expiry_of(const Entry& seen) noexcept {
  return seen.is_live() ? seen.item.exact_expiry() : kNoExpiry;
}

// A counter keeps its state.
ItemShape shape_of_number(const Entry& seen, size_t value_bytes, bool roomy,
                          const WriteTerms& terms) noexcept {
  ItemShape shape = shape_like(seen, seen.item.key_bytes(), value_bytes, roomy, terms);
  shape.traits |= bit_if(seen.item.is_stale(), kStaleBit);
  return shape;
}

// What a counter is rewritten with, under the bucket lock: kAgain when it does not fit the draft,
// which was made for the number seen before.
Decision rewrite_number(SegThread& thread, const Entry& now, const Draft& draft,
                        std::string_view key, uint64_t number, const WriteTerms& terms) noexcept {
  const Decimal decimal(number);
  const std::string_view digits = decimal.text();
  const ItemShape shape = shape_of_number(now, digits.size(), draft.shape.has_cas(), terms);
  const size_t bytes = shape.item_bytes(thread.engine.heap.check_bytes());
  const bool fits = bytes == draft.bytes && shape.traits == draft.shape.traits;
  if (!fits) return Decision::kAgain;
  char* value = write_item(draft.at, shape, now.item.exact_expiry(), key);
  mark_header(draft.at, lasting_state(now));
  digits.copy(value, digits.size());
  thread.engine.heap[draft.location.segment()].raise_deadline(now.item.expiry());
  return Decision::kGo;
}

}  // namespace

// Makes the value of what plan(item seen) says, and tries again when it was changed meanwhile.
template <class Plan>
Written SegStore::Access::change(const Lookup& lookup, const WriteTerms& terms,
                                 Plan&& plan) noexcept {
  const SegmentHeap& heap = thread_.engine.heap;
  for (bool roomy = false;; roomy = true) {
    const Entry seen = find(thread_, lookup);
    PELIKAN_STEP("put.found");
    const Splice splice = plan(seen);
    if (splice.status != PutStatus::kStored) return {splice.status};
    const size_t size = splice.size();
    const ItemShape shape = shape_like(seen, lookup.key.size(), size, roomy, terms);
    Draft draft = is_large(lookup.key.size(), size) ? draft_large(lookup, seen, splice, shape)
                                                    : draft_inline(lookup, seen, splice, shape);
    if (!draft) return {PutStatus::kNoMemory};
    draft.given_token = given_token(terms);
    const Decision decision = writer_.publish(lookup, seen, draft, [&](const Entry& now) {
      if (!seen.is_live()) return now.is_live() ? Decision::kAgain : Decision::kGo;
      if (terms.stale) mark_header(draft.at, lasting_state(now) & kFreqLiesBit);
      return go_if_same(now, seen);
    });
    if (decision == Decision::kGo)
      return {PutStatus::kStored, token_at(heap, draft.location), size};
  }
}

// The spliced value; no draft: no memory.
Draft SegStore::Access::draft_inline(const Lookup& lookup, const Entry& seen, const Splice& splice,
                                     const ItemShape& shape) noexcept {
  const uint64_t expiry = expiry_of(seen);
  const Draft draft = writer_.reserve(shape, tick_of(expiry), seen);
  if (!draft) return draft;
  char* at = write_item(draft.at, draft.shape, expiry, lookup.key);
  write_spliced(view(seen), splice, [&at](std::string_view part) {
    copy_value(at, part);
    at += part.size();
  });
  return draft;
}

Draft SegStore::Access::draft_large(const Lookup& lookup, const Entry& seen, const Splice& splice,
                                    const ItemShape& shape) noexcept {
  auto reservation = reserve(lookup.key, shape.value_bytes);
  if (!reservation) return {};
  write_spliced(view(seen), splice, [&](std::string_view part) { reservation->append(part); });
  return seal_large(thread_, std::move(*reservation), lookup.key, shape, expiry_of(seen));
}

PutStatus SegStore::Access::join(const Lookup& lookup, std::string_view bytes,
                                 JoinMode mode) noexcept {
  return join(lookup, bytes, mode, WriteTerms{}).status;
}

Written SegStore::Access::join(const Lookup& lookup, std::string_view bytes, JoinMode mode,
                               const WriteTerms& terms) noexcept {
  return change(lookup, terms, [&](const Entry& seen) -> Splice {
    if (!seen.is_live()) return {PutStatus::kNotStored};
    const ItemView old = view(seen);
    if (terms.cas && old.cas() != *terms.cas) return {PutStatus::kExists};
    const size_t size = old.value_size();
    if (!fits(lookup.key.size(), size + bytes.size())) return {PutStatus::kNotStored};
    const size_t offset = mode == JoinMode::kAppend ? size : 0;
    return {PutStatus::kStored, bytes, offset, 0, size};
  });
}

Written SegStore::Access::overlay(const Lookup& lookup, size_t offset, std::string_view bytes,
                                  const WriteTerms& terms) noexcept {
  const size_t limit = value_limit(lookup.key.size());
  const bool fits_there = fits(lookup.key.size(), bytes.size()) && offset <= limit - bytes.size();
  return change(lookup, terms, [&](const Entry& seen) -> Splice {
    const PutStatus status = admit(thread_.engine.heap, terms, seen);
    if (status != PutStatus::kStored) return {status};
    if (!fits_there) return {PutStatus::kTooLarge};
    const size_t size = seen.is_live() ? view(seen).value_size() : 0;
    return {PutStatus::kStored, bytes, offset, bytes.size(), size};
  });
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
    const size_t length = Decimal(compute(*number, delta, mode)).text().size();
    Draft draft =
        writer_.reserve(shape_of_number(seen, length, roomy, terms), seen.item.expiry(), seen);
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
