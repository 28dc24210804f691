// Values of any store, in any protocol: the reply to a key that was found, and memory filled for
// one.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/copy.h"
#include "buffer/output.h"
#include "storage/store.h"

namespace pelikan {

// Copies the whole value into the memory reserved for it.
template <class Reservation>
void fill(Reservation& reservation, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const auto to = reservation.next();
    const size_t part = std::min(to.size(), bytes.size());
    std::memcpy(to.data(), bytes.data(), part);
    reservation.advance(part);
    bytes.remove_prefix(part);
  }
}

// Stores a value that is not joined to another. `received` has its bytes, if that is not null.
// REQUIRES: in an epoch; lookup was prepared
template <class Store>
  requires LargeValueStore<Store> && ConditionalStore<Store>
Written write_value(Store& store, const Lookup& lookup, const Value& value, const WriteTerms& terms,
                    typename Store::Reservation* received) noexcept {
  if (received != nullptr) return store.publish(lookup, std::move(*received), value, terms);
  if (!store.is_large(lookup.key.size(), value.bytes.size())) {
    return store.put(lookup, value, terms);
  }
  auto reservation = store.reserve(lookup.key, value.bytes.size());
  if (!reservation) return {.status = PutStatus::kNoMemory};
  fill(*reservation, value.bytes);
  return store.publish(lookup, std::move(*reservation), value, terms);
}

// What has a value's bytes in parts, as an item does.
template <class V>
concept ValueParts = requires(const V value, size_t offset) {
  { value.value_size() } -> std::same_as<size_t>;
  { value.value_part(offset) } -> std::same_as<std::string_view>;
};

// Shows a value's bytes to take(part), in order.
template <ValueParts Item, class Take>
void for_each_part(const Item& item, Take&& take) noexcept {
  for (size_t size = item.value_size(), done = 0; done < size;) {
    const std::string_view part = item.value_part(done);
    take(part);
    done += part.size();
  }
}

enum class Composed : uint8_t {
  kShort,   // in one reserve()
  kLong,    // over several chunks, maybe
  kNoRoom,  // nothing was written: again when the output has drained
  kNever,   // nothing was written, and the value will never fit the connection's memory
};

// Whether so many bytes can be taken once everything else has been sent.
[[nodiscard]] inline bool may_ever_fit(size_t bytes, Output& out) noexcept {
  return bytes <= out.pool().limit() * (Chunk::kRoom - Output::kReplyReserve);
}

// Writes a text of any length, whole or not at all.
[[nodiscard]] inline Composed compose_whole(std::string_view text, Output& out) noexcept {
  if (!out.can_take(text.size())) {
    return may_ever_fit(text.size(), out) ? Composed::kNoRoom : Composed::kNever;
  }
  out.append(text);
  return Composed::kLong;
}

template <ValueParts Item, class Frame>
Composed compose_long_value(const Item& item, const Frame& frame, Output& out) noexcept {
  const size_t size = item.value_size();
  const size_t whole = Frame::kMaxHead + size + Frame::kMaxTail;
  if (!out.can_take(whole)) {
    return may_ever_fit(whole, out) ? Composed::kNoRoom : Composed::kNever;
  }
  out.commit(frame.head(out.reserve(Frame::kMaxHead), item, size));
  for_each_part(item, [&](std::string_view part) { out.append(part); });
  out.commit(frame.tail(out.reserve(Frame::kMaxTail)));
  return Composed::kLong;
}

// A value in its frame. REQUIRES: out.has_room(); the request's key stands in the input, with its
// slack
template <ValueParts Item, class Frame>
Composed compose_value(const Item& item, const Frame& frame, Output& out) noexcept {
  constexpr size_t kShortValue = Output::kReplyReserve - Frame::kMaxHead - Frame::kMaxTail;
  const size_t size = item.value_size();
  if (size > kShortValue) return compose_long_value(item, frame, out);
  char* to = out.reserve(Frame::kMaxHead + size + Frame::kMaxTail);
  to = frame.head(to, item, size);
  for_each_part(item, [&](std::string_view part) { to = copy_exact(to, part); });
  out.commit(frame.tail(to));
  return Composed::kShort;
}

}  // namespace pelikan
