// Writes to the store, and what becomes of those it refuses.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "protocol/resp/error.h"
#include "service/resp/call.h"
#include "storage/store.h"

namespace pelikan {

// A value that the store does not take: one that is too large for it takes the old one away.
// REQUIRES: status is kTooLarge or kNoMemory
template <class Store>
RespOutcome refuse_write(RespStoreCall<Store>& call, const Lookup& lookup,
                         PutStatus status) noexcept {
  if (status == PutStatus::kNoMemory) return RespOutcome::kNoMemory;
  call.worker.metrics.too_large.add();
  (void)call.store.erase(lookup);
  const bool is_key = call.store.value_limit(lookup.key.size()) == 0;
  return call.reply_error(is_key ? resp::Error::kKeyTooLarge : resp::Error::kValueTooLarge);
}

// Commands that read, think and write are done in one step all the same: the write asks that what
// was read, or that there was nothing, still stands, and if not the command begins anew. Tokens are
// never used twice, so that is right with any number of workers.
template <class Item>
[[nodiscard]] WriteTerms in_place_of(const std::optional<Item>& old) noexcept {
  WriteTerms terms{.exact_expiry = true};
  if (old) {
    terms.cas = old->cas();
  } else {
    terms.mode = PutMode::kAdd;
  }
  return terms;
}
// The same; the key's expiry stays.
template <class Item>
[[nodiscard]] WriteTerms in_place_keeping_expiry(const std::optional<Item>& old) noexcept {
  WriteTerms terms = in_place_of(old);
  terms.keep_expiry = true;
  return terms;
}
// Somebody else was faster: what was read no longer stands.
[[nodiscard]] constexpr bool is_beaten(PutStatus status) noexcept {
  return status == PutStatus::kExists || status == PutStatus::kNotFound ||
         status == PutStatus::kNotStored;
}

template <class Store>
[[nodiscard]] Written write_bytes(RespStoreCall<Store>& call, std::string_view bytes, Expiry expiry,
                                  const WriteTerms& terms) noexcept {
  return write_value(call.store, *call.lookup, {.bytes = bytes, .expiry = expiry}, terms, nullptr);
}

// The item's value is these bytes.
template <ValueParts Item>
[[nodiscard]] bool has_value(const Item& item, std::string_view bytes) noexcept {
  if (item.value_size() != bytes.size()) return false;
  for (size_t done = 0; done < bytes.size();) {
    const std::string_view part = item.value_part(done);
    if (bytes.substr(done, part.size()) != part) return false;
    done += part.size();
  }
  return true;
}

// A short value as one text; empty when it is longer than the buffer.
template <ValueParts Item, size_t N>
[[nodiscard]] std::optional<std::string_view> short_value(const Item& item,
                                                          char (&buffer)[N]) noexcept {
  const size_t size = item.value_size();
  if (size > N) return std::nullopt;
  if (size == 0) return std::string_view();
  const std::string_view first = item.value_part(0);
  if (first.size() == size) return first;
  char* to = buffer;
  for_each_part(item, [&](std::string_view part) { to = copy_exact(to, part); });
  return std::string_view(buffer, size);
}

}  // namespace pelikan
